"""Text to dates, times, date and times and durations, exactly as the standard (and XML Schema) write them; anything else
is None. Fractions of a second are kept to the microsecond, which is what Python's types hold."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from kesu.rules.feel.far_dates import FarDate, add_days, make_date
from kesu.rules.feel.values import YearMonthDuration
from kesu.rules.limits import charge

_DATE = r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)"
_TIME = r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?"
_ZONE = r"([Zz]|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z][\w+\-/]*)?"
_DATE_ONLY = re.compile(_DATE, re.ASCII)
_TIME_ONLY = re.compile(_TIME + _ZONE, re.ASCII)
_DATE_TIME = re.compile(f"{_DATE}T{_TIME}{_ZONE}", re.ASCII)
_MONTHS = re.compile(r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?", re.ASCII)
_SECONDS = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?", re.ASCII)
_OFFSET_MAX = timedelta(hours=18)
_DIGITS_MAX = 18
_ZONE_STEPS = 300  # what reading a zone from its file takes


def parse_any(text: str) -> Any:
    """Read what stands in an at-literal: a date, a time, a date and time or a duration."""
    if "P" in text[:2]:
        return parse_duration(text)
    if "T" in text.partition("@")[0]:
        return parse_datetime(text)
    return parse_time(text) if ":" in text[:3] else parse_date(text)


def parse_date(text: str) -> date | FarDate | None:
    """Read YYYY-MM-DD."""
    match = _DATE_ONLY.fullmatch(text)
    return make_date(*map(int, match.groups())) if match else None


def parse_time(text: str) -> time | None:
    """Read HH:MM:SS with an optional fraction and an optional Z, offset or @zone."""
    match = _TIME_ONLY.fullmatch(text)
    return _time(match.groups()) if match else None


def parse_datetime(text: str) -> datetime | FarDate | None:
    """Read a date and time; a date alone is its midnight."""
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        day = parse_date(text)
        return None if day is None else combine(day, time())
    groups = match.groups()
    day = make_date(*map(int, groups[:3]))
    if _is_end_of_day(groups[3:7]):  # XML Schema: the first moment of the next day
        day = None if day is None else add_days(day, timedelta(days=1))
        groups = (*groups[:3], "00", *groups[4:])
    clock = _time(groups[3:])
    return None if day is None or clock is None else combine(day, clock)


def combine(day: date | FarDate, clock: time) -> datetime | FarDate:
    """Put a date and a time together."""
    if isinstance(day, FarDate):
        return FarDate(datetime.combine(day.near, clock), day.cycles)
    return datetime.combine(day, clock)


def parse_duration(text: str) -> timedelta | YearMonthDuration | None:
    """Read a duration of years and months, or of days and smaller."""
    match = _MONTHS.fullmatch(text)
    if match and any(match.groups()[1:]):
        sign, years, months = match.groups()
        total = _whole(years) * 12 + _whole(months)
        return YearMonthDuration(-total if sign else total)
    match = _SECONDS.fullmatch(text)
    return _timedelta(match.groups()) if match and any(match.groups()[1:]) else None


@lru_cache(maxsize=512)
def zone(text: str) -> tzinfo | None:
    """Read Z, an offset such as +08:00, or @ and the name of a zone."""
    if text in ("Z", "z", "+00:00", "-00:00", "+00:00:00"):
        return UTC
    if text.startswith("@"):
        return named_zone(text[1:])
    hours, minutes, seconds = [*map(int, text[1:].split(":")), 0][:3]
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if offset > _OFFSET_MAX or minutes > 59 or seconds > 59:
        return None
    return timezone(-offset if text[0] == "-" else offset)


@lru_cache(maxsize=1024)
def named_zone(name: str) -> tzinfo | None:
    """Return the zone of the IANA database with this name."""
    charge(_ZONE_STEPS)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _is_end_of_day(clock: tuple[str | None, ...]) -> bool:
    hour, minute, second, fraction = clock
    return (hour, minute, second) == ("24", "00", "00") and not (fraction or "").strip("0")


def _time(groups: tuple[str | None, ...]) -> time | None:
    hour, minute, second, fraction, offset = groups
    place = zone(offset) if offset else None
    if offset and place is None:
        return None
    try:
        return time(int(hour or 0), int(minute or 0), int(second or 0), _microseconds(fraction), place)
    except ValueError:
        return None


def _timedelta(groups: tuple[str | None, ...]) -> timedelta | None:
    sign, days, hours, minutes, seconds, fraction = groups
    try:
        total = timedelta(_whole(days), _whole(seconds), _microseconds(fraction), 0, _whole(minutes), _whole(hours))
    except OverflowError:
        return None
    return -total if sign else total


def _whole(digits: str | None) -> int:
    # more digits than any duration can have: a number that overflows, not one that takes long to read
    return int(digits if len(digits) <= _DIGITS_MAX else "9" * _DIGITS_MAX) if digits else 0


def _microseconds(fraction: str | None) -> int:
    return int((fraction or "0")[:6].ljust(6, "0"))
