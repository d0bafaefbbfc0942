"""Whether a value lies in a range, and whether a unary test lets it pass."""

from typing import Any

from kesu.rules.feel.comparison import equal, order
from kesu.rules.feel.values import Range
from kesu.rules.limits import charge


def contains(span: Range, value: Any) -> bool | None:
    """Say whether a value lies in a range; None when it cannot be compared with the endpoints."""
    if span.operator == "=":
        return equal(value, span.start)
    if span.operator == "!=":
        same = equal(value, span.start)
        return None if same is None else not same
    below = _beyond(value, span.start, span.start_included, 1) if span.operator not in ("<", "<=") else True
    above = _beyond(value, span.end, span.end_included, -1) if span.operator not in (">", ">=") else True
    if below is False or above is False:
        return False  # whatever is said of the other end: false and null is false
    return None if below is None or above is None else True


def passes(value: Any, test: Any) -> bool | None:
    """Say whether a value is equal to, in, or an element of what a test evaluates to (`in` of the standard)."""
    if isinstance(test, Range):
        return equal(value, test) is True or contains(test, value)
    if isinstance(test, list):
        return _in_list(value, test)
    return equal(value, test)


def _beyond(value: Any, endpoint: Any, included: bool, side: int) -> bool | None:
    placed = order(value, endpoint)
    if placed is None:
        return None
    return placed == side or (included and placed == 0)


def _in_list(value: Any, test: list[Any]) -> bool:
    charge(len(test))
    if isinstance(value, list) and equal(value, test):
        return True
    return any(equal(value, one) is True or (isinstance(one, Range) and contains(one, value) is True) for one in test)
