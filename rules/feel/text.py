"""Values to text, as `string()` writes them and as a FEEL literal would."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from kesu.rules.feel.far_dates import FarDate
from kesu.rules.feel.values import Function, Range, YearMonthDuration
from kesu.rules.limits import charge, charge_text, check_string


def to_text(value: Any) -> str:
    """Write a value as `string()` does: a string is itself, everything else its literal without quotation."""
    if isinstance(value, str):
        return value
    pieces = Pieces()
    _write(value, pieces)
    return pieces.text()


class Pieces:
    """A text in the making; raises LimitExceeded as soon as it gets too long."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.size = 0

    def add(self, piece: str) -> None:
        """Write a piece at the end."""
        self.size += len(piece)
        check_string(self.size)
        charge_text(len(piece))
        self.pieces.append(piece)

    def text(self) -> str:
        """Return the whole."""
        return "".join(self.pieces)


def _write(value: Any, pieces: Pieces) -> None:
    if isinstance(value, (list, Mapping)):
        charge(2 * len(value))
    if isinstance(value, list):
        for place, element in enumerate(value):
            pieces.add(", " if place else "[")
            _write(element, pieces)
        pieces.add("]" if value else "[]")
    elif isinstance(value, Mapping):
        for place, (key, entry) in enumerate(value.items()):
            pieces.add(f"{', ' if place else '{'}{_key_text(key)}: ")
            _write(entry, pieces)
        pieces.add("}" if value else "{}")
    else:
        pieces.add(quoted(value) if isinstance(value, str) else _scalar_text(value))


def _scalar_text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return number_text(value) if isinstance(value, Decimal) else _other_text(value)


def quoted(text: str) -> str:
    """Write a string as the literal it is in FEEL."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def number_text(value: Decimal) -> str:
    """Write a number without an exponent."""
    text = format(value, "f")
    return "0" if text.startswith("-") and not value else text


def duration_text(value: timedelta) -> str:
    """Write a duration of days and smaller in its shortest normal form."""
    if not value:
        return "PT0S"
    positive = abs(value)
    hours, rest = divmod(positive.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{positive.microseconds:06d}".rstrip("0").rstrip(".")
    clock = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes)
    clock += f"{seconds}{fraction}S" * bool(seconds or positive.microseconds)
    return "-" * (value < timedelta()) + "P" + f"{positive.days}D" * bool(positive.days) + f"T{clock}" * bool(clock)


def date_text(value: date | FarDate) -> str:
    """Write the day of a date or datetime, with as many digits of the year as it needs."""
    near = value.near if isinstance(value, FarDate) else value
    sign = "-" if value.year < 0 else ""
    return f"{sign}{abs(value.year):04d}-{near.month:02d}-{near.day:02d}"


def time_text(value: time | datetime) -> str:
    """Write the time of day with its offset or zone."""
    fraction = f".{value.microsecond:06d}".rstrip("0").rstrip(".")
    return f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}{fraction}{_zone_text(value)}"


def _other_text(value: Any) -> str:
    charge(1)
    if isinstance(value, FarDate):
        return date_text(value) + (f"T{time_text(value.near)}" if isinstance(value.near, datetime) else "")
    if isinstance(value, datetime):
        return f"{date_text(value)}T{time_text(value)}"
    if isinstance(value, date):
        return date_text(value)
    if isinstance(value, time):
        return time_text(value)
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, YearMonthDuration):
        return str(value)
    return _range_text(value) if isinstance(value, Range) else _function_text(value)


def _key_text(key: str) -> str:
    return key if key.isidentifier() else quoted(key)


def _zone_text(value: time | datetime) -> str:
    zone = value.tzinfo
    if zone is None:
        return ""
    if zone is UTC or zone == UTC:
        return "Z"
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = value.utcoffset() or timedelta()
    seconds = int(abs(offset).total_seconds())
    text = f"{'-' if offset < timedelta() else '+'}{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
    return text + (f":{seconds % 60:02d}" if seconds % 60 else "")


def _inside(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else to_text(value)


def _range_text(value: Range) -> str:
    if value.operator:
        return f"({value.operator} {_inside(value.start if value.start is not None else value.end)})"
    opening, closing = "[" if value.start_included else "(", "]" if value.end_included else ")"
    return f"{opening}{_inside(value.start)}..{_inside(value.end)}{closing}"


def _function_text(value: Any) -> str:
    return f"function {value.name}" if isinstance(value, Function) else str(value)
