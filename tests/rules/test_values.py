"""Python values in and out, and what is not let in."""

import enum
from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from kesu.rules import RuleError, YearMonthDuration, evaluate, to_json


class Grade(enum.StrEnum):
    MAJOR = "major"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, Decimal(1)),
        (0.1, Decimal("0.1")),
        (1.0, Decimal(1)),
        (float("nan"), None),
        (float("inf"), None),
        (Decimal("NaN"), None),
        (True, True),
        ((1, 2), [Decimal(1), Decimal(2)]),
        (OrderedDict(a=1), {"a": Decimal(1)}),
        (Grade.MAJOR, "major"),
        (10**40, Decimal(10) ** 40),
    ],
)
def test_a_python_value_becomes_one_of_feel(value, expected):
    assert evaluate("x", {"x": value}) == expected


@pytest.mark.parametrize("value", [object(), b"bytes", Fraction(1, 3), {1: 2}, [object()], 1j, pytest.param(10**100_000, id="huge")])
def test_what_feel_does_not_know_is_refused(value):
    with pytest.raises(RuleError):
        evaluate("x", {"x": value})


def test_a_value_that_holds_itself_is_refused():
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(RuleError, match="nested"):
        evaluate("x", {"x": endless})


def test_only_what_is_read_is_looked_at():
    assert evaluate("x", {"x": 1, "y": object()}) == 1


def test_results_are_said_in_json():
    value = evaluate(
        '{n: 2.50, whole: 3, d: @"2026-03-02", t: @"09:00:00Z", m: @"2026-03-02T09:00:00@Asia/Shanghai", '
        'days: @"P1DT2H", months: @"P14M", list: [true, null], range: [1..3)}',
        {},
    )
    assert to_json(value) == {
        "n": 2.5, "whole": 3, "d": "2026-03-02", "t": "09:00:00Z", "m": "2026-03-02T09:00:00@Asia/Shanghai",
        "days": "P1DT2H", "months": "P1Y2M", "list": [True, None], "range": "[1..3)",
    }  # fmt: skip


@pytest.mark.parametrize(("value", "said"), [(float("nan"), None), (Decimal("1e400"), "1" + "0" * 400), (Decimal("1e20"), 10**20), (0.5, 0.5)])
def test_every_number_is_said_so_that_json_holds_it(value, said):
    assert to_json(value) == said


def test_a_value_that_holds_itself_is_not_said():
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(RuleError, match="nested"):
        to_json(endless)


def test_python_values_are_said_in_json_too():
    assert to_json({"a": (1, 2.5), "b": date(2026, 3, 2), "c": datetime(2026, 3, 2, tzinfo=UTC)}) == {
        "a": [1, 2.5], "b": "2026-03-02", "c": "2026-03-02T00:00:00Z",
    }  # fmt: skip


@pytest.mark.parametrize(("months", "text", "years"), [(14, "P1Y2M", 1), (-14, "-P1Y2M", -1), (0, "P0M", 0), (24, "P2Y", 2)])
def test_a_duration_of_months_says_itself(months, text, years):
    duration = YearMonthDuration(months)
    assert (str(duration), duration.years) == (text, years)


def test_a_context_that_is_none_is_refused():
    with pytest.raises(RuleError):
        evaluate("1", [("a", 1)])
    with pytest.raises(RuleError):
        evaluate(None, {})


def test_handing_in_a_value_does_not_change_it():
    given = {"list": [1, {"a": 2.0}]}
    evaluate("append(list, 3)", given)
    assert given == {"list": [1, {"a": 2.0}]}
    assert evaluate("x + @\"P1D\"", {"x": timedelta(days=1)}) == timedelta(days=2)
