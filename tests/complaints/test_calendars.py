"""Working time: spans, holidays, make-up workdays, and the invariants that pausing rests on."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kesu.complaints import calendars
from kesu.complaints.calendars import Calendar, OwnDay, Span, add_working_time, explain, working_time_between
from kesu.engine.errors import Invalid

OFFICE = (Span(9 * 60, 12 * 60), Span(13 * 60, 18 * 60))
SHANGHAI = ZoneInfo("Asia/Shanghai")
WHOLE_DAY = (Span(0, 24 * 60),)
office = Calendar("office", "Asia/Shanghai", "CN", {day: OFFICE for day in range(5)})
whole_days = Calendar("working_days", "Asia/Shanghai", "CN", {day: WHOLE_DAY for day in range(5)})
NIGHTS = (Span(0, 90), Span(150, 240), Span(23 * 60, 24 * 60))  # across the hours that summer time moves
berlin = Calendar("berlin", "Europe/Berlin", "DE", {day: NIGHTS for day in range(7)})
CALENDARS = st.sampled_from([office, whole_days, berlin])
INSTANTS = st.datetimes(datetime(2025, 12, 20), datetime(2026, 11, 20), timezones=st.just(UTC))
AMOUNTS = st.timedeltas(timedelta(0), timedelta(hours=200))


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


def test_a_day_with_a_lunch_break_counts_eight_hours():
    assert add_working_time(office, at(2026, 3, 2, 9), timedelta(hours=8)) == at(2026, 3, 2, 18)
    assert add_working_time(office, at(2026, 3, 2, 11), timedelta(hours=2)) == at(2026, 3, 2, 14)


def test_a_limit_that_begins_on_friday_evening_runs_from_monday_morning():
    assert add_working_time(office, at(2026, 3, 6, 20), timedelta(hours=1)) == at(2026, 3, 9, 10)


def test_twenty_four_hours_on_whole_working_days_end_at_the_same_time_on_the_next_one():
    assert add_working_time(whole_days, at(2026, 3, 6, 15, 30), timedelta(hours=24)) == at(2026, 3, 9, 15, 30)


def test_a_make_up_saturday_is_worked_and_the_holiday_it_pays_for_is_not():
    # Saturday 2026-02-14 was worked for the Spring Festival of 15 to 23 February.
    assert add_working_time(office, at(2026, 2, 13, 17), timedelta(hours=2)) == at(2026, 2, 14, 10)
    assert add_working_time(office, at(2026, 2, 14, 17), timedelta(hours=2)) == at(2026, 2, 24, 10)


def test_a_make_up_workday_may_have_hours_of_its_own():
    short = Calendar("short", "Asia/Shanghai", "CN", {**office.weekdays, calendars.MAKE_UP_DAY: (Span(600, 660),)})
    assert working_time_between(short, at(2026, 2, 14), at(2026, 2, 15)) == timedelta(hours=1)


def test_a_company_may_close_a_working_day_and_open_a_sunday():
    own = {date(2026, 3, 3): OwnDay((), "stocktaking"), date(2026, 3, 8): OwnDay((Span(600, 720),), "fair")}
    calendar = Calendar("own", "Asia/Shanghai", "CN", office.weekdays, own)
    assert working_time_between(calendar, at(2026, 3, 3), at(2026, 3, 4)) == timedelta(0)
    assert working_time_between(calendar, at(2026, 3, 8), at(2026, 3, 9)) == timedelta(hours=2)
    assert calendars.kind_of(calendar, date(2026, 3, 3)).values == {"name": "stocktaking"}


def test_a_year_whose_holidays_are_not_published_counts_statutory_days_and_says_so():
    kind = calendars.kind_of(office, date(2035, 10, 1))
    assert not kind.worked and "not published" in kind.template


def test_german_christmas_is_off():
    eve = datetime(2026, 12, 24, 23, tzinfo=UTC)
    assert working_time_between(berlin, eve, eve + timedelta(hours=24)) == timedelta(0)


def test_the_explanation_names_every_day_and_ends_at_the_due_instant():
    lines = explain(office, at(2026, 2, 13, 17), timedelta(hours=10))
    assert [line.day.day for line in lines] == [13, 14, *range(15, 25)]
    assert lines[1].kind.template == "make-up workday for {name}" and lines[1].kind.values["name_zh"] == "春节"
    assert lines[2].kind.template == "public holiday: {name}" and lines[2].counted == timedelta(0)
    assert [line.total for line in lines][:2] == [timedelta(hours=1), timedelta(hours=9)]
    assert lines[-1].spans[-1][1] == at(2026, 2, 24, 10)


def test_a_calendar_without_hours_is_refused_instead_of_searched_for_ever():
    with pytest.raises(Invalid, match="too few"):
        add_working_time(Calendar("never", "Asia/Shanghai", "CN", {}), at(2026, 3, 2), timedelta(hours=1))


@given(CALENDARS, INSTANTS, INSTANTS, AMOUNTS)
def test_whoever_begins_later_is_never_due_earlier(calendar, one, other, amount):
    first, second = sorted([one, other])
    assert add_working_time(calendar, first, amount) <= add_working_time(calendar, second, amount)


@given(CALENDARS, INSTANTS, AMOUNTS, AMOUNTS)
def test_adding_in_two_steps_is_adding_at_once(calendar, start, one, other):
    halfway = add_working_time(calendar, start, one)
    assert add_working_time(calendar, halfway, other) == add_working_time(calendar, start, one + other)


@given(CALENDARS, INSTANTS, AMOUNTS)
def test_what_was_added_is_what_lies_between(calendar, start, amount):
    assert working_time_between(calendar, start, add_working_time(calendar, start, amount)) == amount


@given(CALENDARS, INSTANTS, INSTANTS, INSTANTS)
def test_time_between_adds_up_over_any_point(calendar, one, two, three):
    whole = working_time_between(calendar, one, three)
    assert whole == working_time_between(calendar, one, two) + working_time_between(calendar, two, three)


@given(CALENDARS, INSTANTS, AMOUNTS)
def test_going_back_from_the_due_instant_leaves_the_whole_amount(calendar, end, amount):
    begin = add_working_time(calendar, end, -amount)
    assert begin <= end and working_time_between(calendar, begin, end) == amount
