"""The columns of a decision table laid out for its check: what every cell lets through, where that can be said."""

from dataclasses import dataclass, field

from kesu.rules.dmn.coverage import (
    Places,
    Segment,
    Span,
    TooManySegments,
    asked,
    joined,
    places,
    segments_of,
    written,
)
from kesu.rules.dmn.model import DecisionTable, InputClause, Text
from kesu.rules.dmn.row_sets import Column, Spans
from kesu.rules.dmn.tables import CellCompiler
from kesu.rules.feel import tree
from kesu.rules.feel.builtins import BUILTINS, IMPURE
from kesu.rules.feel.free_names import all_names
from kesu.rules.feel.plain_tests import shape
from kesu.rules.feel.unary import CellTest
from kesu.rules.limits import CHECKED_ANSWERS, CHECKED_BITS

_CONSTANT_NAMES = frozenset(BUILTINS) - IMPURE
_Cell = tuple[tree.UnaryTests, CellTest]


@dataclass
class Layout:
    """The columns, None where one cannot be laid out; `cut` if some cells were too many to be looked at."""

    columns: list[Column | None] = field(default_factory=list)
    cut: bool = False
    bits: int = CHECKED_BITS
    answers: int = CHECKED_ANSWERS


def lay_out(table: DecisionTable, compiler: CellCompiler) -> Layout:
    """Lay out the input columns of a table."""
    layout = Layout()
    for place, clause in enumerate(table.inputs):
        texts = [rule.inputs[place] for rule in table.rules]
        try:
            layout.columns.append(_Reader(layout, clause, texts, compiler).column())
        except TooManySegments:
            layout.columns.append(None)
            layout.cut = True
    return layout


class _Reader:
    def __init__(
        self, layout: Layout, clause: InputClause, texts: list[Text], compiler: CellCompiler
    ) -> None:
        self.layout = layout
        self.clause = clause
        self.cells = [compiler.cell(text) for text in texts]
        self.allowed = compiler.cell(clause.allowed) if clause.allowed else None

    def column(self) -> Column | None:
        cells = [*self.cells, *([self.allowed] if self.allowed else [])]
        sure = [node for node, _ in cells if _is_constant(node)]
        kind = self.clause.expression.type_ref
        segments = segments_of(sure, kind, self.clause.label)
        if not segments:
            return None
        self.layout.bits -= len(segments) * len(self.cells)
        if self.layout.bits < 0:
            raise TooManySegments
        index = places(segments)
        spans = [self._spans(cell, segments, index) for cell in self.cells]
        allowed = self._spans(self.allowed, segments, index) if self.allowed else None
        return Column(segments, spans) if allowed is None else _restricted(segments, spans, allowed)

    def _spans(self, cell: _Cell, segments: list[Segment], index: Places) -> Spans:
        node, test = cell
        if not node.tests:
            return [(0, len(segments))]
        if not _is_constant(node):
            return None
        found = written(node, index)
        return found if found is not None else self._asked(test, segments)

    def _asked(self, test: CellTest, segments: list[Segment]) -> Spans:
        self.layout.answers -= len(segments)
        if self.layout.answers < 0:
            self.layout.cut = True
            return None
        return asked(test, segments)


def _is_constant(node: tree.UnaryTests) -> bool:
    return shape(node) is not None or all_names(node) <= _CONSTANT_NAMES


def _restricted(segments: list[Segment], spans: list[Spans], allowed: list[Span]) -> Column:
    """Leave out the segments that may not come."""
    kept = [place for start, stop in allowed for place in range(start, stop)]
    ranks, rank, left = [], 0, set(kept)
    for place in range(len(segments) + 1):
        ranks.append(rank)
        rank += place in left
    moved = [
        None if one is None else joined([(ranks[start], ranks[stop]) for start, stop in one])
        for one in spans
    ]
    return Column([segments[place] for place in kept], moved)
