"""Decision tables compiled: columns to closures, cells to tests, rows tried from top to bottom."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from kesu.rules.dmn.hit_policies import POLICIES, Hit
from kesu.rules.dmn.item_types import ItemTypes, Test, coerced
from kesu.rules.dmn.model import DecisionTable, InputClause, OutputClause, Rule, Text
from kesu.rules.errors import Problem, RuleError
from kesu.rules.feel import tree
from kesu.rules.feel.free_names import all_names
from kesu.rules.feel.plain_tests import shape
from kesu.rules.feel.scope import Scope
from kesu.rules.feel.text import to_text
from kesu.rules.feel.unary import CellTest
from kesu.rules.feel.weights import weight

Closure = Callable[[Scope], Any]
_CELLS_A_STEP = 8  # constant cells tested in the time of one step


class CellCompiler(Protocol):
    """What the compiler of boxed expressions does for a table."""

    owner: str
    types: ItemTypes

    def text(self, text: Text) -> Closure:
        """Compile an expression."""
        ...

    def cell(self, text: Text) -> tuple[tree.UnaryTests, CellTest]:
        """Compile the unary tests of a cell."""
        ...

    def tree(self, text: Text) -> tree.Node | None:
        """Return the parsed expression, if it is one."""
        ...

    def type_test(self, reference: str | None, element: str | None) -> Test | None:
        """Compile the test for a type."""
        ...

    def problem(self, message: str, rule: str, element: str | None) -> None:
        """Note that something is wrong."""
        ...


@dataclass(frozen=True, slots=True)
class _Input:
    clause: InputClause
    value: Closure
    fits: Test | None
    types: ItemTypes
    allowed: CellTest | None

    def read(self, scope: Scope) -> Any:
        found = self.types.read(self.value(scope), self.clause.expression.type_ref)
        if found is None:
            return None
        fits, value = coerced(found, self.fits)
        if not fits:
            raise self._refusal(found, f"to be of type {self.clause.expression.type_ref}")
        if self.allowed is not None and self.allowed(value, scope) is False and self.clause.allowed is not None:
            raise self._refusal(value, f"to be one of {self.clause.allowed.text}")
        return value

    def _refusal(self, value: Any, expected: str) -> RuleError:
        message = f"expected the input {self.clause.label!r} {expected}, but it is {to_text(value)[:80]}"
        return RuleError(message, [Problem(message, "input", self.clause.id)])


@dataclass(frozen=True, slots=True)
class _Cell:
    column: int
    test: CellTest
    id: str | None
    constant: bool


@dataclass(frozen=True, slots=True)
class _Row:
    rule: Rule
    cells: tuple[_Cell, ...]
    outputs: tuple[Closure, ...]
    weight: int  # of the cells, in steps
    output_weight: int


def compile_table(table: DecisionTable, compiler: CellCompiler) -> Closure:
    """Return the closure that evaluates a table and notes in the run which rules fired."""
    key = (table.hit_policy, table.aggregation)
    policy = POLICIES.get(key)
    if policy is None:
        compiler.problem(f"there is no hit policy {' '.join(filter(None, key))}", "hit_policy", table.id)
        policy = POLICIES["UNIQUE", None]
    inputs = [_input(clause, compiler) for clause in table.inputs]
    rows = [_row(rule, compiler) for rule in table.rules]
    priorities = [_priorities(clause, compiler) for clause in table.outputs]
    defaults = _defaults(table, compiler)
    shape = _shape(table.outputs)
    owner, only_first = compiler.owner, table.hit_policy == "FIRST"

    def evaluate(scope: Scope) -> Any:
        values = [one.read(scope) for one in inputs]
        hits = _hits(rows, values, scope, only_first)
        if not hits:
            return None if defaults is None else defaults(scope)
        outcome = policy(hits, shape, [one(scope) for one in priorities], table.id)
        scope.run.fired.extend((owner, hit.rule_id, hit.number) for hit in outcome.hits)
        return outcome.value

    return evaluate


def _hits(rows: list[_Row], values: list[Any], scope: Scope, only_first: bool) -> list[Hit]:
    scope.run.spend(sum(row.weight for row in rows))
    hits: list[Hit] = []
    for row in rows:
        for cell in row.cells:
            verdict = cell.test(values[cell.column], scope)
            if verdict is not True:
                if verdict is None and cell.constant and _is_scalar(values[cell.column]):
                    raise _incomparable(cell, values[cell.column])
                break
        else:
            scope.run.spend(row.output_weight)
            hits.append(Hit(row.rule.id, row.rule.number, tuple(output(scope) for output in row.outputs)))
            if only_first:
                break
    return hits


def _is_scalar(value: Any) -> bool:
    return value is not None and type(value) is not list and type(value) is not dict


def _incomparable(cell: _Cell, value: Any) -> RuleError:
    message = f"the cell cannot be compared with its input, which is {to_text(value)[:80]}: they are of different types"
    return RuleError(message, [Problem(message, "type", cell.id)])


def _input(clause: InputClause, compiler: CellCompiler) -> _Input:
    value = compiler.text(clause.expression)
    fits = compiler.type_test(clause.expression.type_ref, clause.id)
    allowed = compiler.cell(clause.allowed)[1] if clause.allowed is not None else None
    return _Input(clause, value, fits, compiler.types, allowed)


def _row(rule: Rule, compiler: CellCompiler) -> _Row:
    cells, read = [], []
    for column, text in enumerate(rule.inputs):
        node, test = compiler.cell(text)
        if node.tests:
            constant = shape(node) is not None or not all_names(node)
            cells.append(_Cell(column, test, text.id or rule.id, constant))
            read.extend([] if constant else [node])
    outputs = tuple(compiler.text(text) for text in rule.outputs)
    written = [compiler.tree(text) for text in rule.outputs]
    heavy = weight(*read) + len(cells) // _CELLS_A_STEP
    return _Row(rule, tuple(cells), outputs, heavy, weight(*written))


def _priorities(clause: OutputClause, compiler: CellCompiler) -> Callable[[Scope], list[Any]]:
    if clause.allowed is None:
        return lambda scope: []
    node, _ = compiler.cell(clause.allowed)
    values = [one.value for one in node.tests if isinstance(one, tree.Literal)]
    return lambda scope: values


def _defaults(table: DecisionTable, compiler: CellCompiler) -> Closure | None:
    if not any(clause.default is not None for clause in table.outputs):
        return None
    closures = [None if clause.default is None else compiler.text(clause.default) for clause in table.outputs]
    shape = _shape(table.outputs)
    listed = table.hit_policy in ("RULE ORDER", "OUTPUT ORDER") or (table.hit_policy, table.aggregation) == ("COLLECT", None)

    def evaluate(scope: Scope) -> Any:
        value = shape(Hit("", 0, tuple(None if one is None else one(scope) for one in closures)))
        return [value] if listed else value

    return evaluate


def _shape(outputs: tuple[OutputClause, ...]) -> Callable[[Hit], Any]:
    if len(outputs) == 1:
        return lambda hit: hit.outputs[0]
    names = [clause.name or clause.label or f"output {place}" for place, clause in enumerate(outputs, 1)]
    return lambda hit: dict(zip(names, hit.outputs, strict=True))
