"""Closures of what is true, false or unknown: comparisons, and, or, between, in."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from kesu.rules.feel import tree
from kesu.rules.feel.comparison import equal, order
from kesu.rules.feel.functions import ClosureMaker
from kesu.rules.feel.ranges import passes
from kesu.rules.feel.scope import Scope

Closure = Callable[[Scope], Any]


def compile_comparison(compiler: ClosureMaker, node: tree.Comparison) -> Closure:
    """Return the closure of = != < <= > >=."""
    return _EQUALITY.get(node.operator, _ordering)(compiler, node)


def _equality(compiler: ClosureMaker, node: tree.Comparison) -> Closure:
    left, right = compiler.closure(node.left), compiler.closure(node.right)
    if isinstance(node.right, tree.Literal):
        return _equal_to(left, node.right.value)

    def compare(scope: Scope) -> bool | None:
        return equal(left(scope), right(scope))

    return compare


def _equal_to(left: Closure, other: Any) -> Closure:
    """The frequent case, spelled out for speed: something is compared with a constant."""
    kind = type(other)
    plain = kind is str or kind is Decimal

    def compare(scope: Scope) -> bool | None:
        one = left(scope)
        return bool(one == other) if plain and type(one) is kind else equal(one, other)

    return compare


def _inequality(compiler: ClosureMaker, node: tree.Comparison) -> Closure:
    compare = _equality(compiler, node)

    def differ(scope: Scope) -> bool | None:
        same = compare(scope)
        return None if same is None else not same

    return differ


def _ordering(compiler: ClosureMaker, node: tree.Comparison) -> Closure:
    left, right = compiler.closure(node.left), compiler.closure(node.right)
    operate, placed = _ORDERINGS[node.operator]
    if isinstance(node.right, tree.Literal):
        return _ordered_with(left, node.right.value, operate, placed)

    def compare(scope: Scope) -> bool | None:
        found = order(left(scope), right(scope))
        return None if found is None else found in placed

    return compare


def _ordered_with(left: Closure, other: Any, operate: Callable[[Any, Any], bool], placed: tuple[int, ...]) -> Closure:
    """The frequent case, spelled out for speed: something is compared with a constant."""
    kind = type(other)
    plain = kind is Decimal or kind is str

    def compare(scope: Scope) -> bool | None:
        one = left(scope)
        if plain and type(one) is kind:
            return operate(one, other)
        found = order(one, other)
        return None if found is None else found in placed

    return compare


_ORDERINGS: dict[str, tuple[Callable[[Any, Any], bool], tuple[int, ...]]] = {
    "<": (operator.lt, (-1,)),
    "<=": (operator.le, (-1, 0)),
    ">": (operator.gt, (1,)),
    ">=": (operator.ge, (1, 0)),
}
_EQUALITY: dict[str, Callable[[ClosureMaker, tree.Comparison], Closure]] = {"=": _equality, "!=": _inequality}


def compile_junction(compiler: ClosureMaker, node: tree.Junction) -> Closure:
    """Return the closure of and, or."""
    operands, decisive = [compiler.closure(operand) for operand in node.operands], node.operator == "or"

    def join(scope: Scope) -> bool | None:
        unknown = False
        for operand in operands:
            value = operand(scope)
            if value is decisive:
                return bool(value)
            if value is not (not decisive):
                unknown = True
        return None if unknown else not decisive

    return join


def compile_between(compiler: ClosureMaker, node: tree.Between) -> Closure:
    """Return the closure of between."""
    value, low, high = (compiler.closure(one) for one in (node.value, node.low, node.high))

    def between(scope: Scope) -> bool | None:
        tested = value(scope)
        above, below = order(tested, low(scope)), order(tested, high(scope))
        if (above is not None and above < 0) or (below is not None and below > 0):
            return False  # whatever is said of the other bound: false and null is false
        return None if above is None or below is None else True

    return between


def compile_in(compiler: ClosureMaker, node: tree.In) -> Closure:
    """Return the closure of in."""
    value, tests = compiler.closure(node.value), [compiler.closure(test) for test in node.tests]

    def within(scope: Scope) -> bool | None:
        tested = value(scope)
        verdicts = [passes(tested, test(scope)) for test in tests]
        if True in verdicts:
            return True
        return None if None in verdicts else False

    return within
