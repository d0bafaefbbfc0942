"""Filters: the elements of a list for which a condition holds, or the one at a position."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from kesu.rules.feel.scope import Scope

Closure = Callable[[Scope], Any]


def filtering(source: Closure, condition: Closure) -> Closure:
    """Return the closure of source[condition]; a value that is no list is a list of one."""

    def select(scope: Scope) -> Any:
        value = source(scope)
        if value is None:
            return None
        elements = value if type(value) is list else [value]
        first = condition(_within(scope, elements[0] if elements else None))
        if type(first) is Decimal:
            return element_at(elements, first)
        scope.run.spend(len(elements))
        return _held(elements, [condition(_within(scope, element)) for element in elements])

    return select


def element_at(elements: list[Any], position: Decimal) -> Any:
    """Return the element at a position counted from 1, or from -1 at the end; null if there is none."""
    at = int(position)
    if at == 0 or abs(at) > len(elements) or at != position:
        return None
    return elements[at - 1 if at > 0 else at]


def _held(elements: list[Any], verdicts: list[Any]) -> list[Any] | None:
    if any(verdict is not None and type(verdict) is not bool for verdict in verdicts):
        return None
    return [element for element, verdict in zip(elements, verdicts, strict=True) if verdict]


def _within(scope: Scope, element: Any) -> Scope:
    inner = scope.inner({"item": element})
    return inner.inner(element) if type(element) is dict else inner
