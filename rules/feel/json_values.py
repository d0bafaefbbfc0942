"""Values of FEEL as JSON can say them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kesu.rules.errors import LimitExceeded
from kesu.rules.feel.text import to_text
from kesu.rules.feel.values import to_feel

_WHOLE_MAX = Decimal(10) ** 34
_FLOAT_MAX = Decimal(10) ** 308

def to_json(value: Any) -> Any:
    """Turn a value into what JSON can say: numbers as int or float, dates and durations as their text; raises RuleError.

    A number too large for a float is its text, NaN and infinities are null.
    """
    try:
        return _said(value)
    except RecursionError:
        raise LimitExceeded("the value is nested too deep") from None


def _said(value: Any) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _said(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_said(element) for element in value]
    known = to_feel(value)
    return _number(known) if isinstance(known, Decimal) else None if known is None else to_text(known)


def _number(value: Decimal) -> int | float | str:
    if abs(value) >= _FLOAT_MAX:
        return to_text(value)
    return int(value) if value == value.to_integral_value() and abs(value) < _WHOLE_MAX else float(value)
