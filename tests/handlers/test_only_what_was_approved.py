"""What is paid is what was approved: whatever happens between two steps, nothing is instructed that was not agreed to exactly as it is."""

import pytest

from kesu.complaints import cases, complainants, corrections, proposals, remedies
from kesu.engine import ballots, history, incidents, jobs, runtime, user_tasks, worker
from kesu.engine.errors import Conflict, Invalid, Rejected
from tests.handlers.stories import Story

STEPS = ("investigate", "propose_remedy", "approve_first", "approve_second", "confirm_carried_out", "answer_customer")
WHO = {"investigate": "ivan", "propose_remedy": "ivan", "countersign": None, "approve_first": "bo", "approve_second": "mara",
       "confirm_carried_out": "ines", "answer_customer": "ines"}
ANSWERS = {
    "investigate": {"facts": "Looked", "customer_needed": "no", "department_cause": "Hinge", "responsible": "own"},
    "propose_remedy": {"cause": "Hinge", "remedy": "compensation", "remedy_amount": 3200, "due_on": "2026-03-20", "measure": "New hinge"},
    "confirm_carried_out": {"carried_out": "done", "carried_out_on": "2026-03-05"},
    "answer_customer": {"answer": "Sorry.", "told_by": "none"},
}


@pytest.fixture
def story(company):
    """A complaint before its first step for people, classified."""
    told = Story(company, amount="3200")
    worker.drain(company)
    told.classify()
    return told


def step(story):
    """Do the next step of the process, whichever is open; return its element, None where nothing is."""
    tasks = story.tasks()
    element = next((each for each in (*STEPS, "countersign") if each in tasks), None)
    if element is None:
        return None
    if element == "countersign":
        with story.db.read() as connection:
            voters = [each.voter for each in ballots.of_task(connection, tasks[element].id)]
        for voter in voters:
            runtime.vote(story.db, tasks[element].id, actor=voter, answer="yes")
        worker.drain(story.db)
        return element
    outcome = "approved" if element.startswith("approve") else None
    story.do(element, WHO[element], outcome=outcome, **ANSWERS.get(element, {}))
    return element


def go_to(story, element):
    """Go on until this step is open."""
    for _ in range(12):
        if element in story.tasks():
            return
        step(story)
    raise AssertionError(f"{element} was not reached, {sorted(story.tasks())} are open, {story.incidents()}")


def correct(story, **changes):
    with story.db.read() as connection:
        seen = cases.find(connection, story.reference).version
    return corrections.correct(story.db, story.reference, changes, actor="ines", seen=seen, reason="Tippfehler")


def paid(story):
    """Return what was instructed: kind, amount, payee of each."""
    with story.db.read() as connection:
        return [(row.kind, str(row.amount), row.payee) for row in remedies.of_case(connection, story.reference) if row.instructed_at]


def approvals(story):
    with story.db.read() as connection:
        events = history.of_instance(connection, story.instance().id)
    return [event for event in events if event["kind"] == "task_completed" and event["details"]["outcome"] == "approved"]


def test_the_claim_is_not_the_remedy(story):
    go_to(story, "approve_first")
    assert story.instance().variables["amount"] == 3200
    correct(story, amount="49000")
    go_to(story, "answer_customer")
    assert paid(story) == [("compensation", "3200.00", "Carol")]
    assert story.instance().variables["remedy_amount"] == 3200


@pytest.mark.parametrize("changes", [{"amount": "49000"}, {"category": "service", "subcategory": "installation"}, {"name": "Mallory"}])
def test_a_correction_of_what_was_read_undoes_the_approvals_and_the_proposal_opens_again(story, changes):
    go_to(story, "approve_second")
    old = story.tasks()["approve_second"]
    with story.db.read() as connection:
        assert [task.element_id for task in corrections.undecided(connection, story.reference)] == ["approve_first"]
    correct(story, **changes)
    assert set(story.tasks()) == {"propose_remedy"}
    with pytest.raises(Conflict):
        runtime.complete(story.db, old.id, actor="mara", outcome="approved", seen=old.version)
    go_to(story, "answer_customer")
    assert paid(story) == [("compensation", "3200.00", changes.get("name", "Carol"))]
    with story.db.read() as connection:
        rounds = user_tasks.of_instance(connection, story.instance().id)
    assert [task.round for task in rounds if task.element_id == "approve_first" and task.superseded_by is None] == [2]


