"""The shipped process with the real service tasks: what the case file, the customer and the mailboxes see of it."""

from datetime import timedelta

import pytest

from kesu.complaints import (
    clocks,
    closures,
    commitments,
    contacts,
    deadlines,
    escalations,
    mails,
    notices,
    questions,
    remedies,
    routings,
    surveys,
    tracking,
)
from kesu.engine import incidents, runtime, worker
from kesu.engine.errors import Conflict, Invalid, NotFound
from tests.handlers.stories import Story

DAY = timedelta(days=1)


@pytest.fixture
def story(company):
    """Carol's complaint, received, acknowledged and classified."""
    told = Story(company)
    worker.drain(company)
    told.classify()
    return told


def letters(story):
    with story.db.read() as connection:
        return {mail.template: mail for mail in mails.latest(connection, reference=story.reference)}


def link_in(mail):
    return next(line for line in mail.body.splitlines() if line.startswith("http"))


def token_in(mail):
    return link_in(mail).rsplit("/", 1)[1]


def test_a_complaint_travels_from_receipt_to_archive(story):
    story.investigate()
    story.propose()
    story.settle()
    assert story.case().status == "resolved"
    surveys.answer(story.db, token_in(letters(story)["survey"]), score=5, satisfied=True, comment="Good")
    worker.drain(story.db)
    case = story.case()
    assert story.incidents() == []
    assert (case.status, case.cause, case.measure, case.owner_department) == ("closed", "Weak hinge", "Stronger hinge", "quality")
    assert case.archived_at and case.resolved_at and story.instance().state == "completed"
    assert set(letters(story)) == {"acknowledgement", "result", "survey", "closed", "heard"}


def test_the_customer_reads_letters_in_their_language_and_may_open_the_link(story):
    mail = letters(story)["acknowledgement"]
    assert mail.subject == f"[{story.reference}] We have received your complaint" and mail.to_address == "carol@example.com"
    with story.db.read() as connection:
        assert tracking.find_case(connection, token_in(mail)).reference == story.reference


def test_colleagues_never_hold_the_customers_links(story):
    with story.db.read() as connection:
        kept = contacts.for_staff(connection, story.reference)
    assert [entry.template for entry in kept] == ["acknowledgement"]
    assert token_in(letters(story)["acknowledgement"]) not in kept[0].text and "http" not in kept[0].text


def test_the_result_says_cause_measure_remedy_and_day(story):
    story.investigate()
    story.propose()
    story.settle()
    body = letters(story)["result"].body
    for words in ("Weak hinge", "Stronger hinge", "Refund", "199.00 CNY", "2026-03-20", "We are sorry; the hinge was too weak."):
        assert words in body


def test_the_remedy_is_recorded_promised_instructed_and_kept(story):
    story.investigate()
    story.propose()
    story.do("approve_first", "ada", outcome="approved", opinion="Fine")
    with story.db.read() as connection:
        remedy = remedies.latest(connection, story.reference)
        promise = commitments.of_case(connection, story.reference)[0]
    assert (remedy.kind, str(remedy.amount), remedy.receipt[:10]) == ("refund", "199.00", "SIMULATED-")
    assert (promise.text, promise.due_on.isoformat(), promise.kept_at, remedy.confirmed_at) == ("refund", "2026-03-20", None, None)
    story.do("confirm_carried_out", "ines", carried_out="done", carried_out_on="2026-03-05")
    with story.db.read() as connection:
        remedy, [promise] = remedies.latest(connection, story.reference), commitments.of_case(connection, story.reference)
    assert remedy.confirmed_by == "ines" and promise.kept_at == remedy.confirmed_at is not None


def test_departments_that_a_case_was_sent_to_are_kept(story):
    with story.db.read() as connection:
        assert routings.of_case(connection, story.reference) == ["quality"]
    assert (story.case().grade, story.case().priority, story.case().status) == ("general", 3, "in_progress")


