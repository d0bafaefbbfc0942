"""What is wrong with an expression before it is ever evaluated: syntax, unknown names, types, arguments, constants.

A check never guesses: where the type of something is not known, nothing is said about it.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kesu.rules.errors import LimitExceeded, Problem, RuleError
from kesu.rules.feel import tree
from kesu.rules.feel.builtins import BUILTINS
from kesu.rules.feel.call_checks import check_call
from kesu.rules.feel.cursor import Cursor
from kesu.rules.feel.expressions import expression_text
from kesu.rules.feel.free_names import called_names, children, free_names
from kesu.rules.feel.inference import Known, infer
from kesu.rules.feel.names import NameTable, special_names
from kesu.rules.feel.parser import parse, parse_unary_tests
from kesu.rules.feel.tree import ListType, TypeNode
from kesu.rules.feel.types import NamedTypes, resolve, type_test

_ANY = TypeNode(0, "Any")
_ORDERED = ("number", "string", "date", "time", "date and time", "days and time duration", "years and months duration")
Finding = tuple[str, str, int]  # message, rule, position


def check(expression: str, variables: Mapping[str, Any] | Iterable[str] | None = None, *, unary: bool = False) -> list[Problem]:
    """Return everything that is wrong with an expression (or, with `unary`, with unary tests).

    `variables` are the names it may read, perhaps with their types ("number", "list<string>", ...); None means that any
    name will do, but for that of a function.
    """
    try:
        text = expression_text(expression)
        known = _known(variables)
        node = _parsed(text, variables, unary)
        functions = unknown_functions(node, known) if variables is None else []
        return [problem_at(text, *one) for one in (*functions, *findings(node, known, variables is not None, {}))]
    except RecursionError:
        return LimitExceeded("the expression is nested too deep").problems
    except RuleError as error:
        return error.problems


def findings(node: tree.Node, known: Known, closed: bool, types: NamedTypes) -> Iterator[Finding]:
    """Yield what is wrong with a tree, given the types of its variables; `closed` if there are no others."""
    if closed:
        yield from ((unknown_name(name, known), "unknown_name", at) for name, at in unknown_names(node, known))
    yield from _Walk(types, closed).look(node, dict(known))


def unknown_names(node: tree.Node, known: Known) -> Iterator[tuple[str, int]]:
    """Yield the names read that are not known, with their places; conditions of filters may read entries and are left out."""
    yield from ((name, at) for name, at in free_names(node, filters=False).items() if name not in known)


def unknown_functions(node: tree.Node, known: Known) -> Iterator[Finding]:
    """Yield the calls of functions that nobody has made: their value is always null. Variables of a process hold none."""
    for name, at in called_names(node).items():
        if name not in known:
            yield f"there is no function {name!r}{_guess(name, BUILTINS)}", "unknown_function", at


def unknown_name(name: str, known: Known) -> str:
    """Say that a name is not known, with a guess at what was meant."""
    return f"there is no variable or function {name!r}{_guess(name, [*known, *BUILTINS])}"


def _guess(name: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, names, 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def problem_at(text: str, message: str, rule: str, at: int, element: str | None = None) -> Problem:
    """Make a problem with line and column out of a position."""
    line = text.count("\n", 0, at) + 1
    return Problem(message, rule, element, at, line, at - (text.rfind("\n", 0, at) + 1) + 1)


def _parsed(text: str, variables: Mapping[str, Any] | Iterable[str] | None, unary: bool) -> tree.Node:
    names = special_names(variables or ())
    return (parse_unary_tests if unary else parse)(text, names, lenient=variables is None)


def _known(variables: Mapping[str, Any] | Iterable[str] | None) -> dict[str, TypeNode]:
    if variables is None:
        return {}
    if isinstance(variables, Mapping):
        return {str(name): _type(kind) for name, kind in variables.items()}
    return dict.fromkeys(map(str, variables), _ANY)


def _type(kind: Any) -> TypeNode:
    if isinstance(kind, TypeNode):
        return kind
    if not isinstance(kind, str) or not kind:
        return _ANY
    cursor = Cursor(kind, NameTable(()), True)
    return cursor.type()


class _Walk:
    """Goes through a tree with the types of the names in scope."""

    def __init__(self, types: NamedTypes, closed: bool) -> None:
        self.types = types
        self.closed = closed

    def look(self, node: tree.Node, known: dict[str, TypeNode]) -> Iterator[Finding]:
        """Yield what is wrong in a node and below it."""
        judge = _JUDGES.get(type(node))
        if judge is not None:
            yield from judge(self, node, known)
        yield from self._below(node, known)

    def infer(self, node: tree.Node, known: dict[str, TypeNode]) -> TypeNode | None:
        """Return the type of a node, or None."""
        return infer(node, known, self.types)

    def _below(self, node: tree.Node, known: dict[str, TypeNode]) -> Iterator[Finding]:
        if isinstance(node, (tree.For, tree.Quantified)):
            for iterator in node.iterators:
                yield from self.look(iterator.domain, known)
                known = {**known, iterator.name: self._element(iterator, known)}
            yield from self.look(node.body if isinstance(node, tree.For) else node.condition, known)
        elif isinstance(node, tree.FunctionDefinition):
            if not node.external:
                yield from self.look(node.body, {**known, **{one.name: one.type or _ANY for one in node.parameters}})
        elif isinstance(node, tree.ContextLiteral):
            yield from self._entries(node, known)
        elif isinstance(node, tree.Filter):
            yield from self.look(node.source, known)
            yield from self._condition(node, known)
        else:
            for child in children(node):
                yield from self.look(child, known)

    def _condition(self, node: tree.Filter, known: dict[str, TypeNode]) -> Iterator[Finding]:
        source = resolve(self.infer(node.source, known), self.types)
        element = resolve(source.element if isinstance(source, ListType) else source, self.types)
        if isinstance(element, tree.ContextType) and element.fields:
            known = {**known, "item": element, **dict(element.fields)}
            if self.closed:
                unknown = unknown_names(node.condition, known)
                yield from ((unknown_name(name, known), "unknown_name", at) for name, at in unknown)
        elif _said(element) is None:
            known = {"item": _ANY}  # an entry of the element may stand in the way of any name
        else:
            known = {**known, "item": element or _ANY}
        yield from self.look(node.condition, known)

    def _entries(self, node: tree.ContextLiteral, known: dict[str, TypeNode]) -> Iterator[Finding]:
        seen: set[str] = set()
        for name, entry in node.entries:
            if name in seen:
                yield f"the key {name!r} comes twice, which makes the context null", "duplicate_key", node.at
            seen.add(name)
            yield from self.look(entry, known)
            known = {**known, name: self.infer(entry, known) or _ANY}

    def _element(self, iterator: tree.Iterator, known: dict[str, TypeNode]) -> TypeNode:
        domain = self.infer(iterator.domain, known)
        return domain.element if isinstance(domain, ListType) and iterator.end is None else _ANY


def _said(kind: TypeNode | None) -> str | None:
    return None if kind is None or kind.name in ("Any", "Null") else kind.name


def _comparison(walk: _Walk, node: tree.Comparison, known: dict[str, TypeNode]) -> Iterator[Finding]:
    left, right = walk.infer(node.left, known), walk.infer(node.right, known)
    yield from _comparable(walk, node.operator, left, right, node.at)


def _comparable(walk: _Walk, operator: str, left: TypeNode | None, right: TypeNode | None, at: int) -> Iterator[Finding]:
    one, other = _said(left), _said(right)
    if operator in ("<", "<=", ">", ">="):
        for kind in (one, other):
            if kind is not None and kind not in _ORDERED and kind != "list":
                yield f"values of type {kind} have no order, so {operator} is always null", "type", at
                return
    if one and other and one != other and {one, other} != {"date", "date and time"} and "list" not in (one, other):
        yield f"a {one} is compared with a {other}, which is always null", "type", at


def _between(walk: _Walk, node: tree.Between, known: dict[str, TypeNode]) -> Iterator[Finding]:
    value = walk.infer(node.value, known)
    for bound in (node.low, node.high):
        yield from _comparable(walk, "<=", value, walk.infer(bound, known), node.at)


def _in(walk: _Walk, node: tree.In, known: dict[str, TypeNode]) -> Iterator[Finding]:
    value = walk.infer(node.value, known)
    for test in node.tests:
        if isinstance(test, tree.UnaryRange):
            yield from _comparable(walk, test.operator, value, walk.infer(test.endpoint, known), test.at)
        elif isinstance(test, tree.RangeLiteral):
            yield from _comparable(walk, "<=", value, walk.infer(test.start, known), test.at)


def _arithmetic(walk: _Walk, node: tree.Arithmetic, known: dict[str, TypeNode]) -> Iterator[Finding]:
    left = _said(walk.infer(node.first, known))
    for operation in node.rest:
        right = _said(walk.infer(operation.operand, known))
        finding = _operation(operation, left, right)
        if finding is not None:
            yield finding
            return
        left = left if left == right and left in ("number", "string") else None


def _operation(node: tree.Operation, left: str | None, right: str | None) -> Finding | None:
    for kind in (left, right):
        if kind is not None and (kind not in _ORDERED or (kind == "string" and node.operator != "+")):
            return f"{node.operator} has no meaning for a {kind}, so it is always null", "type", node.at
    if "string" in (left, right) and left and right and left != right:
        message = f"a {left} {node.operator} a {right} is always null; string() makes text of a value"
        return message, "type", node.at
    return None


def _junction(walk: _Walk, node: tree.Junction, known: dict[str, TypeNode]) -> Iterator[Finding]:
    for operand in node.operands:
        kind = _said(walk.infer(operand, known))
        if kind not in (None, "boolean"):
            yield f"{node.operator} joins conditions, but this is a {kind}", "type", operand.at


def _if(walk: _Walk, node: tree.If, known: dict[str, TypeNode]) -> Iterator[Finding]:
    for arm in node.arms:
        kind = _said(walk.infer(arm.condition, known))
        if kind not in (None, "boolean"):
            yield f"the condition after if is a {kind}, not true or false", "type", arm.condition.at


def _path(walk: _Walk, node: tree.Path, known: dict[str, TypeNode]) -> Iterator[Finding]:
    source = walk.infer(node.source, known)
    if isinstance(source, tree.ContextType) and source.fields and node.name not in dict(source.fields):
        yield f"there is no entry {node.name!r}; there are {', '.join(dict(source.fields))}", "unknown_name", node.at


def _instance_of(walk: _Walk, node: tree.InstanceOf, known: dict[str, TypeNode]) -> Iterator[Finding]:
    try:
        type_test(node.type, walk.types)
    except RuleError as error:
        yield str(error), "type", node.type.at


def _function(walk: _Walk, node: tree.FunctionDefinition, known: dict[str, TypeNode]) -> Iterator[Finding]:
    if node.external:
        yield "external functions (Java, PMML) are not called here", "external", node.at


def _call(walk: _Walk, node: tree.Call, known: dict[str, TypeNode]) -> Iterator[Finding]:
    if isinstance(node.function, tree.Name) and node.function.name in BUILTINS and node.function.name not in known:
        kinds = [walk.infer(argument, known) for argument in node.arguments]
        yield from check_call(node, node.function.name, kinds)


_JUDGES: dict[type, Callable[[_Walk, Any, dict[str, TypeNode]], Iterator[Finding]]] = {
    tree.Comparison: _comparison,
    tree.Between: _between,
    tree.In: _in,
    tree.Arithmetic: _arithmetic,
    tree.Junction: _junction,
    tree.If: _if,
    tree.Path: _path,
    tree.InstanceOf: _instance_of,
    tree.FunctionDefinition: _function,
    tree.Call: _call,
}
