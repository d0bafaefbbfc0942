"""Process variables at rest: JSON, with FEEL's own kinds of value under a tag, so that a date comes back as a date.

A number that JSON cannot hold exactly is tagged too. A submitted object that looks like a tag is wrapped, so nobody can forge one.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from kesu import rules
from kesu.engine.errors import Invalid, sentence

TAG = "@feel"


def plain(value: Any) -> Any:
    """Return `value` as JSON-ready data; the way back is `lively`. Raises `Invalid` for what is nested too deep to be walked."""
    try:
        return _plain(value)
    except RecursionError as error:
        raise Invalid(sentence("What was sent is nested too deep. Send fewer levels.")) from error


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        return _plain(Decimal(repr(value)))
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else {TAG: "number", "value": str(value)}
    if isinstance(value, Mapping):
        entries = {str(name): _plain(entry) for name, entry in value.items()}
        return {TAG: "context", "value": entries} if TAG in entries else entries
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(entry) for entry in value]
    return _tagged(value)


def lively(value: Any) -> Any:
    """Return the value that `plain` was given."""
    if isinstance(value, list):
        return [lively(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    if TAG not in value:
        return {name: lively(entry) for name, entry in value.items()}
    kind, inner = value[TAG], value["value"]
    if kind == "context":
        return {name: lively(entry) for name, entry in inner.items()}
    return Decimal(inner) if kind == "number" else rules.evaluate(f'@"{inner}"', {})


def _tagged(value: Any) -> Any:
    if isinstance(value, datetime | date | time | timedelta | rules.YearMonthDuration):
        return {TAG: "temporal", "value": rules.to_json(value)}
    return str(value)