def test_a_question_stops_the_clock_and_the_answer_lets_it_run_on(story, turned):
    turned.advance(timedelta(hours=10))
    story.do("investigate", "ivan", facts="-", customer_needed="yes", question="Since when?", department_cause="open", responsible="unclear")
    assert story.case().status == "waiting_customer" and "Since when?" in letters(story)["question"].body
    turned.advance(2 * DAY)
    with story.db.read() as connection:
        assert [row["standing"] for row in deadlines.standing(connection, story.reference, turned.now()) if row["kind"] == "investigation"] == [
            "paused"
        ]
    questions.answer(story.db, story.reference, "Since Sunday")
    worker.drain(story.db)
    assert story.case().status == "in_progress"
    assert story.tasks()["investigate"].due_at == turned.now() + timedelta(hours=14)
    with story.db.read() as connection:
        asked = questions.of_case(connection, story.reference)
        clock = clocks.find(connection, story.reference, "investigation", "quality")
    assert [(question.text, question.answer) for question in asked] == [("Since when?", "Since Sunday")]
    assert (clock.paused_at, clock.due_at) == (None, turned.now() + timedelta(hours=14))


def test_two_departments_ask_at_once_and_each_answer_reaches_the_one_who_asked(story, company):
    both = Story(company, category="quality", subcategory="malfunction", since="Sunday")
    worker.drain(company)
    assert both.investigating() == ["quality", "technical"]
    for department, login in (("quality", "ivan"), ("technical", "bo")):
        both.investigate_in(department, login, facts="-", customer_needed="yes", question="Since when?", department_cause="open",
                            responsible="unclear")
    with story.db.read() as connection:
        first, second = questions.unanswered(connection, both.reference)
    assert (first.department, second.department) == ("quality", "technical")

    questions.answer(story.db, both.reference, "Since Sunday", question_id=second.id)
    worker.drain(story.db)
    assert both.investigating() == ["technical"]
    questions.answer(story.db, both.reference, "Since Monday")
    worker.drain(story.db)
    assert both.investigating() == ["quality", "technical"]
    with story.db.read() as connection:
        assert [(each.department, each.answer) for each in questions.of_case(connection, both.reference)] == [
            ("quality", "Since Monday"), ("technical", "Since Sunday")]
    with pytest.raises(Conflict, match="no open question"):
        questions.answer(story.db, both.reference, "Hello?")


def test_an_answer_that_comes_when_nobody_waits_any_more_is_kept_and_wakes_nobody(story, turned):
    story.do("investigate", "ivan", facts="-", customer_needed="yes", question="Since when?", department_cause="open", responsible="unclear")
    turned.advance(4 * DAY)
    worker.drain(story.db)
    questions.answer(story.db, story.reference, "Late")
    story.do("investigate", "ivan", facts="-", customer_needed="yes", question="How often?", department_cause="open", responsible="unclear")
    worker.drain(story.db)
    assert story.case().status == "waiting_customer"
    with story.db.read() as connection:
        asked = questions.of_case(connection, story.reference)
    assert [(each.text, each.answer) for each in asked] == [("Since when?", "Late"), ("How often?", None)]


def test_an_answer_without_a_question_is_refused(story):
    with pytest.raises(Conflict, match="no open question"):
        questions.answer(story.db, story.reference, "Hello?")
    with pytest.raises(Invalid):
        questions.answer(story.db, story.reference, "  ")


def test_a_survey_works_once_and_dissatisfaction_opens_the_case_again(story):
    story.investigate()
    story.propose()
    story.settle()
    token = token_in(letters(story)["survey"])
    surveys.answer(story.db, token, score=1, satisfied=False, comment="Still broken")
    worker.drain(story.db)
    assert (story.case().status, story.case().cycle) == ("in_progress", 2)
    with pytest.raises(Conflict, match="answered already"):
        surveys.answer(story.db, token, score=5, satisfied=True)
    with pytest.raises(NotFound):
        surveys.answer(story.db, "guess", score=5, satisfied=True)


