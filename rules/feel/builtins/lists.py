"""Built-in functions over lists. Positions count from 1, or from -1 at the end."""

from collections import Counter
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from kesu.rules.errors import LimitExceeded
from kesu.rules.feel.builtins.registry import builtin
from kesu.rules.feel.comparison import equal, order
from kesu.rules.feel.filters import index_of_position
from kesu.rules.feel.scope import Run
from kesu.rules.feel.values import Function
from kesu.rules.limits import LIST_SIZE, VALUE_DEPTH, charge, check_list

_HASHABLE = (Decimal, str)


@builtin("list contains(list: list, element: any)", "boolean")
def list_contains(elements: list[Any], element: Any) -> bool:
    """Whether an element equals the value."""
    return any(equal(one, element) is True for one in elements)


@builtin("count(list: list)", "number")
def count(elements: list[Any]) -> Decimal:
    """The number of elements."""
    return Decimal(len(elements))


@builtin("sublist(list: list, start position: number, [length: number])", "list")
def sublist(elements: list[Any], start: Decimal, length: Decimal | None) -> list[Any] | None:
    """The elements from a position on, as many as asked for."""
    begin = index_of_position(start, len(elements))
    if begin is None:
        return None
    if length is None:
        return elements[begin:]
    if length < 1 or length >= len(elements) - begin + 1:
        return None
    return elements[begin : begin + int(length)]


@builtin("append(list: list, item...: any)", "list")
def append(elements: list[Any], *more: Any) -> list[Any]:
    """The list with more elements at its end."""
    return _checked([*elements, *more])


@builtin("concatenate(list...: list)", "list")
def concatenate(*lists: list[Any]) -> list[Any]:
    """All lists one after the other."""
    return _checked([element for one in lists for element in one])


@builtin("insert before(list: list, position: number, newItem: any)", "list")
def insert_before(elements: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    """The list with an element put before a position."""
    at = index_of_position(position, len(elements))
    return None if at is None else _checked([*elements[:at], item, *elements[at:]])


@builtin("remove(list: list, position: number)", "list")
def remove(elements: list[Any], position: Decimal) -> list[Any] | None:
    """The list without the element at a position."""
    at = index_of_position(position, len(elements))
    return None if at is None else [*elements[:at], *elements[at + 1 :]]


@builtin("list replace(list: list, position: number, newItem: any)", "list")
def list_replace(elements: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    """The list with another element at a position."""
    at = index_of_position(position, len(elements))
    return None if at is None else [*elements[:at], item, *elements[at + 1 :]]


@builtin("list replace(list: list, match: function, newItem: any)", "list")
def list_replace_matching(elements: list[Any], match: Function, item: Any) -> list[Any] | None:
    """The list with another element wherever the function says true."""
    if len(match.parameters) != 2:
        return None
    verdicts = [match.invoke([one, item]) for one in elements]
    if not all(type(verdict) is bool for verdict in verdicts):
        return None
    return [item if verdict else one for one, verdict in zip(elements, verdicts, strict=True)]


@builtin("reverse(list: list)", "list")
def reverse(elements: list[Any]) -> list[Any]:
    """The list backwards."""
    return elements[::-1]


@builtin("index of(list: list, match: any)", "list")
def index_of(elements: list[Any], match: Any) -> list[Decimal]:
    """The positions of every element that equals the value."""
    return [Decimal(place) for place, one in enumerate(elements, 1) if equal(one, match) is True]


@builtin("union(list...: list)", "list", with_run=True)
def union(run: Run, *lists: list[Any]) -> list[Any]:
    """The elements of all lists, each once."""
    return distinct_values(run, concatenate(*lists))


@builtin("distinct values(list: list)", "list", with_run=True)
def distinct_values(run: Run, elements: list[Any]) -> list[Any]:
    """Every element once, where it first comes."""
    kept: list[Any] = []
    seen: set[tuple[type, Any]] = set()
    others: list[Any] = []
    for one in elements:
        if type(one) in _HASHABLE:
            new = (type(one), one) not in seen
            seen.add((type(one), one))
        else:
            run.spend(len(others))
            new = not any(equal(one, other) is True for other in others)
            others.extend([one] * new)
        kept.extend([one] * new)
    return kept


@builtin("duplicate values(list: list)", "list", with_run=True)
def duplicate_values(run: Run, elements: list[Any]) -> list[Any]:
    """Every element that comes more than once, once (an extension Camunda knows)."""
    counts = Counter((type(one), one) for one in elements if type(one) in _HASHABLE)
    others = [one for one in elements if type(one) not in _HASHABLE]
    run.spend(len(others) ** 2)

    def is_repeated(one: Any) -> bool:
        if type(one) in _HASHABLE:
            return counts[type(one), one] > 1
        return sum(equal(one, other) is True for other in others) > 1

    return distinct_values(run, [one for one in elements if is_repeated(one)])


@builtin("flatten(list: list)", "list")
def flatten(elements: list[Any]) -> list[Any]:
    """All elements of the lists inside one another, in one list."""
    flat: list[Any] = []
    _flatten(elements, flat, 0)
    return _checked(flat)


@builtin("sort(list: list, [precedes: function])", "list", with_run=True)
def sort(run: Run, elements: list[Any], precedes: Function | None) -> list[Any] | None:
    """The list in order, by a function that says whether its first argument comes first, or by nature."""
    run.spend(len(elements))
    if precedes is None:
        return _natural(elements)
    if len(precedes.parameters) != 2:
        return None

    def compare(left: Any, right: Any) -> int:
        run.spend()
        if precedes.invoke([left, right]) is True:
            return -1
        return 1 if precedes.invoke([right, left]) is True else 0

    return sorted(elements, key=cmp_to_key(compare))


@builtin("partition(list: list, size: number)", "list")
def partition(elements: list[Any], size: Decimal) -> list[Any] | None:
    """The list in pieces of a size (an extension Camunda knows)."""
    step = int(min(size, Decimal(LIST_SIZE))) if size >= 1 else 0
    return [elements[at : at + step] for at in range(0, len(elements), step)] if step else None


@builtin("is empty(list: list)", "boolean")
def is_empty(elements: list[Any]) -> bool:
    """Whether there is no element (an extension Camunda knows)."""
    return not elements


def _natural(elements: list[Any]) -> list[Any] | None:
    if any(order(elements[0], one) is None for one in elements[1:]):
        return None
    if {type(one) for one in elements} <= {Decimal, str}:
        return sorted(elements)
    charge(len(elements) * len(elements).bit_length())
    return sorted(elements, key=cmp_to_key(lambda left, right: order(left, right) or 0))


def _checked(elements: list[Any]) -> list[Any]:
    check_list(len(elements))
    return elements


def _flatten(elements: list[Any], into: list[Any], depth: int) -> None:
    if depth > VALUE_DEPTH:
        raise LimitExceeded(f"lists nested more than {VALUE_DEPTH} deep cannot be flattened")
    charge(len(elements))
    for one in elements:
        if type(one) is list:
            _flatten(one, into, depth + 1)
        else:
            into.append(one)
