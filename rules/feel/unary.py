"""Unary tests: what a cell of a decision table says about its input, compiled to one function."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from kesu.rules.errors import RuleError
from kesu.rules.feel import tree
from kesu.rules.feel.builtins import BUILTINS, IMPURE
from kesu.rules.feel.compiler import Compiler
from kesu.rules.feel.free_names import all_names, reads_input
from kesu.rules.feel.plain_tests import plain
from kesu.rules.feel.ranges import contains, passes
from kesu.rules.feel.scope import Run, Scope
from kesu.rules.feel.types import NamedTypes
from kesu.rules.feel.values import Range
from kesu.rules.limits import CONSTANT_STEPS

_PLAIN = (Decimal, str, bool)
_CONSTANT_NAMES = frozenset(BUILTINS) - IMPURE
CellTest = Callable[[Any, Scope], bool | None]


def compile_unary_tests(node: tree.UnaryTests, types: NamedTypes | None = None) -> CellTest:
    """Return the function that says whether a value passes the tests; None when that cannot be said."""
    compiler = Compiler(types or {})
    tests = [_test(one, compiler) for one in node.tests]
    if not tests:
        return lambda value, scope: True
    if len(tests) > 1 and all(isinstance(one, tree.Literal) and type(one.value) is str for one in node.tests):
        tests = [_one_of(node.tests)]
    either = tests[0] if len(tests) == 1 else _either(tests)
    return _negated(either) if node.negated else either


def _one_of(tests: tuple[tree.Node, ...]) -> CellTest:
    words = frozenset(one.value for one in tests if isinstance(one, tree.Literal))
    listed = [one.value for one in tests if isinstance(one, tree.Literal)]
    return lambda value, scope: value in words if type(value) is str else _first_known([_verdict(value, one) for one in listed])


def _first_known(verdicts: list[bool | None]) -> bool | None:
    return True if True in verdicts else None if None in verdicts else False


def _either(tests: list[CellTest]) -> CellTest:
    def either(value: Any, scope: Scope) -> bool | None:
        unknown = False
        for test in tests:
            verdict = test(value, scope)
            if verdict:
                return True
            unknown = unknown or verdict is None
        return None if unknown else False

    return either


def _negated(test: CellTest) -> CellTest:
    def negated(value: Any, scope: Scope) -> bool | None:
        verdict = test(value, scope)
        return None if verdict is None else not verdict

    return negated


def _test(node: tree.Node, compiler: Compiler) -> CellTest:
    closure = compiler.closure(node)
    if plain(node) is not None:
        return _constant(closure)
    if reads_input(node):
        return _condition(closure)
    if all_names(node) <= _CONSTANT_NAMES:
        return _constant(closure)

    def test(value: Any, scope: Scope) -> bool | None:
        return _verdict(value, closure(scope))

    return test


def _constant(closure: Callable[[Scope], Any]) -> CellTest:
    """Evaluate what reads nothing once, here and now."""
    run = Run(steps=CONSTANT_STEPS)
    try:
        with run:
            wanted = closure(Scope({}, None, run))
    except RuleError:
        wanted = None
    if wanted is None or run.zone_asked:
        return lambda value, scope: _verdict(value, closure(scope))
    if isinstance(wanted, Range):
        return _within(wanted)
    kind = type(wanted)

    def test(value: Any, scope: Scope) -> bool | None:
        return bool(value == wanted) if type(value) is kind and kind in _PLAIN else _verdict(value, wanted)

    return test


def _within(span: Range) -> CellTest:
    """The frequent case, spelled out for speed: numbers between two numbers, with one side perhaps open."""
    low, high = span.start, span.end
    numbers = span.operator not in ("=", "!=") and all(one is None or type(one) is Decimal for one in (low, high))
    if not numbers or (low, high).count(None) != (0 if span.operator is None else 1):  # `> null` has no end at all, and no answer
        return lambda value, scope: _verdict(value, span)
    above: Any = None if low is None else low.__le__ if span.start_included else low.__lt__
    below: Any = None if high is None else high.__ge__ if span.end_included else high.__gt__

    def test(value: Any, scope: Scope) -> bool | None:
        if type(value) is not Decimal:
            return _verdict(value, span)
        return (above is None or above(value)) and (below is None or below(value))

    return test


def _condition(closure: Callable[[Scope], Any]) -> CellTest:
    def test(value: Any, scope: Scope) -> bool | None:
        found = closure(scope.inner({"?": value}))
        if isinstance(found, bool) or found is None:
            return found
        return passes(value, found)

    return test


def _verdict(value: Any, found: Any) -> bool | None:
    if isinstance(found, Range):
        return contains(found, value)
    # A cell such as `amount > 1000` under an input that is no boolean is a condition, not a value to be equal to.
    if isinstance(found, bool) and not isinstance(value, bool):
        return found if value is not None else False
    return passes(value, found)
