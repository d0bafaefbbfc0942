"""Dates as people and spreadsheets write them: certain, or asked back with both days."""

from datetime import date

import pytest

from kesu.complaints import written_dates

DAY = date(2026, 2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-03",
        "2026/2/3",
        "2026.2.3",
        "2026年2月3日",
        "20260203",
        "46056",
        "46056.5",
        "3.2.2026",
        "03.02.2026",
        "2026-02-03 00:00:00",
        "2026-02-03T08:30:00+08:00",
        "3 Feb 2026",
        "Feb 3, 2026",
        "２０２６－０２－０３",
    ],
)
def test_a_certain_day_is_understood(text):
    assert written_dates.meant(text) == [DAY]


def test_day_and_month_are_told_apart_where_one_cannot_be_a_month():
    assert (
        written_dates.meant("13/2/2026") == written_dates.meant("2/13/2026") == [date(2026, 2, 13)]
    )
    assert written_dates.meant("2/2/2026") == [date(2026, 2, 2)]


def test_what_may_be_two_days_is_asked_back_with_both():
    problem = written_dates.problem("purchased_on", "03/02/2026", "Bought on")
    assert "can be meant as 2026-02-03 or as 2026-03-02" in str(problem)


@pytest.mark.parametrize("text", ["yesterday", "26-2-3", "2026-13-45", "31.02.2026", "12", "2026"])
def test_what_is_no_day_is_refused(text):
    assert "Expected a date like 2026-03-02" in str(written_dates.problem("purchased_on", text, ""))
