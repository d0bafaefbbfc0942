"""Boxed expressions to closures. What is wrong is noted as a problem; evaluating that part then raises it."""

from collections.abc import Callable, Iterable
from typing import Any

from kesu.rules.dmn import model
from kesu.rules.dmn.item_types import ItemTypes, Test, coerced
from kesu.rules.dmn.tables import compile_table
from kesu.rules.errors import Problem, RuleError
from kesu.rules.feel import tree
from kesu.rules.feel.compiler import compile_tree
from kesu.rules.feel.filters import filtering
from kesu.rules.feel.functions import call_function, within
from kesu.rules.feel.loops import NotIterable, elements, quantified
from kesu.rules.feel.parser import parse, parse_unary_tests
from kesu.rules.feel.scope import Scope
from kesu.rules.feel.unary import CellTest, compile_unary_tests
from kesu.rules.feel.values import Function
from kesu.rules.feel.weights import cost, weight

Closure = Callable[[Scope], Any]
Cell = tuple[tree.UnaryTests, CellTest]
_LANGUAGES = ("feel", "s-feel", "/feel/", "feel.xsd")


class BoxedCompiler:
    """Compiles what hangs below one decision or one piece of knowledge, and keeps what it has parsed for the checks."""

    def __init__(self, owner: str, types: ItemTypes, names: Iterable[str], language: str | None) -> None:
        self.owner = owner
        self.types = types
        self.names = frozenset(names)
        self.language = language
        self.problems: list[Problem] = []
        self.parsed: dict[int, tree.Node] = {}  # by the identity of the model's Text, which outlives the compiler
        self.cells: dict[int, Cell] = {}  # likewise
        self.made: dict[str, Cell] = {}  # cells of the same text are compiled once

    def closure(self, boxed: model.Boxed | None) -> Closure:
        """Return the closure of a boxed expression; nothing is null."""
        if boxed is None:
            return _null
        return _fitted(_COMPILERS[type(boxed)](self, boxed), self.type_test(boxed.type_ref, boxed.id))

    def text(self, text: model.Text) -> Closure:
        """Compile an expression; an empty one is null."""
        if not text.text:
            return _null
        try:
            self._check_language(text)
            node = parse(text.text, self.names)
            self.parsed[id(text)] = node
            return compile_tree(node, self.types.named)
        except RuleError as error:
            return self.broken(error, text.id)

    def cell(self, text: model.Text) -> tuple[tree.UnaryTests, CellTest]:
        """Compile the unary tests of a cell, once; an empty one passes everything."""
        known = self.cells.get(id(text))
        if known is None:
            known = self.cells[id(text)] = self._cell(text)
        return known

    def _cell(self, text: model.Text) -> Cell:
        if not text.text:
            return tree.UnaryTests(0, ()), lambda value, scope: True
        try:
            self._check_language(text)
            made = self.made.get(text.text)
            if made is None:
                node = parse_unary_tests(text.text, self.names)
                made = self.made[text.text] = node, compile_unary_tests(node, self.types.named)
            self.parsed[id(text)] = made[0]
            return made
        except RuleError as error:
            broken = self.broken(error, text.id)
            return tree.UnaryTests(0, (tree.Name(0, "?"),)), lambda value, scope: bool(broken(scope))

    def tree(self, text: model.Text) -> tree.Node | None:
        """Return the parsed expression or cell, if it is one."""
        return self.parsed.get(id(text))

    def weight(self, boxed: object) -> int:
        """Return how many steps it takes to evaluate a boxed expression once; tables charge for themselves."""
        if isinstance(boxed, model.Text):
            return weight(self.tree(boxed))
        if isinstance(boxed, tuple):
            return sum(map(self.weight, boxed))
        if not isinstance(boxed, (model.Boxed, model.Entry)) or isinstance(boxed, model.DecisionTable):
            return 1
        parts = [getattr(boxed, name) for name in boxed.__dataclass_fields__]
        return 1 + sum(self.weight(part) for part in parts if isinstance(part, (tuple, model.Boxed, model.Entry)))

    def type_test(self, reference: str | None, element: str | None) -> Test | None:
        """Compile the test for a type; an unknown type is a problem and tests nothing."""
        try:
            return self.types.test(reference)
        except RuleError as error:
            self.problem(str(error), "type", element)
            return None

    def problem(self, message: str, rule: str, element: str | None) -> None:
        """Note that something is wrong."""
        self.problems.append(Problem(message, rule, element or self.owner))

    def _check_language(self, text: model.Text) -> None:
        language = text.language or self.language
        if language and not any(mark in language.lower() for mark in _LANGUAGES):
            message = f"the expression language {language} is not executed, only FEEL"
            raise RuleError(message, [Problem(message, "language")])

    def broken(self, error: RuleError, element: str | None) -> Closure:
        """Note an error as a problem and return the closure that raises it."""
        one = error.problem
        problem = Problem(one.message, one.rule, element or self.owner, one.position, one.line, one.column)
        self.problems.append(problem)

        def fail(scope: Scope) -> Any:
            raise RuleError(str(problem), [problem])

        return fail


