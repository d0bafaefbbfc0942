"""Filters: the elements of a list for which a condition holds, or the one at a position."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from kesu.rules.feel.scope import Scope
from kesu.rules.feel.weights import cost

Closure = Callable[[Scope], Any]


def filtering(source: Closure, condition: Closure, weight: int = 1) -> Closure:
    """Return the closure of source[condition]; a value that is no list is a list of one.

    A number is an index only where it is one outside of the elements: `[{x: 1}][x]` is none.
    `weight` is that of the condition.
    """

    def select(scope: Scope) -> Any:
        value = source(scope)
        if value is None:
            return None
        elements = value if type(value) is list else [value]
        first = condition(_within(scope, elements[0] if elements else None))
        if type(first) is Decimal and type(index := condition(scope)) is Decimal:
            return element_at(elements, index)
        scope.run.spend(len(elements) * cost(weight, scope))
        return _held(elements, [condition(_within(scope, element)) for element in elements])

    return select


def indexing(source: Closure, position: Decimal) -> Closure:
    """Return the closure of source[position] where the position is written as a number."""

    def select(scope: Scope) -> Any:
        value = source(scope)
        if value is None:
            return None
        return element_at(value if type(value) is list else [value], position)

    return select


def element_at(elements: list[Any], position: Decimal) -> Any:
    """Return the element at a position; null if there is none."""
    at = index_of_position(position, len(elements))
    return None if at is None else elements[at]


def index_of_position(position: Decimal, size: int) -> int | None:
    """Return the index from 0 of a position counted from 1, or from -1 at the end; None if there is none.

    The fraction of a position is cut off, as the standard has it for substring and sublist.
    """
    at = int(position) if abs(position) <= size + 1 else 0
    if at == 0 or abs(at) > size:
        return None
    return at - 1 if at > 0 else size + at


def _held(elements: list[Any], verdicts: list[Any]) -> list[Any] | None:
    if any(verdict is not None and type(verdict) is not bool for verdict in verdicts):
        return None
    return [element for element, verdict in zip(elements, verdicts, strict=True) if verdict]


def _within(scope: Scope, element: Any) -> Scope:
    inner = scope.inner({"item": element})
    return inner.inner(element) if type(element) is dict else inner
