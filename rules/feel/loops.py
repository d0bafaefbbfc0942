"""for, some and every: going through lists and ranges, several nested in the order they are written."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Protocol

from kesu.rules.feel import tree
from kesu.rules.feel.comparison import is_date, order
from kesu.rules.feel.far_dates import FarDate, add_days
from kesu.rules.feel.scope import Scope
from kesu.rules.feel.values import Range
from kesu.rules.feel.weights import cost, weight
from kesu.rules.limits import check_list

Closure = Callable[[Scope], Any]
Domain = tuple[str, Closure, int]  # a name, what it goes through, the weight of one turn


class ClosureMaker(Protocol):
    """The part of the compiler that is needed here."""

    def closure(self, node: tree.Node) -> Closure:
        """Return the closure of a node."""
        ...


class NotIterable(Exception):
    """What stands after `in` cannot be gone through; the loop is null."""


def compile_for(compiler: ClosureMaker, node: tree.For) -> Closure:
    """Return the closure of a for expression; `partial` is the list of results so far."""
    domains = _domains(compiler, node.iterators, node.body)
    body = compiler.closure(node.body)

    def loop(scope: Scope) -> list[Any] | None:
        results: list[Any] = []
        outer = scope.inner({"partial": results})
        try:
            for inner in turns(outer, domains):
                results.append(body(inner))
                check_list(len(results))
        except NotIterable:
            return None
        return results

    return loop


def compile_quantified(compiler: ClosureMaker, node: tree.Quantified) -> Closure:
    """Return the closure of a some or every expression, three-valued like or and and."""
    domains = _domains(compiler, node.iterators, node.condition)
    condition, decisive = compiler.closure(node.condition), node.kind == "some"

    def loop(scope: Scope) -> bool | None:
        try:
            return quantified((condition(inner) for inner in turns(scope, domains)), decisive)
        except NotIterable:
            return None

    return loop


def quantified(values: Iterable[Any], decisive: bool) -> bool | None:
    """Join truth values with or (decisive: true) or and (false); null as soon as one is no boolean at all."""
    unknown = False
    for value in values:
        if value is decisive:
            return bool(value)
        if value is not None and type(value) is not bool:
            return None
        unknown = unknown or value is None
    return None if unknown else not decisive


def turns(scope: Scope, domains: list[Domain]) -> Iterator[Scope]:
    """Yield a scope for every combination of elements; raises NotIterable."""
    (name, domain, weight), rest = domains[0], domains[1:]
    spent = cost(weight, scope)
    for element in elements(domain(scope)):
        scope.run.spend(spent)
        inner = scope.inner({name: element})
        if rest:
            yield from turns(inner, rest)
        else:
            yield inner


def elements(value: Any) -> Iterator[Any]:
    """Yield what a value consists of: a list's elements, a range's whole numbers or days, else the value itself."""
    if value is None:
        raise NotIterable
    if type(value) is list:
        yield from value
    elif isinstance(value, Range):
        yield from _steps(value)
    else:
        yield value


def _domains(
    compiler: ClosureMaker, iterators: tuple[tree.Iterator, ...], body: tree.Node
) -> list[Domain]:
    inside = [*iterators[1:], body]  # what is evaluated with every element of a domain
    return [
        (iterator.name, _domain(compiler, iterator), weight(after))
        for iterator, after in zip(iterators, inside, strict=True)
    ]


def _domain(compiler: ClosureMaker, iterator: tree.Iterator) -> Closure:
    start = compiler.closure(iterator.domain)
    if iterator.end is None:
        return start
    end = compiler.closure(iterator.end)
    return lambda scope: Range(start(scope), end(scope), True, True, "..")


def _steps(span: Range) -> Iterator[Any]:
    low, high = span.start, span.end
    if _whole(low) and _whole(high):
        yield from _numbers(int(low), int(high), span)
    elif is_date(low) and is_date(high):
        yield from _days(low, high, span)
    else:
        raise NotIterable


def _whole(value: Any) -> bool:
    return type(value) is Decimal and value == value.to_integral_value() and abs(value) < 10**15


def _numbers(low: int, high: int, span: Range) -> Iterator[Decimal]:
    step = 1 if low <= high else -1
    first = low if span.start_included else low + step
    after = high + step if span.end_included else high
    for number in range(first, after, step):
        yield Decimal(number)


def _days(low: date | FarDate, high: date | FarDate, span: Range) -> Iterator[Any]:
    step = timedelta(days=1) if (order(low, high) or 0) <= 0 else timedelta(days=-1)
    day: Any = low if span.start_included else add_days(low, step)
    while day is not None and (left := order(day, high)) is not None:
        if (left > 0) if step.days > 0 else (left < 0):
            return
        if left or span.end_included:
            yield day
        day = add_days(day, step)