@pytest.mark.parametrize("at", ["investigate", "approve_first", "approve_second"])
def test_the_grade_follows_what_it_is_read_from_and_the_approvals_that_it_asks_for(story, at):
    go_to(story, at)
    assert (story.case().grade, story.instance().variables["grade"]) == ("general", "general")
    correct(story, amount="60000")
    assert (story.case().grade, story.case().priority) == (
        "major",
        2,
    ) and story.instance().variables["grade"] == "major"
    with story.db.read() as connection:
        [told] = history.of_kinds(connection, story.instance().id, ["case_corrected"])
    assert told["details"]["changed"]["grade"] == {"before": "general", "after": "major"}
    go_to(story, "countersign")
    go_to(story, "answer_customer")
    with story.db.read() as connection:
        proposal = proposals.latest(connection, story.reference)
    assert (proposal.levels, proposal.countersign_groups) == (2, ["legal", "quality"]) and paid(
        story
    )


def test_a_correction_of_what_no_table_reads_leaves_the_grade(story):
    go_to(story, "investigate")
    before = story.case().grade, story.case().priority
    correct(story, batch="B-77", amount="3300")
    with story.db.read() as connection:
        [told] = history.of_kinds(connection, story.instance().id, ["case_corrected"])
    assert (
        "grade" not in told["details"]["changed"]
        and (story.case().grade, story.case().priority) == before
    )


def test_another_correction_only_makes_whoever_decides_look_again(story):
    go_to(story, "approve_second")
    old = story.tasks()["approve_second"]
    correct(story, batch="B-77")
    with pytest.raises(Conflict, match="changed since you opened it"):
        runtime.complete(story.db, old.id, actor="mara", outcome="approved", seen=old.version)
    go_to(story, "answer_customer")
    assert paid(story) == [("compensation", "3200.00", "Carol")]


def test_every_approval_says_what_was_read(story):
    go_to(story, "answer_customer")
    with story.db.read() as connection:
        proposal = proposals.latest(connection, story.reference)
        assert history.verify(connection, story.instance().id).intact
    assert [event["details"]["read"] for event in approvals(story)] == [proposal.digest] * len(approvals(story)) != []
    assert proposals.digest(proposal._mapping) == proposal.digest


@pytest.mark.parametrize("strange", ["amount", "levels", "decision", "countersign_groups", "remedy_amount", "reference"])
def test_a_task_takes_the_fields_of_its_form_only(story, strange):
    go_to(story, "approve_first")
    task = story.tasks()["approve_first"]
    with pytest.raises(Invalid, match=strange):
        runtime.complete(story.db, task.id, actor="bo", outcome="approved", submission={"opinion": "", strange: 1})
    assert story.tasks()["approve_first"].version == task.version


def test_an_amount_in_parts_of_a_cent_is_no_amount(story):
    go_to(story, "propose_remedy")
    with pytest.raises(Invalid):
        story.do("propose_remedy", "ivan", **{**ANSWERS["propose_remedy"], "remedy_amount": "9999.999"})


def stuck(story):
    """Let the instruction fail for good; return its incident."""
    with story.db.read() as connection:
        return incidents.listed(connection, instance_id=story.instance().id)[0]


@pytest.mark.parametrize("edit", [
    {"remedy_amount": 1}, {"remedy": "refund"}, {"levels": 1}, {"countersign_groups": []}, {"reference": "KS-2026-000001"},
    {"due_on": "2026-01-01"}, {"decision": "approved"}, {"initiator": "bo"}])
def test_a_repair_changes_nothing_that_was_approved(story, tmp_path, monkeypatch, turned, edit):
    monkeypatch.setenv("KESU_REMEDY_OUTBOX", str(tmp_path / "missing"))
    go_to(story, "approve_second")
    step(story)
    for _ in range(6):
        turned.advance(jobs.FIRST_PAUSE * 100)
        worker.drain(story.db)
    incident, before = stuck(story), story.instance().variables
    for repair in (lambda: runtime.retry(story.db, incident.id, actor="olga", variables=edit),
                   lambda: runtime.skip(story.db, incident.id, actor="olga", reason="x", variables=edit)):
        with pytest.raises(Rejected, match=next(iter(edit))):
            repair()
    assert story.instance().variables == before
    monkeypatch.setenv("KESU_REMEDY_OUTBOX", "simulated")
    runtime.retry(story.db, incident.id, actor="olga")
    worker.drain(story.db)
    assert paid(story) == [("compensation", "3200.00", "Carol")]


