"""Process variables as JSON: plain values as they are, FEEL's times and durations tagged; nothing submitted passes for a tag."""

import json
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from kesu import rules
from kesu.engine.errors import Rejected, sentence

TAG: Final = "$"
MAX_DEPTH: Final = 100
_READERS: Final[dict[str, str]] = {"date": "date(v)", "time": "time(v)", "when": "date and time(v)", "span": "duration(v)"}


def keep(value: Any, name: str = "value", depth: int = 0) -> Any:
    """Return a private copy of a value that may become a variable: JSON types, dates, times, durations.

    Raises `Rejected` for anything else, for numbers that are not finite, and for nesting beyond 100.
    """
    if value is None or isinstance(value, (bool, str, int)) or type(value) in _TEMPORAL:
        return value
    if depth >= MAX_DEPTH:
        raise Rejected(sentence("The variable {name} is nested more than {limit} deep."), name=name, limit=MAX_DEPTH)
    if isinstance(value, (float, Decimal)):
        return _number(value, name)
    if isinstance(value, Mapping):
        return {str(key): keep(inner, name, depth + 1) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [keep(inner, name, depth + 1) for inner in value]
    raise Rejected(
        sentence("The variable {name} cannot be kept: {kind} is neither JSON nor a date, time or duration."),
        name=name,
        kind=type(value).__name__,
    )


def encode(value: Any) -> Any:
    """Return the JSON form of a kept value."""
    if isinstance(value, dict):
        plain = {key: encode(inner) for key, inner in value.items()}
        return {TAG: "map", "v": plain} if TAG in value else plain
    if isinstance(value, list):
        return [encode(inner) for inner in value]
    write = _WRITERS.get(type(value))
    return value if write is None else write(value)


def decode(value: Any) -> Any:
    """Return the value that `encode` was given."""
    if isinstance(value, list):
        return [decode(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    tag = value.get(TAG)
    if tag is None:
        return {key: decode(inner) for key, inner in value.items()}
    if tag == "map":
        return {key: decode(inner) for key, inner in value["v"].items()}
    return Decimal(value["v"]) if tag == "number" else rules.evaluate(_READERS[tag], {"v": value["v"]})


def dumps(state: Any) -> str:
    """Write compact JSON."""
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


def _number(value: float | Decimal, name: str) -> Any:
    if not math.isfinite(value):
        raise Rejected(sentence("The variable {name} is not a finite number."), name=name)
    if isinstance(value, float):
        return value
    if value == value.to_integral_value() and abs(value) < 2**53:
        return int(value)
    near = float(value)
    return near if math.isfinite(near) and Decimal(repr(near)) == value else value


def _as_text(tag: str) -> Callable[[Any], dict[str, str]]:
    return lambda value: {TAG: tag, "v": rules.evaluate("string(v)", {"v": value})}


_WRITERS: Final[dict[type, Callable[[Any], Any]]] = {
    date: _as_text("date"),
    time: _as_text("time"),
    datetime: _as_text("when"),
    timedelta: _as_text("span"),
    rules.YearMonthDuration: _as_text("span"),
    Decimal: lambda value: {TAG: "number", "v": str(value)},
}
_TEMPORAL: Final = frozenset({date, time, datetime, timedelta, rules.YearMonthDuration})
