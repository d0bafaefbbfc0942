"""Working time: how long something takes, and when it is due, counted only while people work.

A calendar has several spans a day, a zone, the public holidays and make-up workdays of a country, and days of its own. Every
result comes from one walk over the days, so that the lines that explain a due date are the computation itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kesu.complaints.public_days import WEEKEND, WORKDAY, DayKind, day_kind
from kesu.engine.errors import Invalid, sentence

NOTHING = timedelta(0)
HORIZON_DAYS = 3 * 366
MAKE_UP_DAY = 7  # the "weekday" whose spans hold on a weekend day worked to make up for a holiday
CLOSED = sentence("closed: {name}")
OPENED = sentence("worked by exception: {name}")


@dataclass(frozen=True)
class Span:
    """A stretch of work within a day, in minutes since midnight, the end not included."""

    start: int
    end: int


@dataclass(frozen=True)
class OwnDay:
    """A day that a company sets apart: its spans (none: closed) and why."""

    spans: tuple[Span, ...]
    name: str


@dataclass(frozen=True)
class Calendar:
    """When people work. `weekdays` maps 0 (Monday) to 6, and 7 for make-up workdays, to spans."""

    key: str
    zone: str
    country: str
    weekdays: Mapping[int, tuple[Span, ...]]
    own_days: Mapping[date, OwnDay] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One day of a computation: what was counted, what it came to, and why."""

    day: date
    kind: DayKind
    spans: tuple[tuple[datetime, datetime], ...]
    counted: timedelta
    total: timedelta


def add_working_time(calendar: Calendar, start: datetime, amount: timedelta) -> datetime:
    """Return the earliest instant by which `amount` of working time has passed since `start`, or had before it if negative.

    Raises `Invalid` where three years do not hold that much working time.
    """
    if amount == NOTHING:
        return start.astimezone(UTC)
    if amount < NOTHING:
        return _subtract(calendar, start, -amount)
    last = explain(calendar, start, amount)[-1]
    return last.spans[-1][1]


def working_amount(calendar: Calendar, limit: timedelta) -> timedelta:
    """Return how much working time a limit told in hours of the clock is: 24 hours are one full day of the calendar.

    Less than a day is counted as it is, but never as more than a full day: "within 24 hours" means by the same time of the next working
    day, and within 12 hours cannot mean later than that.
    """
    full = max((sum((span.end - span.start for span in spans), 0) for spans in calendar.weekdays.values()), default=0)
    day = timedelta(minutes=full) or timedelta(days=1)
    days, rest = divmod(limit, timedelta(days=1))
    return days * day + min(rest, day)


def working_time_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return the working time from `start` to `end`; negative where the end comes first."""
    if end < start:
        return -working_time_between(calendar, end, start)
    zone, total = ZoneInfo(calendar.zone), NOTHING
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        total += sum((till - since for since, till in _clipped(calendar, day, start, end)), NOTHING)
        day += timedelta(days=1)
    return total


def explain(calendar: Calendar, start: datetime, amount: timedelta) -> list[Line]:
    """Return the computation of a due date day by day; the last line ends at the due instant.

    Raises `Invalid` where three years do not hold that much working time.
    """
    lines, left = [], amount
    for day in _days(start.astimezone(ZoneInfo(calendar.zone)).date(), 1):
        spans = _take(_clipped(calendar, day, start, None), left)
        counted = sum((till - since for since, till in spans), NOTHING)
        left -= counted
        lines.append(Line(day, kind_of(calendar, day), spans, counted, amount - left))
        if left == NOTHING:
            return lines
    raise _never(calendar)


def end_of_work(calendar: Calendar, day: date) -> datetime:
    """Return the instant at which work ends on a day; on a day without any, when the day does."""
    ends = [span.end for span in spans_on(calendar, day)] or [24 * 60]
    return _instant(day, max(ends), ZoneInfo(calendar.zone))


def kind_of(calendar: Calendar, day: date) -> DayKind:
    """Say what kind of day it is for this calendar; its own days come before public ones."""
    own = calendar.own_days.get(day)
    if own is not None:
        return DayKind(bool(own.spans), OPENED if own.spans else CLOSED, {"name": own.name})
    kind = day_kind(calendar.country, day)
    return DayKind(True, WORKDAY) if kind.template == WEEKEND and calendar.weekdays.get(day.weekday()) else kind


def spans_on(calendar: Calendar, day: date) -> tuple[Span, ...]:
    """Return the stretches of work of a day, in order."""
    if day in calendar.own_days:
        return calendar.own_days[day].spans
    kind = day_kind(calendar.country, day)
    if kind.make_up:
        return calendar.weekdays.get(MAKE_UP_DAY) or calendar.weekdays.get(0, ())
    if "name" in kind.values:
        return ()
    return calendar.weekdays.get(day.weekday(), ())


def _subtract(calendar: Calendar, end: datetime, amount: timedelta) -> datetime:
    left = amount
    for day in _days(end.astimezone(ZoneInfo(calendar.zone)).date(), -1):
        for since, till in reversed(_clipped(calendar, day, None, end)):
            if till - since >= left:
                return till - left
            left -= till - since
    raise _never(calendar)


def _days(first: date, step: int) -> Iterator[date]:
    return (first + timedelta(days=step * number) for number in range(HORIZON_DAYS))


def _take(spans: list[tuple[datetime, datetime]], left: timedelta) -> tuple[tuple[datetime, datetime], ...]:
    taken = []
    for since, till in spans:
        if left <= NOTHING:
            break
        taken.append((since, min(till, since + left)))
        left -= taken[-1][1] - since
    return tuple(taken)


def _clipped(calendar: Calendar, day: date, start: datetime | None, end: datetime | None) -> list[tuple[datetime, datetime]]:
    zone, clipped = ZoneInfo(calendar.zone), []
    for span in spans_on(calendar, day):
        since, till = _instant(day, span.start, zone), _instant(day, span.end, zone)
        since = since if start is None else max(since, start.astimezone(UTC))
        till = till if end is None else min(till, end.astimezone(UTC))
        if since < till:
            clipped.append((since, till))
    return clipped


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    # Built from the wall clock and only then turned into UTC: a day of 23 or 25 hours keeps its opening hours.
    day, minute = (day + timedelta(days=1), 0) if minute == 24 * 60 else (day, minute)
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)


def _never(calendar: Calendar) -> Invalid:
    return Invalid(
        sentence("Expected working hours in calendar {calendar}, but three years of it hold too few: open it on more days."),
        calendar=calendar.key,
    )
