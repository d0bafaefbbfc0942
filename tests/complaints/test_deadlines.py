"""Clocks of a case: started once, in working time, standing still for the customer, surviving every reject."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from kesu.complaints import calendars, clocks, deadlines, first_words, receipts, working_hours
from kesu.complaints.calendars import Calendar, Span
from kesu.complaints.working_hours import WORKING_DAYS
from kesu.engine import identity, inbox, instances, runtime, timers, user_tasks
from kesu.engine.deadlines import DeadlineRequest
from kesu.engine.errors import Failed
from tests.complaints.companies import complaint

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


@pytest.fixture
def reference(company):
    """A complaint just received on Monday at nine, waiting for its investigation."""
    return receipts.receive(company, complaint(), channel="web").reference


def open_task(db, reference):
    with db.read() as connection:
        return user_tasks.of_instance(connection, instances.by_business_key(connection, reference).id, only_open=True)[0]


def clock_of(db, reference, kind, scope=""):
    with db.read() as connection:
        return clocks.find(connection, reference, kind, scope)


def standing(db, reference, as_of):
    with db.read() as connection:
        rows = deadlines.standing(connection, reference, as_of)
        return {(row["kind"], row["scope"]): row["standing"] for row in rows if row["kind"] not in first_words.KINDS}


def do(db, reference, actor, **answer):
    runtime.complete(db, open_task(db, reference).id, actor=actor, **answer)


def test_the_table_of_time_limits_and_the_calendar_make_the_due_date(company, reference, turned):
    assert open_task(company, reference).due_at == turned.now() + DAY
    clock = clock_of(company, reference, "investigation")
    assert (clock.limit_seconds, clock.limit_source, clock.calendar) == (24 * 3600, "time_limits", "working_days")


def test_a_weekend_does_not_count(company, turned):
    turned.advance(timedelta(days=4, hours=2))  # Friday, eleven
    reference = receipts.receive(company, complaint(), channel="web").reference
    assert open_task(company, reference).due_at == turned.now() + timedelta(days=3)


def test_a_reject_does_not_restart_the_clock_of_the_investigation(company, reference, turned):
    due = open_task(company, reference).due_at
    turned.advance(10 * HOUR)
    do(company, reference, "ivan")
    turned.advance(20 * HOUR)
    do(company, reference, "ada", outcome="rejected")
    again = open_task(company, reference)
    assert (again.element_id, again.round, again.due_at) == ("investigate", 2, due)
    assert standing(company, reference, turned.now())[("investigation", "")] == "overdue"


def test_approvers_answer_only_for_the_time_the_case_lay_with_them(company, reference, turned):
    do(company, reference, "ivan")
    turned.advance(6 * HOUR)
    do(company, reference, "ada", outcome="rejected")
    turned.advance(30 * HOUR)
    do(company, reference, "ivan")
    assert open_task(company, reference).due_at == turned.now() + 18 * HOUR
    clock = clock_of(company, reference, "approval", "approve")
    assert (clock.due_at, clock.paused_seconds) == (turned.now() + 18 * HOUR, 30 * 3600)


def test_while_we_wait_for_the_customer_the_clock_and_the_task_stand_still(company, reference, turned):
    turned.advance(10 * HOUR)
    with company.write() as connection:
        deadlines.pause(connection, reference, at=turned.now())
    turned.advance(72 * HOUR)
    assert standing(company, reference, turned.now()) == {("investigation", ""): "paused"}
    with company.write() as connection:
        deadlines.resume(connection, reference, at=turned.now())
    assert open_task(company, reference).due_at == clock_of(company, reference, "investigation").due_at == turned.now() + 14 * HOUR


def test_a_clock_that_had_run_out_before_the_pause_stays_overdue(company, reference, turned):
    due = open_task(company, reference).due_at
    turned.advance(30 * HOUR)
    with company.write() as connection:
        deadlines.pause(connection, reference, at=turned.now())
    assert standing(company, reference, turned.now()) == {("investigation", ""): "overdue"}
    turned.advance(DAY)
    with company.write() as connection:
        deadlines.resume(connection, reference, at=turned.now())
    assert open_task(company, reference).due_at == due


def test_one_departments_question_does_not_stop_the_others_clock(company, turned):
    start = {"calendar": "working_days", "limit": DAY, "source": "diagram", "started_at": turned.now(), "due_at": turned.now() + DAY}
    with company.write() as connection:
        for department in ("quality", "technical"):
            clocks.start(connection, clocks.Face("KS-2026-000009", "investigation", department), **start)
        clocks.pause(connection, "KS-2026-000009", at=turned.now(), scope="quality")
        assert clocks.find(connection, "KS-2026-000009", "investigation", "quality").paused_at == turned.now()
        assert clocks.find(connection, "KS-2026-000009", "investigation", "technical").paused_at is None


def test_overdue_is_computed_as_of_an_instant(company, reference, turned):
    assert standing(company, reference, turned.now() + DAY) == {("investigation", ""): "running"}
    assert standing(company, reference, turned.now() + DAY + timedelta(seconds=1)) == {("investigation", ""): "overdue"}


def test_finished_work_is_not_overdue_but_met_or_missed(company, reference, turned):
    turned.advance(25 * HOUR)
    do(company, reference, "ivan")
    assert standing(company, reference, turned.now() + 9 * DAY)[("investigation", "")] == "missed"


def test_the_inbox_shows_the_clocks_due_date_as_overdue(company, reference, turned):
    turned.advance(25 * HOUR)
    with company.read() as connection:
        ivan = identity.person(connection, "ivan")
        late = inbox.page(connection, ivan, "group", inbox.Filter(due_before=turned.now()))
    assert [task.business_key for task in late] == [reference]


def test_a_mark_fires_once(company, reference, turned):
    clock = clock_of(company, reference, "investigation")
    with company.write() as connection:
        assert clocks.fire_mark(connection, clock.id, "warned", at=turned.now())
        assert not clocks.fire_mark(connection, clock.id, "warned", at=turned.now())
        assert connection.execute(select(clocks.clock_marks.c.mark)).scalars().all() == ["warned"]


def test_a_reopened_case_gets_new_clocks(company, turned):
    start = {"calendar": "working_days", "limit": DAY, "source": "diagram", "started_at": turned.now()}
    with company.write() as connection:
        for cycle in (1, 2, 2):
            face = clocks.Face("KS-2026-000009", "investigation", "", cycle)
            clocks.start(connection, face, due_at=turned.now() + cycle * DAY, **start)
        assert len(clocks.of_case(connection, "KS-2026-000009")) == 2
        assert clocks.find(connection, "KS-2026-000009", "investigation").due_at == turned.now() + 2 * DAY


def test_a_department_may_work_by_its_own_calendar(company, turned):
    with company.write() as connection:
        connection.execute(working_hours.department_calendars.insert().values(department="quality", calendar="office_hours"))
        assert working_hours.of_department(connection, "quality").key == "office_hours"
        assert working_hours.of_department(connection, "technical").key == "working_days"


def test_a_calendar_that_cannot_be_is_refused_with_every_reason(company):
    wrong = Calendar("odd", "Asia/Atlantis", "XX", {0: (Span(600, 500), Span(400, 2000))})
    with company.write() as connection, pytest.raises(Exception, match="Asia/Atlantis.*XX.*600 to 500.*400 to 2000"):
        working_hours.keep(connection, wrong, name="odd")


def test_a_time_limit_that_is_no_time_is_said_and_not_guessed(company, turned):
    request = DeadlineRequest("KS-2026-000001", "investigation", "x", None, {}, turned.now(), lambda *_: "soon")
    with company.read() as connection, pytest.raises(Failed, match="got soon"):
        deadlines.CaseDeadlines().due(connection, request)


def test_a_duration_drawn_in_the_diagram_comes_before_the_table(company, turned):
    request = DeadlineRequest("KS-2026-000001", "investigation", "x", "PT3H", {}, turned.now(), lambda *_: 24)
    with company.read() as connection:
        assert deadlines.CaseDeadlines().due(connection, request).at == turned.now() + 3 * HOUR


@given(
    st.integers(0, 96),
    st.integers(0, 240),
    st.sampled_from([WORKING_DAYS, Calendar("o", "Asia/Shanghai", "CN", {day: (Span(540, 720), Span(780, 1080)) for day in range(5)})]),
)
def test_a_pause_leaves_exactly_the_time_that_was_left(worked, stood, calendar):
    start = datetime(2026, 2, 10, 1, 0, tzinfo=UTC)  # the Spring Festival and its make-up Saturday lie ahead
    due = calendars.add_working_time(calendar, start, DAY)
    paused, resumed = start + worked * HOUR, start + (worked + stood) * HOUR
    left = calendars.working_time_between(calendar, paused, due)
    if left > timedelta(0):
        later = calendars.add_working_time(calendar, resumed, left)
        assert calendars.working_time_between(calendar, resumed, later) == left
        assert later >= due


def test_a_suspended_case_keeps_its_time_and_an_answer_does_not_wake_it(company, reference, turned):
    plug = deadlines.CaseDeadlines()
    turned.advance(10 * HOUR)
    with company.write() as connection:
        plug.freeze(connection, reference, turned.now())
        deadlines.resume(connection, reference, at=turned.now())
        assert clocks.find(connection, reference, "investigation").paused_for == "suspension"
    turned.advance(40 * HOUR)
    with company.write() as connection:
        plug.thaw(connection, reference, turned.now())
    assert open_task(company, reference).due_at == turned.now() + 14 * HOUR


def test_a_reminder_that_hangs_off_a_clock_stands_still_with_it(company, reference, turned):
    due = open_task(company, reference).due_at
    with company.write() as connection:
        instance = instances.by_business_key(connection, reference)
        row = {"instance_id": instance.id, "activity_id": "x", "element_id": "investigate", "due_at": due - 4 * HOUR}
        timers.arm(connection, [{**row, "act": "warn", "mark": "investigation//1/investigate#/warn"}])
        deadlines.pause(connection, reference, at=turned.now())
    turned.advance(48 * HOUR)
    with company.write() as connection:
        assert timers.due(connection, turned.now()) == []
        deadlines.resume(connection, reference, at=turned.now())
        assert timers.next_due(connection) == turned.now() + 20 * HOUR
