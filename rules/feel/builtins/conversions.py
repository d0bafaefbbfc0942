"""Built-in functions that make numbers, dates, times and durations out of text and parts."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from kesu.rules.feel import temporal
from kesu.rules.feel.arithmetic import add_months
from kesu.rules.feel.builtins.registry import builtin
from kesu.rules.feel.comparison import instant, is_datetime
from kesu.rules.feel.far_dates import AnyDate, FarDate, make_date
from kesu.rules.feel.scope import zone_of_evaluation
from kesu.rules.feel.values import YearMonthDuration, number
from kesu.rules.limits import charge

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,5})?", re.ASCII)
_SEPARATORS = {(group, point) for group in (None, " ", ",", ".") for point in (None, ",", ".") if group is None or group != point}
_HOUR = timedelta(hours=1)
_MONTHS_STEPS = 6  # what counting months takes beyond its call


@builtin("number(from: string)", "number")
def number_from(text: str) -> Decimal | None:
    """The number a text says."""
    return number(Decimal(text)) if len(text) < 10_000 and _NUMBER.fullmatch(text) else None


@builtin("number(from: number)", "number")
def number_itself(value: Decimal) -> Decimal:
    """A number as it is."""
    return value


@builtin("number(from: string, grouping separator: string?, decimal separator: string?)", "number")
def number_separated(text: str, grouping: str | None, decimal: str | None) -> Decimal | None:
    """The number a text says, with separators of its own."""
    if (grouping, decimal) not in _SEPARATORS or (decimal == "," and "." in text and grouping != "."):
        return None
    if grouping:
        text = text.replace(grouping, "")
    if decimal == ",":
        text = text.replace(",", ".") if "." not in text else ""
    return number_from(text)


@builtin("date(from: string)", "date")
def date_from(text: str) -> date | FarDate | None:
    """The date a text says."""
    return temporal.parse_date(text)


@builtin("date(from: day)", "date")
def date_of(value: AnyDate) -> Any:
    """The date of a date and time."""
    if isinstance(value, FarDate):
        return FarDate(value.near.date(), value.cycles) if isinstance(value.near, datetime) else value
    return value.date() if isinstance(value, datetime) else value


@builtin("date(year: number, month: number, day: number)", "date")
def date_of_parts(year: Decimal, month: Decimal, day: Decimal) -> date | FarDate | None:
    """The date of a year, month and day."""
    if any(part != part.to_integral_value() or abs(part) > 10**9 for part in (year, month, day)):
        return None
    return make_date(int(year), int(month), int(day))


@builtin("time(from: string)", "time")
def time_from(text: str) -> time | None:
    """The time a text says."""
    return temporal.parse_time(text)


@builtin("time(from: time)", "time")
def time_itself(value: time) -> time:
    """A time as it is."""
    return value


@builtin("time(from: day)", "time")
def time_of(value: AnyDate) -> time:
    """The time of a date and time; of a date, midnight in the evaluation's zone or in UTC."""
    near = value.near if isinstance(value, FarDate) else value
    if isinstance(near, datetime):
        return near.timetz()
    return time(tzinfo=zone_of_evaluation() or UTC)


@builtin("time(hour: number, minute: number, second: number, [offset: days and time duration?])", "time")
def time_of_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None) -> time | None:
    """The time of an hour, minute and second, perhaps with an offset."""
    if hour != hour.to_integral_value() or minute != minute.to_integral_value():
        return None
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return None
    if offset is not None and abs(offset) > 18 * _HOUR:
        return None
    zone = None if offset is None else UTC if not offset else timezone(offset)
    return time(int(hour), int(minute), int(second), int(second % 1 * 1_000_000), zone)


@builtin("date and time(from: string)", "date and time")
def datetime_from(text: str) -> datetime | FarDate | None:
    """The date and time a text says."""
    return temporal.parse_datetime(text)


@builtin("date and time(from: date and time)", "date and time")
def datetime_itself(value: datetime | FarDate) -> datetime | FarDate:
    """A date and time as it is; a date becomes its midnight."""
    return value


@builtin("date and time(date: day, time: time)", "date and time")
def datetime_of(day: AnyDate, clock: time) -> datetime | FarDate:
    """A date and a time put together."""
    return temporal.combine(date_of(day), clock)


@builtin("date and time(date: date and time, timezone: string)", "date and time")
def datetime_in_zone(value: datetime | FarDate, name: str) -> datetime | None:
    """The same moment in another time zone (an extension Camunda knows)."""
    zone = temporal.zone(name) if name[:1] in "+-" else temporal.named_zone(name)
    if zone is None or isinstance(value, FarDate):
        return None
    try:
        return value.astimezone(zone) if value.tzinfo else value.replace(tzinfo=zone)
    except OverflowError:
        return None


@builtin("duration(from: string)", "duration")
def duration_from(text: str) -> timedelta | YearMonthDuration | None:
    """The duration a text says."""
    return temporal.parse_duration(text)


@builtin("duration(from: duration)", "duration")
def duration_itself(value: timedelta | YearMonthDuration) -> timedelta | YearMonthDuration:
    """A duration as it is."""
    return value


@builtin("years and months duration(from: day, to: day)", "years and months duration")
def months_between(start: AnyDate, end: AnyDate) -> YearMonthDuration:
    """The whole months from one date to another."""
    charge(_MONTHS_STEPS)
    months = _month_number(end) - _month_number(start)
    moved, reached = add_months(_date_only(start), months), _date_only(end)
    if moved is not None and months:
        over = instant(moved, False) > instant(reached, False)
        under = instant(moved, False) < instant(reached, False)
        months += -1 if months > 0 and over else 1 if months < 0 and under else 0
    return YearMonthDuration(months)


def _date_only(value: AnyDate) -> Any:
    return date_of(value) if is_datetime(value) else value


def _month_number(value: AnyDate) -> int:
    near = value.near if isinstance(value, FarDate) else value
    return value.year * 12 + near.month
