"""What follows a dot: entries of contexts, properties of dates, times, durations and ranges, and the same over a list."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from kesu.rules.feel.comparison import is_date, is_datetime
from kesu.rules.feel.far_dates import FarDate
from kesu.rules.feel.values import Range, YearMonthDuration
from kesu.rules.limits import charge

Property = Callable[[Any], Any]


def read_property(value: Any, name: str) -> Any:
    """Return the entry or property of a value, or null; of a list, that of every element."""
    kind = type(value)
    if kind is dict:
        return value.get(name)
    if kind is list:
        charge(len(value))
        return [read_property(element, name) for element in value]
    charge(1)
    for fits, properties in _PROPERTIES:
        if fits(value):
            read = properties.get(name)
            return None if read is None else read(value)
    return None


def _near(value: Any) -> Any:
    return value.near if isinstance(value, FarDate) else value


def _offset(value: time | datetime) -> timedelta | None:
    return value.utcoffset()


def _timezone(value: time | datetime) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _seconds(value: timedelta) -> tuple[int, int]:
    return (-1, int(-value / timedelta(seconds=1))) if value < timedelta() else (1, int(value / timedelta(seconds=1)))


def _part(size: int, modulus: int | None) -> Property:
    def read(value: timedelta) -> Decimal:
        sign, seconds = _seconds(value)
        whole = seconds // size
        return Decimal(sign * (whole % modulus if modulus else whole))

    return read


def _second_of(value: timedelta) -> Decimal:
    sign, seconds = _seconds(value)
    micros = abs(value) % timedelta(seconds=1) // timedelta(microseconds=1)
    return sign * (Decimal(seconds % 60) + Decimal(micros).scaleb(-6)) if micros else Decimal(sign * (seconds % 60))


def _months_part(years: bool) -> Property:
    def read(value: YearMonthDuration) -> Decimal:
        sign = -1 if value.months < 0 else 1
        whole, rest = divmod(abs(value.months), 12)
        return Decimal(sign * (whole if years else rest))

    return read


_DAY: dict[str, Property] = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(_near(value).month),
    "day": lambda value: Decimal(_near(value).day),
    "weekday": lambda value: Decimal(_near(value).isoweekday()),
}
_CLOCK: dict[str, Property] = {
    "hour": lambda value: Decimal(_near(value).hour),
    "minute": lambda value: Decimal(_near(value).minute),
    "second": lambda value: Decimal(_near(value).second),
    "time offset": lambda value: _offset(_near(value)),
    "timezone": lambda value: _timezone(_near(value)),
}
_SPAN: dict[str, Property] = {
    "days": _part(86_400, None),
    "hours": _part(3_600, 24),
    "minutes": _part(60, 60),
    "seconds": _second_of,
}
_MONTHS: dict[str, Property] = {"years": _months_part(True), "months": _months_part(False)}
_RANGE: dict[str, Property] = {
    "start": lambda value: value.start,
    "end": lambda value: value.end,
    "start included": lambda value: value.start_included,
    "end included": lambda value: value.end_included,
}


def _is(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kind)


_PROPERTIES: tuple[tuple[Callable[[Any], bool], dict[str, Property]], ...] = (
    (is_datetime, {**_DAY, **_CLOCK}),
    (is_date, _DAY),
    (_is(time), _CLOCK),
    (_is(timedelta), _SPAN),
    (_is(YearMonthDuration), _MONTHS),
    (_is(Range), _RANGE),
)
NAMES = frozenset(name for _, properties in _PROPERTIES for name in properties)

