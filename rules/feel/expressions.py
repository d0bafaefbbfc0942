"""Expressions by their text: parsed and compiled once, kept, and evaluated against a context of Python values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from kesu.rules.errors import LimitExceeded, RuleError
from kesu.rules.feel import tree
from kesu.rules.feel.compiler import Closure, compile_tree
from kesu.rules.feel.free_names import all_names, called_names, free_names
from kesu.rules.feel.lexer import tokenize
from kesu.rules.feel.names import KEYWORDS, NAME_SYMBOLS, special_names_inside
from kesu.rules.feel.parser import parse, parse_unary_tests
from kesu.rules.feel.scope import Run, Scope
from kesu.rules.feel.unary import CellTest, compile_unary_tests
from kesu.rules.feel.values import check_size, to_feel

_NO_NAMES: frozenset[str] = frozenset()
_KEPT = 4096
_plain: "dict[str, Expression]" = {}  # expressions whose parse depends on no names, by their text as handed in


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression and the names it may read."""

    node: tree.Node
    closure: Closure
    reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class CompiledTests:
    """Compiled unary tests and the names they may read."""

    node: tree.UnaryTests
    test: CellTest
    reads: frozenset[str]


def evaluate(
    expression: str,
    context: Mapping[str, Any],
    *,
    now: datetime | None = None,
    zone: tzinfo | None = None,
) -> Any:
    """Evaluate a FEEL expression (a leading = is ignored) against a context; raises RuleError.

    What has no meaning in FEEL (a missing variable, a sum of a number and a string) is None, as the
    standard says. `now` is the moment that now() and today() say. `zone` is where what has no zone
    is meant: now() is told in it, today() is the day there, a date is its midnight there, and a date
    and time without zone can be compared with, or taken from, one that has a zone. Without `zone`
    it is as the standard says: `now` as handed in, dates in UTC.
    """
    try:
        compiled = _plain.get(expression) if type(expression) is str else None
        if compiled is None or type(context) is not dict:
            compiled = _compiled(expression, context)
        scope = _scope(compiled.reads, context, now, zone)
        with scope.run:
            return check_size(compiled.closure(scope))
    except RecursionError:
        raise LimitExceeded("the expression or its values are nested too deep") from None


def unary_test(
    expression: str,
    value: Any,
    context: Mapping[str, Any],
    *,
    now: datetime | None = None,
    zone: tzinfo | None = None,
) -> bool:
    """Say whether a value passes unary tests such as `> 10` or `"a", "b"`; raises RuleError.

    `now` and `zone` are as with `evaluate`.
    """
    try:
        compiled = _compiled_tests(expression_text(expression), context)
        scope = _scope(compiled.reads, context, now, zone)
        with scope.run:
            return compiled.test(to_feel(value), scope) is True
    except RecursionError:
        raise LimitExceeded("the expression or its values are nested too deep") from None


def names(expression: str) -> frozenset[str]:
    """Return the variables an expression reads; raises RuleError if it cannot be parsed."""
    try:
        return frozenset(free_names(parse(expression_text(expression), lenient=True)))
    except RecursionError:
        raise LimitExceeded("the expression is nested too deep") from None


def unknown_functions(expression: str) -> frozenset[str]:
    """Return the functions an expression calls that nobody has made; raises RuleError if it cannot be parsed."""
    try:
        return frozenset(called_names(parse(expression_text(expression), lenient=True)))
    except RecursionError:
        raise LimitExceeded("the expression is nested too deep") from None


def expression_text(expression: Any) -> str:
    """Return the text to parse: a leading = (Camunda 8) is blanked; raises RuleError if it is no string."""
    if not isinstance(expression, str):
        raise RuleError(f"expected an expression as a string, but got a {type(expression).__name__}")
    return " " + expression[1:] if expression.startswith("=") else expression


def _compiled(expression: str, context: Mapping[str, Any]) -> Expression:
    text = expression_text(expression)
    names = _names_for(text, context)
    compiled = _expression(text, names)
    if not _may_hold_special_names(text):
        if len(_plain) >= _KEPT:
            _plain.clear()
        _plain[expression] = compiled
    return compiled


def _compiled_tests(text: str, context: Mapping[str, Any]) -> CompiledTests:
    return _unary_tests(text, _names_for(text, context))


def _names_for(text: str, context: Mapping[str, Any]) -> frozenset[str]:
    if not isinstance(context, Mapping):
        raise RuleError(f"expected the context as a mapping, but got a {type(context).__name__}")
    return special_names_inside(context) if _may_hold_special_names(text) else _NO_NAMES


@lru_cache(maxsize=_KEPT)
def _may_hold_special_names(text: str) -> bool:
    tokens = tokenize(text)
    return any(
        before.kind == "word"
        and before.text not in KEYWORDS
        and (after.kind in ("word", "number") or after.text in NAME_SYMBOLS)
        for before, after in zip(tokens, tokens[1:], strict=False)
    )


@lru_cache(maxsize=_KEPT)
def _expression(text: str, special: frozenset[str]) -> Expression:
    node = parse(text, special)
    return Expression(node, compile_tree(node), all_names(node))


@lru_cache(maxsize=_KEPT)
def _unary_tests(text: str, special: frozenset[str]) -> CompiledTests:
    node = parse_unary_tests(text, special)
    return CompiledTests(node, compile_unary_tests(node), all_names(node))


def _scope(
    reads: Iterable[str], context: Mapping[str, Any], now: datetime | None, zone: tzinfo | None
) -> Scope:
    values = {name: to_feel(context[name]) for name in reads if name in context}
    return Scope(values, None, Run(now, zone=zone))