def test_a_reopened_case_has_the_whole_time_again(story, turned):
    story.investigate()
    story.propose()
    story.settle()
    turned.advance(timedelta(hours=26))
    surveys.answer(story.db, token_in(letters(story)["survey"]), score=1, satisfied=False)
    worker.drain(story.db)
    assert story.tasks()["investigate"].due_at == turned.now() + DAY


def test_what_the_customer_says_stays_out_of_the_process(story):
    story.investigate()
    story.propose()
    story.settle()
    surveys.answer(story.db, token_in(letters(story)["survey"]), score=2, satisfied=False, comment="My neighbour Rosa saw it")
    assert "Rosa" not in str(story.instance().variables)


def test_withdrawing_ends_the_case_and_is_confirmed(story):
    runtime.correlate(story.db, "customer_withdrew", {"reference": story.reference}, actor="customer")
    worker.drain(story.db)
    assert (story.case().status, story.instance().state) == ("withdrawn", "completed")
    assert "stopped working on it" in letters(story)["withdrawn"].body


def test_a_complaint_about_danger_is_reported_to_the_management_at_once(company):
    story = Story(company, description="The kettle caught fire and my hand was burned, the part is broken", subcategory="part_damaged")
    worker.drain(company)
    assert story.case().safety and story.case().grade == "major"
    with company.read() as connection:
        raised = escalations.of_case(connection, story.reference)
        told = notices.of_person(connection, "mara")
    assert [(each.level, each.to) for each in raised] == [(2, "mara")]
    assert [notice.template for notice in told] == ["danger"]


def test_an_overdue_investigation_is_reminded_and_escalated_once(story, turned):
    for _ in range(12):
        turned.advance(timedelta(hours=6))
        worker.drain(story.db)
    with story.db.read() as connection:
        raised = escalations.of_case(connection, story.reference)
        reminded = [notice for notice in notices.of_person(connection, "ivan") if notice.template == "reminder"]
    assert [(each.level, each.to) for each in raised] == [(1, "ivan")]
    assert len(reminded) == 1 and reminded[0].values["task_en"] == "Investigate"


def test_a_customer_without_mail_still_finds_the_letters_on_the_page(company):
    story = Story(company, email="")
    worker.drain(company)
    assert letters(story) == {}
    with company.read() as connection:
        assert [entry.template for entry in contacts.for_customer(connection, story.reference)] == ["acknowledgement"]


def test_an_incomplete_file_is_not_archived_but_says_what_is_missing(story):
    with story.db.read() as connection:
        assert closures.missing(connection, story.reference, {}) == ["cause", "measure", "notice", "follow_up"]
        assert closures.missing(connection, story.reference, {"cause": "x", "measure": "y", "waiver": "nobody reached"}) == ["notice"]


def test_archiving_an_incomplete_file_is_an_incident_that_ends_when_the_file_is_mended(story):
    story.investigate()
    story.propose()
    story.settle()
    with story.db.write() as connection:
        connection.execute(contacts.contacts.delete().where(contacts.contacts.c.template == "result"))
    surveys.answer(story.db, token_in(letters(story)["survey"]), score=5, satisfied=True)
    worker.drain(story.db)
    assert story.incidents() == [
        f"Case {story.reference} cannot be archived yet; missing: the notice of the result to the customer. Add it to the case, then try again."
    ]
    with story.db.write() as connection:
        contacts.log(
            connection,
            story.reference,
            contacts.TO_CUSTOMER,
            "told by phone",
            channel="phone",
            actor="ines",
            at=story.case().received_at,
            template="result",
        )
        incident = connection.execute(incidents.incidents.select()).one().id
    runtime.retry(story.db, incident, actor="mara")
    worker.drain(story.db)
    assert (story.case().status, story.incidents()) == ("closed", [])
