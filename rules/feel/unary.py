"""Unary tests: what a cell of a decision table says about its input, compiled to one function."""

from collections.abc import Callable
from typing import Any

from kesu.rules.feel import tree
from kesu.rules.feel.compiler import Compiler
from kesu.rules.feel.free_names import reads_input
from kesu.rules.feel.ranges import contains, passes
from kesu.rules.feel.scope import Scope
from kesu.rules.feel.types import NamedTypes
from kesu.rules.feel.values import Range

CellTest = Callable[[Any, Scope], bool | None]


def compile_unary_tests(node: tree.UnaryTests, types: NamedTypes | None = None) -> CellTest:
    """Return the function that says whether a value passes the tests; None when that cannot be said."""
    compiler = Compiler(types or {})
    tests = [_test(one, compiler) for one in node.tests]
    if not tests:
        return lambda value, scope: True
    either = tests[0] if len(tests) == 1 else _either(tests)
    return _negated(either) if node.negated else either


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
    if isinstance(node, tree.Literal):
        return _constant(node.value)
    if reads_input(node):
        return _condition(closure)

    def test(value: Any, scope: Scope) -> bool | None:
        return _verdict(value, closure(scope))

    return test


def _constant(wanted: Any) -> CellTest:
    kind = type(wanted)

    def test(value: Any, scope: Scope) -> bool | None:
        return bool(value == wanted) if type(value) is kind else passes(value, wanted)

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