def _null(scope: Scope) -> None:
    return None


def _fitted(closure: Closure, test: Test | None) -> Closure:
    if test is None:
        return closure
    return lambda scope: coerced(closure(scope), test)[1]


def _text(compiler: BoxedCompiler, text: model.Text) -> Closure:
    return compiler.text(text)


def _table(compiler: BoxedCompiler, table: model.DecisionTable) -> Closure:
    return compile_table(table, compiler)


def _context(compiler: BoxedCompiler, context: model.BoxedContext) -> Closure:
    entries = [(entry.name, _entry(compiler, entry)) for entry in context.entries]

    def make(scope: Scope) -> Any:
        made: dict[str, Any] = {}
        inner = scope.inner(made)
        for name, entry in entries:
            if name is None:
                return entry(inner)
            made[name] = entry(inner)
        return made

    return make


def _entry(compiler: BoxedCompiler, entry: model.Entry) -> Closure:
    return _fitted(compiler.closure(entry.value), compiler.type_test(entry.type_ref, None))


def _invocation(compiler: BoxedCompiler, invocation: model.Invocation) -> Closure:
    function = compiler.closure(invocation.function)
    names = tuple(binding.name or "" for binding in invocation.bindings)
    values = [compiler.closure(binding.value) for binding in invocation.bindings]
    return lambda scope: call_function(function(scope), [value(scope) for value in values], names, scope.run)


def _list(compiler: BoxedCompiler, boxed: model.BoxedList) -> Closure:
    items = [compiler.closure(item) for item in boxed.items]
    return lambda scope: [item(scope) for item in items]


def _relation(compiler: BoxedCompiler, relation: model.Relation) -> Closure:
    rows = [[compiler.closure(cell) for cell in row] for row in relation.rows]
    columns = relation.columns
    return lambda scope: [dict(zip(columns, [cell(scope) for cell in row], strict=True)) for row in rows]


def _function(compiler: BoxedCompiler, function: model.BoxedFunction) -> Closure:
    names = tuple(parameter.name or "" for parameter in function.parameters)
    tests = [compiler.type_test(parameter.type_ref, function.id) for parameter in function.parameters]
    types = tuple(compiler.types.node(parameter.type_ref) for parameter in function.parameters)
    body = compiler.closure(function.body) if function.kind == "FEEL" else _foreign(compiler, function)
    heavy = compiler.weight(function.body)

    def define(scope: Scope) -> Function:
        def invoke(arguments: list[Any]) -> Any:
            fitted = [coerced(value, test) for value, test in zip(arguments, tests, strict=True)]
            if not all(fits for fits, _ in fitted):
                return None
            values = dict(zip(names, (value for _, value in fitted), strict=True))
            return within(scope.run, lambda: body(scope.inner(values)), cost(heavy, scope))

        return Function("function", names, invoke, types)

    return define


def _foreign(compiler: BoxedCompiler, function: model.BoxedFunction) -> Closure:
    message = f"functions of kind {function.kind} are not called here, only FEEL"
    error = RuleError(message, [Problem(message, "external")])
    return compiler.broken(error, function.id)


def _conditional(compiler: BoxedCompiler, boxed: model.Conditional) -> Closure:
    condition, result, otherwise = (compiler.closure(part) for part in (boxed.condition, boxed.result, boxed.otherwise))

    def choose(scope: Scope) -> Any:
        verdict = condition(scope)
        if verdict is True:
            return result(scope)
        return otherwise(scope) if verdict is False or verdict is None else None

    return choose


def _loop(compiler: BoxedCompiler, boxed: model.BoxedLoop) -> Closure:
    domain, body, name = compiler.closure(boxed.domain), compiler.closure(boxed.body), boxed.variable
    decisive, heavy = {"some": True, "every": False}.get(boxed.kind), compiler.weight(boxed.body)

    def loop(scope: Scope) -> Any:
        results: list[Any] = []
        try:
            for element in elements(domain(scope)):
                scope.run.spend(cost(heavy, scope))
                results.append(body(scope.inner({name: element, "partial": results})))
        except NotIterable:
            return None
        return results if decisive is None else quantified(results, decisive)

    return loop


def _filter(compiler: BoxedCompiler, boxed: model.BoxedFilter) -> Closure:
    domain, match = compiler.closure(boxed.domain), compiler.closure(boxed.match)
    return filtering(domain, match, compiler.weight(boxed.match))


_COMPILERS: dict[type, Callable[[BoxedCompiler, Any], Closure]] = {
    model.Text: _text,
    model.DecisionTable: _table,
    model.BoxedContext: _context,
    model.Invocation: _invocation,
    model.BoxedList: _list,
    model.Relation: _relation,
    model.BoxedFunction: _function,
    model.Conditional: _conditional,
    model.BoxedLoop: _loop,
    model.BoxedFilter: _filter,
}
