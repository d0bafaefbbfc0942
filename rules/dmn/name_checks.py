"""Names and types in the expressions of one node: what it may read, and what is said about each expression."""

from collections.abc import Iterator, Mapping
from typing import Any

from kesu.rules.dmn import model
from kesu.rules.dmn.graph import CompiledNode, Graph
from kesu.rules.dmn.reading import type_reference
from kesu.rules.errors import Problem
from kesu.rules.feel import tree
from kesu.rules.feel.checks import findings, problem_at, unknown_name, unknown_names
from kesu.rules.feel.free_names import called_names
from kesu.rules.feel.inference import infer
from kesu.rules.feel.plain_tests import Shape, shape
from kesu.rules.feel.tree import TypeNode

_ANY = TypeNode(0, "Any")
_Known = dict[str, TypeNode]


class NameCheck:
    """Goes through the logic of a node with the names in scope."""

    def __init__(self, graph: Graph, node: CompiledNode, variables: Mapping[str, Any] | None) -> None:
        self.graph = graph
        self.node = node
        self.types = node.types.named
        self.elsewhere = {one.node.name: one.node for one in graph.nodes.values() if one.key[0] == node.key[0]}
        self.closed = variables is not None or any(one.kind == "input" for one in self.elsewhere.values())
        self.told: set[str] = set()
        declared = {str(name): kind if isinstance(kind, str) else None for name, kind in (variables or {}).items()}
        self.known = {name: type_reference(kind) for name, kind in declared.items()} | self._required()

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong in the node's expressions."""
        yield from self._boxed(self.node.node.logic, self.known)

    def _required(self) -> _Known:
        known: _Known = {}
        for need in self.node.needs:
            needed = self.graph.nodes[need.key].node
            kind = _ANY if needed.kind in ("knowledge", "service") or need.prefix else type_reference(needed.type_ref)
            for name in (need.prefix,) if need.prefix else (needed.name, needed.variable):
                known[name] = kind
        return known

    def _boxed(self, boxed: model.Boxed | None, known: _Known) -> Iterator[Problem]:
        if isinstance(boxed, model.Text):
            yield from self._text(boxed, known)
        elif isinstance(boxed, model.DecisionTable):
            yield from self._table(boxed, known)
        elif isinstance(boxed, model.BoxedContext):
            yield from self._context(boxed, known)
        elif isinstance(boxed, model.BoxedFunction):
            if boxed.kind == "FEEL":
                yield from self._boxed(boxed.body, {**known, **_entries(boxed.parameters)})
        elif isinstance(boxed, model.BoxedLoop):
            yield from self._boxed(boxed.domain, known)
            yield from self._boxed(boxed.body, {**known, boxed.variable: _ANY, "partial": _ANY})
        elif isinstance(boxed, model.BoxedFilter):
            yield from self._boxed(boxed.domain, known)  # the condition may read entries of elements nobody has declared
        elif boxed is not None:
            for part in _parts(boxed):
                yield from self._boxed(part, known)

    def _context(self, boxed: model.BoxedContext, known: _Known) -> Iterator[Problem]:
        for entry in boxed.entries:
            yield from self._boxed(entry.value, known)
            if entry.name is not None:
                known = {**known, entry.name: type_reference(entry.type_ref)}

    def _table(self, table: model.DecisionTable, known: _Known) -> Iterator[Problem]:
        for place, clause in enumerate(table.inputs):
            yield from self._text(clause.expression, known, clause.id)
            yield from self._column([rule.inputs[place] for rule in table.rules], known, self._input_type(clause, known))
        for rule in table.rules:
            for text in rule.outputs:
                if not isinstance(self.node.compiler.tree(text), tree.Literal):
                    yield from self._text(text, known)

    def _column(self, texts: list[model.Text], known: _Known, kind: TypeNode) -> Iterator[Problem]:
        """Look at every cell, but only once at those of constants of which only the values differ."""
        sound: set[Shape] = set()
        for text in texts:
            node = self.node.compiler.tree(text)
            if not isinstance(node, tree.UnaryTests) or not node.tests:
                continue
            alike = shape(node)
            if alike in sound:
                continue
            problems = list(self._cell(node, text, known, kind))
            yield from problems
            if alike is not None and not problems:
                sound.add(alike)

    def _input_type(self, clause: model.InputClause, known: _Known) -> TypeNode:
        if clause.expression.type_ref:
            return type_reference(clause.expression.type_ref)
        node = self.node.compiler.tree(clause.expression)
        return (infer(node, known, self.types) if node is not None else None) or _ANY

    def _cell(self, node: tree.UnaryTests, text: model.Text, known: _Known, kind: TypeNode) -> Iterator[Problem]:
        yield from self._findings(node, text, {**known, "?": kind})
        tested = tree.In(0, tree.Name(0, "?"), tuple(one for one in node.tests if not isinstance(one, tree.Literal)))
        yield from self._findings(tested, text, {**known, "?": kind})
        for one in node.tests:
            if isinstance(one, tree.Literal) and one.value is not None:
                equals = tree.Comparison(one.at, "=", tree.Name(0, "?"), one)
                yield from self._findings(equals, text, {**known, "?": kind})

    def _text(self, text: model.Text, known: _Known, element: str | None = None) -> Iterator[Problem]:
        node = self.node.compiler.tree(text)
        if node is not None:
            yield from self._findings(node, text, known, element)

    def _findings(self, node: tree.Node, text: model.Text, known: _Known, element: str | None = None) -> Iterator[Problem]:
        place = text.id or element or self.node.node.id
        for message, rule, at in findings(node, known, False, self.types):
            yield problem_at(text.text, message, rule, at, place)
        for name, at in unknown_names(node, known):
            problem = problem_at(text.text, unknown_name(name, known), "unknown_name", at, place)
            yield from self._unknown(name, problem, name in called_names(node))

    def _unknown(self, name: str, problem: Problem, called: bool) -> Iterator[Problem]:
        other = self.elsewhere.get(name)
        if other is not None and other.id != self.node.node.id:
            said = f"{name!r} is read, but {self.node.node.name!r} does not require it: draw the requirement"
            yield _again(problem, said, "missing_requirement", "warning" if other.kind == "input" else "error")
        elif self.closed or called:
            yield problem
        elif name not in self.told:
            self.told.add(name)
            said = f"nothing declares {name!r}: draw an input for it, so that a missing or misspelt one is noticed"
            yield _again(problem, said, "missing_input", "warning")


def _again(problem: Problem, message: str, rule: str, severity: str) -> Problem:
    return Problem(message, rule, problem.element, problem.position, problem.line, problem.column, severity)


def _entries(entries: tuple[model.Entry, ...]) -> _Known:
    return {entry.name: type_reference(entry.type_ref) for entry in entries if entry.name is not None}


def _parts(boxed: model.Boxed) -> Iterator[model.Boxed | None]:
    for name in boxed.__dataclass_fields__:
        value = getattr(boxed, name)
        pending = [value]
        while pending:
            one = pending.pop(0)
            if isinstance(one, model.Boxed):
                yield one
            elif isinstance(one, model.Entry):
                pending.append(one.value)
            elif isinstance(one, tuple):
                pending.extend(one)
