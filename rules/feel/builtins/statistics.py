"""Built-in functions that bring a list down to one value. Each takes one list, or the values themselves."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

from kesu.rules.feel.arithmetic import add, divide, multiply, subtract
from kesu.rules.feel.builtins.registry import builtin
from kesu.rules.feel.comparison import order
from kesu.rules.feel.numbers import NUMBERS
from kesu.rules.feel.values import YearMonthDuration
from kesu.rules.limits import charge

_ADDABLE = (Decimal, timedelta, YearMonthDuration)


def _statistic(name: str, result: str, stem: str = "n") -> Callable[[Callable[[list[Any]], Any]], Callable[[list[Any]], Any]]:
    def declare(body: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
        builtin(f"{name}(list: list)", result)(body)
        builtin(f"{name}({stem}1...: any)", result)(lambda *values: None if values == (None,) else body(list(values)))
        return body

    return declare


@_statistic("min", "Any", "c")
def minimum(values: list[Any]) -> Any:
    """The least."""
    return _extreme(values, -1)


@_statistic("max", "Any", "c")
def maximum(values: list[Any]) -> Any:
    """The greatest."""
    return _extreme(values, 1)


@_statistic("sum", "Any")
def total(values: list[Any]) -> Any:
    """All added up: numbers, or durations of one kind."""
    if not values or not isinstance(values[0], _ADDABLE) or any(type(value) is not type(values[0]) for value in values):
        return None
    return reduce(lambda sum, value: None if sum is None else add(sum, value), values)


@_statistic("mean", "Any")
def mean(values: list[Any]) -> Any:
    """The sum divided by the count."""
    return divide(total(values), Decimal(len(values))) if values else None


@_statistic("product", "number")
def product(values: list[Any]) -> Any:
    """All multiplied."""
    return reduce(multiply, values) if _numbers(values) else None


@_statistic("median", "number")
def median(values: list[Any]) -> Any:
    """The one in the middle, or the mean of the two."""
    if not _numbers(values):
        return None
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else divide(add(ordered[half - 1], ordered[half]), Decimal(2))


@_statistic("stddev", "number")
def stddev(values: list[Any]) -> Any:
    """The standard deviation of a sample."""
    if not _numbers(values) or len(values) < 2:
        return None
    charge(3 * len(values))
    middle = mean(values)
    squares = [multiply(subtract(value, middle), subtract(value, middle)) for value in values]
    variance = divide(total(squares), Decimal(len(values) - 1))
    return None if variance is None else NUMBERS.sqrt(variance)


@_statistic("mode", "list")
def mode(values: list[Any]) -> list[Decimal] | None:
    """The most frequent numbers, in ascending order."""
    if not values:
        return []
    if not _numbers(values):
        return None
    counts = Counter(values)
    most = max(counts.values())
    return sorted(value for value, times in counts.items() if times == most)


def _extreme(values: list[Any], side: int) -> Any:
    if not values or order(values[0], values[0]) is None:
        return None
    best = values[0]
    for value in values[1:]:
        placed = order(value, best)
        if placed is None:
            return None
        best = value if placed == side else best
    return best


def _numbers(values: list[Any]) -> bool:
    return bool(values) and all(type(value) is Decimal for value in values)
