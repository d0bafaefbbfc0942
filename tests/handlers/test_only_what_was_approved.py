"""What is paid is what was approved: whatever happens between two steps, nothing is instructed that was not agreed to exactly as it is."""

import json
from contextlib import contextmanager, suppress
from dataclasses import replace
from decimal import Decimal
from functools import partial, wraps
from itertools import product

import pytest

from kesu.complaints import cases, complainants, corrections, proposals, remedies
from kesu.engine import (
    ballots,
    clock,
    history,
    incidents,
    jobs,
    runtime,
    service_tasks,
    tokens,
    user_tasks,
    worker,
)
from kesu.engine.errors import Conflict, Failed, Invalid, Rejected, sentence
from kesu.engine.service_tasks import Registry
from kesu.webui.app import create_app
from tests import apps
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


def test_nobody_is_paid_under_another_name_than_the_customer_has(story):
    go_to(story, "approve_second")
    with story.db.write() as connection:
        customer = complainants.of_case(connection, story.reference)
        complainants.change(connection, customer.id, {"name": "Mallory"})
    step(story)
    assert paid(story) == [] and "has changed since" in story.incidents()[0]
    for _ in range(2):
        runtime.skip(story.db, stuck(story).id, actor="root", reason="go on")
        worker.drain(story.db)
    story.do("confirm_carried_out", "ines", carried_out="impossible", impossible_because="renamed")
    go_to(story, "answer_customer")
    assert paid(story) == [("compensation", "3200.00", "Mallory")]


@pytest.mark.parametrize("suspended", [False, True])
def test_a_name_corrected_in_another_case_of_the_customer_is_decided_anew(story, suspended):
    go_to(story, "approve_second")
    if suspended:
        runtime.suspend(story.db, story.instance().id, actor="mara", reason="wait")
    meddle_sibling(story)
    assert payee(story) == "Mallory"
    if suspended:
        runtime.activate(story.db, story.instance().id, actor="mara", reason="go on")
        step(story)
        assert paid(story) == [] and "has changed since" in story.incidents()[0]
        return
    assert set(story.tasks()) == {"propose_remedy"}
    with story.db.read() as connection:
        [told] = history.of_kinds(connection, story.instance().id, ["case_corrected"])
    assert told["details"]["changed"] == {"name": {"before": "C***ol", "after": "M***ry"}}


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
    """The amount that the customer claims was taken down wrongly."""
    correct(story, amount=str(49000 + len(approvals(story))))


def meddle_payee(story):
    """The customer's name was taken down wrongly."""
    correct(story, name="Mallory" if payee(story) == "Carol" else "Carol")


def meddle_sibling(story):
    """The customer's name is corrected in another complaint of the same customer."""
    name = payee(story)
    other = Story(story.db, title="Another", description="The lid does not close.", name=name)
    assert payee(other) == name
    correct(other, name="Mallory" if name == "Carol" else "Carol")


def meddle_api(story):
    """Everybody completes everything that is open through the programming interface."""
    client = apps.over(story.db, _application).test_client()
    for element, task in story.tasks().items():
        for login, token in story.tokens.items():
            for given in ({**ANSWERS.get(element, {}), "remedy_amount": 49000, "levels": 1},
                          {"amount": 49000, "decision": "approved", "countersign_groups": []},
                          {"remedy_amount": 49000, "remedy": "refund"}):
                answer = client.post(
                    f"/api/v1/user-tasks/{task.id}/completion",
                    headers={"Authorization": f"Bearer {token}"},
                    json={"variables": given, "outcome": "approved"})
                assert 400 <= answer.status_code < 500, (login, element, answer.text)


def meddle_api_allowed(story):
    """Whoever may propose proposes 4100 through the interface, in the fields of the form."""
    client = apps.over(story.db, _application).test_client()
    if "propose_remedy" in story.tasks():
        answer = client.post(
            f"/api/v1/user-tasks/{story.tasks()['propose_remedy'].id}/completion",
            headers={"Authorization": f"Bearer {story.tokens['ivan']}"},
            json={"variables": {**ANSWERS["propose_remedy"], "remedy_amount": 4100}})
        assert answer.status_code == 200, answer.text


def _application(db):
    return create_app(db, registry=Registry(), config={"SECRET_KEY": "not a secret", "TESTING": True})


def meddle_message(story):
    """Every message of the process, about this case and another, brings what decides about money."""
    names = ("customer_answered", "satisfaction_given", "customer_withdrew")
    for name, about in product(names, (story.reference, "KS-2026-009999")):
        values = {"satisfied": True, "score": 5, "remedy": "refund", "remedy_amount": 49000,
                  "levels": 1}
        send = partial(runtime.correlate, story.db, name, {"reference": about}, values)
        with pytest.raises(Rejected):
            send(actor="ines")
        with suppress(Rejected):  # the customer's own may come before it is waited for
            assert send(actor="customer") is None


def meddle_record(story):
    """Record the remedy at once, as a redrawn diagram would."""
    with story.db.write() as connection:
        proposal = proposals.latest(connection, story.reference)
        if proposal is not None:
            remedies.record(connection, proposal, note="", actor="ines", at=clock.now())


