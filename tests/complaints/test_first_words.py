"""Receipt and first answer are two clocks (R7): a receipt may write itself, only a person's words are an answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kesu.complaints import clocks, contacts, dangers, deadlines, escalations, first_words, receipts
from kesu.complaints.cases import cases, set_columns
from tests.complaints.companies import complaint

HOUR = timedelta(hours=1)


@pytest.fixture
def reference(company):
    """A complaint just received on Monday at nine."""
    return receipts.receive(company, complaint(), channel="web").reference


def told(db, reference, at, template=None, kind=contacts.TO_CUSTOMER):
    with db.write() as connection:
        contacts.log(connection, reference, kind, "words", channel="mail", actor="ines", at=at, template=template)


def standing(db, reference, as_of):
    with db.read() as connection:
        rows = deadlines.standing(connection, reference, as_of)
        return {row["kind"]: row["standing"] for row in rows if row["kind"] in first_words.KINDS}


def late(db, as_of):
    """Return what is late, as the case page says it."""
    with db.read() as connection:
        references = list(connection.execute(select(cases.c.reference)).scalars())
    return {(each, kind) for each in references for kind, said in standing(db, each, as_of).items() if said == "overdue"}


def kept(db, reference, kind="first_reply"):
    with db.read() as connection:
        return clocks.find(connection, reference, kind)


def calls(db, reference):
    with db.read() as connection:
        return [(each.level, each.to) for each in escalations.of_case(connection, reference)]


def test_both_run_from_the_receipt_with_the_limits_of_the_table(company, reference, turned):
    found = {kind: kept(company, reference, kind) for kind in first_words.KINDS}
    assert {(each.started_at, each.limit_source) for each in found.values()} == {(turned.now(), "time_limits")}
    assert found["first_reply"].due_at == turned.now() + 24 * HOUR
    assert standing(company, reference, turned.now()) == {"acknowledgement": "running", "first_reply": "running"}


@pytest.mark.parametrize("template", ["acknowledgement", "survey", "closed", "withdrawn"])
def test_a_letter_that_writes_itself_is_a_receipt_and_no_answer(company, reference, turned, template):
    told(company, reference, turned.now() + HOUR, template)
    assert standing(company, reference, turned.now() + 2 * HOUR) == {"acknowledgement": "met", "first_reply": "running"}
    assert standing(company, reference, turned.now() + 48 * HOUR) == {"acknowledgement": "met", "first_reply": "overdue"}
    assert late(company, turned.now() + 48 * HOUR) == {(reference, "first_reply")}


@pytest.mark.parametrize("template", [None, "question", "reply", "result"])
def test_the_words_of_a_person_are_an_answer(company, reference, turned, template):
    told(company, reference, turned.now() + HOUR, template)
    assert standing(company, reference, turned.now() + 48 * HOUR) == {"acknowledgement": "met", "first_reply": "met"}
    assert late(company, turned.now() + 48 * HOUR) == set()


@pytest.mark.parametrize("kind", [contacts.INTERNAL, contacts.FROM_CUSTOMER])
def test_a_note_and_the_customer_s_own_words_are_none(company, reference, turned, kind):
    told(company, reference, turned.now() + HOUR, kind=kind)
    assert standing(company, reference, turned.now() + 2 * HOUR)["first_reply"] == "running"


def test_an_answer_that_came_late_stays_late(company, reference, turned):
    told(company, reference, turned.now() + 25 * HOUR)
    assert standing(company, reference, turned.now() + 48 * HOUR)["first_reply"] == "missed"


def test_nobody_having_answered_in_time_calls_the_head_in_once(company, reference, turned):
    turned.advance(23 * HOUR)
    assert first_words.look_after(company) == 0
    turned.advance(2 * HOUR)
    assert [first_words.look_after(company) for _ in range(2)] == [1, 0]
    assert [level for level, _ in calls(company, reference)] == [1]
    assert kept(company, reference).due_at < turned.now()


def test_who_was_answered_calls_nobody_in(company, reference, turned):
    told(company, reference, turned.now())
    turned.advance(48 * HOUR)
    assert first_words.look_after(company) == 0 and calls(company, reference) == []


def test_a_case_of_before_gets_its_clocks_and_wakes_nobody_for_the_past(company, reference, turned):
    began = turned.now()
    with company.write() as connection:
        connection.execute(clocks.clocks.delete().where(clocks.clocks.c.kind.in_(first_words.KINDS)))
    turned.advance(48 * HOUR)
    assert first_words.look_after(company) == 0
    assert (kept(company, reference).started_at, kept(company, reference).due_at) == (began, began + 24 * HOUR)
    assert late(company, turned.now()) == {(reference, "acknowledgement"), (reference, "first_reply")}
    assert calls(company, reference) == []


def test_an_ended_case_waits_for_no_words(company, reference, turned):
    with company.write() as connection:
        connection.execute(cases.update().where(cases.c.reference == reference).values(status="withdrawn"))
    turned.advance(48 * HOUR)
    assert first_words.look_after(company) == 0 and late(company, turned.now()) == set()
    assert standing(company, reference, turned.now())["first_reply"] == "dropped"


def test_danger_gives_two_hours_day_and_night(company, turned):
    turned.advance(timedelta(days=5, hours=12))  # Saturday, at night
    reference = receipts.receive(company, complaint(description="The kettle caught fire."), channel="web").reference
    assert (kept(company, reference).calendar, kept(company, reference).due_at) == ("always", turned.now() + 2 * HOUR)


def test_danger_that_turns_up_later_shortens_it(company, reference, turned):
    turned.advance(3 * HOUR)
    with company.write() as connection:
        dangers.heed(connection, reference, why="fire", actor="ines", at=turned.now())
    assert kept(company, reference).due_at == turned.now() + 2 * HOUR


def test_a_grade_shortens_it_from_the_receipt(company, reference, turned):
    began = turned.now()
    turned.advance(HOUR)
    with company.write() as connection:
        set_columns(connection, reference, grade="urgent")
        first_words.hasten(connection, reference)
    assert kept(company, reference).due_at == began + 8 * HOUR


def test_the_customer_s_time_does_not_count(company, reference, turned):
    with company.write() as connection:
        deadlines.pause(connection, reference, at=turned.now())
    turned.advance(48 * HOUR)
    assert first_words.look_after(company) == 0 and standing(company, reference, turned.now())["first_reply"] == "paused"