def test_a_jump_past_an_approval_pays_nothing(story):
    with story.db.write() as connection:
        from kesu.engine import clock, identity

        identity.add_person(connection, "root", at=clock.now(), name="Root", groups=["admin"])
    go_to(story, "approve_first")
    runtime.move(story.db, story.tasks()["approve_first"].id, actor="root", move="jump", target="approve_second", reason="hurry")
    go_to(story, "approve_second")
    story.do("approve_second", "mara", outcome="approved")
    assert paid(story) == [] and "approved at 1 of 2 levels" in story.incidents()[0]
    for _ in range(2):
        runtime.skip(story.db, stuck(story).id, actor="root", reason="go on")
        worker.drain(story.db)
    story.do("confirm_carried_out", "ines", carried_out="impossible", impossible_because="never approved")
    go_to(story, "answer_customer")
    assert paid(story) == [("compensation", "3200.00", "Carol")]


def test_what_cannot_be_done_is_proposed_approved_and_instructed_anew(story):
    go_to(story, "confirm_carried_out")
    story.do("confirm_carried_out", "ines", carried_out="impossible", impossible_because="no such account")
    story.do("propose_remedy", "ivan", **{**ANSWERS["propose_remedy"], "remedy": "refund", "remedy_amount": 2900})
    go_to(story, "answer_customer")
    with story.db.read() as connection:
        first, second = remedies.of_case(connection, story.reference)
    assert (first.impossible_at is not None, first.confirmed_at) == (True, None)
    assert (second.kind, str(second.amount), second.confirmed_by) == ("refund", "2900.00", "ines")


def meddle_claim(story):
    correct(story, amount=str(49000 + len(approvals(story))))


def meddle_payee(story):
    correct(story, name="Mallory")


def meddle_row(story):
    """Somebody else's complaint gives the same customer another name."""
    with story.db.write() as connection:
        complainants.change(connection, cases.find(connection, story.reference).complainant_id, {"name": "Mallory"})


def meddle_form(story):
    for element, task in story.tasks().items():
        runtime.complete(story.db, task.id, actor=WHO[element], outcome="approved" if element.startswith("approve") else None,
                         submission={**ANSWERS.get(element, {}), "remedy_amount": 49000, "levels": 1, "amount": 49000})


def meddle_message(story):
    for name in ("customer_answered", "satisfaction_given", "customer_withdrew"):
        runtime.correlate(story.db, name, {"reference": "KS-2026-009999"}, {"remedy_amount": 49000, "levels": 1}, actor="ines")


def meddle_record(story):
    """Record the remedy at once, as a redrawn diagram would."""
    with story.db.write() as connection:
        proposal = proposals.latest(connection, story.reference)
        remedies.record(connection, proposal, note="", actor="ines", at=story.case().received_at)


@pytest.mark.parametrize("meddle", [meddle_claim, meddle_payee, meddle_row, meddle_form, meddle_message, meddle_record])
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_between_every_two_steps_nothing_leads_to_anything_paid_that_was_not_approved(db, story, meddle):
    for at in range(9):
        try:
            meddle(story)
        except (Rejected, AttributeError):
            pass
        worker.drain(story.db)
        check_paid(story)
        if at and step(story) is None:
            break
        check_paid(story)
    assert len(paid(story)) <= 1


def check_paid(story):
    """Everything instructed has a proposal that as many people approved, with its digest, as the matrix asks for."""
    with story.db.read() as connection:
        for row in remedies.of_case(connection, story.reference):
            [proposal] = connection.execute(proposals.proposals.select().where(proposals.proposals.c.id == row.proposal_id))
            read = [event for event in approvals(story) if event["details"].get("read") == proposal.digest]
            assert proposals.digest(proposal._mapping) == proposal.digest and len({event["element_id"] for event in read}) >= proposal.levels >= 2
            assert (row.kind, row.amount, row.due_on, row.payee) == (proposal.kind, proposal.amount, proposal.due_on, proposal.payee)