EDITS = ({"remedy_amount": 49000}, {"remedy": "refund"}, {"levels": 1}, {"countersign_groups": []},
         {"reference": "KS-2026-000099"}, {"due_on": "2026-01-01"}, {"decision": "approved"},
         {"initiator": "bo"}, {"amount": 49000}, {"grade": "general"})


def meddle_incident(story):
    """Every service between this step and the next stands still, and each repair is an edit."""
    look(story)
    with out_of_order():
        step(story)
        for _ in range(2):
            for repair, edit in product((_retry, _skip), EDITS):
                for each in open_incidents(story):
                    with suppress(Rejected):
                        repair(story, each, edit)
            worker.drain(story.db)
            check_paid(story)


def _retry(story, incident, edit):
    runtime.retry(story.db, incident.id, actor="olga", variables=edit)


def _skip(story, incident, edit):
    if not edit.keys() & {"amount", "grade"}:  # those may be edited: the step would be left out
        runtime.skip(story.db, incident.id, actor="olga", reason="go on", variables=edit)


def open_incidents(story):
    with story.db.read() as connection:
        return incidents.listed(connection, instance_id=story.instance().id)


@contextmanager
def out_of_order():
    """Let every service that is done after its command fail for good."""
    working = service_tasks.registry()

    def broken(topic):
        @wraps(topic.function)
        def fail(*_arguments, **_named):
            raise Failed(sentence("Out of order."), permanent=True)

        return topic if topic.inside else replace(topic, function=fail)

    service_tasks.plug(service_tasks.Registry(map(broken, working), working.subject))
    try:
        yield
    finally:
        service_tasks.plug(working)


def payee(story):
    with story.db.read() as connection:
        return complainants.of_case(connection, story.reference).name


BEFORE = (*range(1, len(STEPS)), "every")  # so many steps are done; every: also before and after all
MEDDLING = (meddle_claim, meddle_payee, meddle_sibling, meddle_api, meddle_message, meddle_record,
            meddle_incident)
RUNS = [
    *(("sqlite", *run) for run in product(MEDDLING, BEFORE)),
    *(("sqlite", meddle_api_allowed, before) for before in (2, "every")),
    *(("postgresql", each, 4) for each in (meddle_claim, meddle_sibling, meddle_incident)),
]


@pytest.fixture
def outbox(tmp_path, monkeypatch):
    """The folder that instructions are sent to; what stands in it is what is paid."""
    monkeypatch.setenv("KESU_REMEDY_OUTBOX", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(("db", "meddle", "before"), RUNS, indirect=["db"])
def test_between_every_two_steps_nothing_leads_to_anything_paid_that_was_not_approved(
        db, story, meddle, before, outbox):
    story.agreed = {}
    with story.db.write() as connection:
        story.tokens = {login: tokens.issue(connection, login, at=clock.now())
                        for login in ("ines", "ivan", "bo", "mara", "ada")}
    for at in range(len(STEPS) + 1):
        if before in (at, "every"):
            with suppress(Rejected):
                meddle(story)
            worker.drain(story.db)
            check_paid(story)
        if at < len(STEPS):
            look(story)
            step(story)
            check_paid(story)
    finish(story)
    # once nobody meddles any more, what was approved is paid, and once
    [told] = [json.loads(file.read_text("utf-8")) for file in outbox.glob("*.json")]
    [(_, amount, to)] = paid(story)
    assert (told["amount"], told["payee"]) == (amount, to)
    assert [shown(told)] * 2 == [story.agreed["approve_first"], story.agreed["approve_second"]]


def finish(story):
    """Go on to the end without meddling; what stands still is tried again as it is."""
    for _ in range(16):
        for each in open_incidents(story):
            runtime.retry(story.db, each.id, actor="olga")
        worker.drain(story.db)
        look(story)
        if step(story) is None and not open_incidents(story):
            return
        check_paid(story)
    raise AssertionError(f"{sorted(story.tasks())} are open, {story.incidents()}")


def look(story):
    """Note what whoever approves next finds in the case, which is what they agree to."""
    known = story.instance().variables
    for element in {"approve_first", "approve_second"} & story.tasks().keys():
        amount, name = known["remedy_amount"], payee(story)
        story.agreed[element] = shown({**known, "amount": amount, "payee": name})


def shown(told):
    """Return what is paid, when and to whom, as texts; of variables and of an instruction alike."""
    return (str(told["remedy"]), Decimal(str(told["amount"])), str(told["due_on"])[:10], told["payee"])


def check_paid(story):
    """Every remedy has a proposal that as many approved, with its digest, as the matrix asks."""
    with story.db.read() as connection:
        for row in remedies.of_case(connection, story.reference):
            of_it = proposals.proposals.c.id == row.proposal_id
            [proposal] = connection.execute(proposals.proposals.select().where(of_it))
            read = {event["element_id"] for event in approvals(story)
                    if event["details"].get("read") == proposal.digest}
            assert proposals.digest(proposal._mapping) == proposal.digest
            assert len(read) >= proposal.levels >= 2
            for name in ("kind", "amount", "due_on", "payee"):
                assert getattr(row, name) == getattr(proposal, name)
