"""What has no zone is meant in the zone of the evaluation; without one, it is as the standard says."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from kesu.rules import evaluate, load_decisions, unary_test
from tests.rules.tables import decision, dmn, inputs, literal, table

SHANGHAI = ZoneInfo("Asia/Shanghai")
LATE = datetime(2026, 3, 1, 17, 30, tzinfo=UTC)  # 01:30 of the next day in Shanghai


@pytest.mark.parametrize(
    ("text", "there", "standard"),
    [
        ("today()", date(2026, 3, 2), date(2026, 3, 1)),
        ("now().hour", 1, 17),
        ("date(now())", date(2026, 3, 2), date(2026, 3, 1)),
        ("day of week(now())", "Monday", "Sunday"),
        ('@"2026-03-02" <= now()', True, False),
        ('@"2026-03-02T00:00:00" <= @"2026-03-01T16:30:00Z"', True, False),
        ('@"2026-03-01T16:00:00Z" = @"2026-03-02T00:00:00"', True, False),
        ('@"2026-03-02T08:00:00" in [@"2026-03-01T23:00:00Z"..@"2026-03-02T01:00:00Z"]', True, False),
        ('(@"2026-03-02" - @"2026-03-01T15:00:00Z").hours', 1, 9),
        ('(@"2026-03-02T00:00:00" - @"2026-03-01T15:00:00Z").hours', 1, None),
        ('(@"2026-03-02T05:00:00" - @"2026-03-02").hours', 5, None),
        ('date and time(@"2026-03-02") = @"2026-03-01T16:00:00Z"', True, False),
        ('time(@"2026-03-02") = @"00:00:00@Asia/Shanghai"', True, False),
        ('max(@"2026-03-02", @"2026-03-01T20:00:00Z").day', 1, 2),
        ('before(@"2026-03-02", @"2026-03-01T20:00:00Z")', True, False),
        ('@"2026-03-02T09:00:00@Europe/Paris" < @"2026-03-02T08:30:00Z"', True, True),
    ],
)
def test_what_has_no_zone_is_meant_in_that_of_the_evaluation(text, there, standard):
    assert evaluate(text, {}, now=LATE, zone=SHANGHAI) == there
    assert evaluate(text, {}, now=LATE) == standard
    assert evaluate(text, {}, now=LATE, zone=SHANGHAI) == there, "nothing is kept of the zone before"


def test_a_moment_without_zone_handed_in_is_meant_there_too():
    context = {"received": datetime(2026, 3, 2, 9), "sent": datetime(2026, 3, 2, 0, 59, tzinfo=UTC)}
    assert evaluate("received > sent", context, now=LATE, zone=SHANGHAI) is True
    assert evaluate("now()", {}, now=datetime(2026, 3, 2), zone=SHANGHAI).tzinfo is SHANGHAI


def test_an_hour_on_the_night_the_clock_jumps():
    spring = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    paris = ZoneInfo("Europe/Paris")
    assert evaluate('(now() + @"PT1H").hour', {}, now=spring, zone=paris) == 3


def test_cells_and_decisions_know_the_zone():
    due = '<= date and time(@"2026-03-02")'
    assert unary_test(due, datetime(2026, 3, 1, 16, tzinfo=UTC), {}, zone=SHANGHAI)
    assert not unary_test(due, datetime(2026, 3, 1, 16, 1, tzinfo=UTC), {}, zone=SHANGHAI)
    assert unary_test(due, datetime(2026, 3, 1, 16, 1, tzinfo=UTC), {})

    rows = ['<= today() => "due"', '> today() => "not yet"']
    day = table(rows, types={"day": "date"})
    decisions = load_decisions(dmn(inputs(day="date"), decision("D", day, "in_day"), decision("T", literal("today()"))))
    context = {"day": "2026-03-02"}
    assert decisions.evaluate("D", context, now=LATE, zone=SHANGHAI).value == "due"
    assert decisions.evaluate("D", context, now=LATE).value == "not yet"
    assert decisions.evaluate("T", {}, now=LATE, zone=SHANGHAI).value == date(2026, 3, 2)


def test_the_offset_is_that_of_the_year_itself():
    assert evaluate('@"1988-07-01T00:00:00@Asia/Shanghai" = @"1988-06-30T15:00:00Z"', {}) is True, "summer time of 1988"
