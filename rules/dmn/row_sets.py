"""Which rows of a table let which segments of a column through, turned round: the rows of a segment as the bits of a number.

Row numbers count from 0. One pass over a column gives the rows of all its segments, however many there are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_, or_

from kesu.rules.dmn.coverage import Segment, Span

Spans = list[Span] | None  # None where a cell reads variables, so that nothing can be said


@dataclass(frozen=True)
class Column:
    """A column laid out: its segments, those that may come at all, and what every row lets through of them."""

    segments: list[Segment]
    spans: list[Spans]

    @cached_property
    def rows(self) -> list[int]:
        """The rows that surely match, segment by segment."""
        changes = [0] * (len(self.segments) + 1)
        for row, spans in enumerate(self.spans):
            for start, stop in spans or ():
                changes[start] ^= 1 << row
                changes[stop] ^= 1 << row
        found, matching = [], 0
        for change in changes[:-1]:
            matching ^= change
            found.append(matching)
        return found

    @cached_property
    def unsure(self) -> int:
        """The rows of which nothing can be said."""
        return numbers(row for row, spans in enumerate(self.spans) if spans is None)

    @cached_property
    def everywhere(self) -> int:
        """The rows that match whatever comes, as far as can be said."""
        return numbers(row for row, spans in enumerate(self.spans) if spans is None or self.is_full(spans))

    @cached_property
    def groups(self) -> list[tuple[int, int, int]]:
        """The segments by the rows that match or may match there: the first of them, how many, and the rows."""
        return _grouped(self, range(len(self.segments)), -1)

    def is_full(self, spans: Spans) -> bool:
        """Say whether spans are all there is."""
        return spans == [(0, len(self.segments))]

    def groups_of(self, rows: int) -> list[tuple[int, int, int]]:
        """Return the groups as some rows tell them apart."""
        if rows.bit_count() * 4 > len(self.groups):
            return [(first, size, found & rows) for first, size, found in self.groups]
        edges = {0}
        for row in each(rows):
            edges.update(edge for span in self.spans[row] or () for edge in span)
        return _grouped(self, sorted(edges - {len(self.segments)}), rows)

    def meeting(self) -> Callable[[list[Span]], int]:
        """Return what tells the rows that surely share a segment with spans."""
        return _Fold(self.rows, or_).over

    def holding(self) -> Callable[[list[Span]], int]:
        """Return what tells the rows that surely let all of the spans through."""
        return _Fold(self.rows, and_).over


def numbers(rows: Iterator[int]) -> int:
    """Return a set of rows."""
    return reduce(lambda found, row: found | 1 << row, rows, 0)


def each(rows: int) -> Iterator[int]:
    """Yield the rows of a set, the first one first."""
    while rows:
        lowest = rows & -rows
        yield lowest.bit_length() - 1
        rows ^= lowest


def _grouped(column: Column, edges: "range | list[int]", rows: int) -> list[tuple[int, int, int]]:
    found: dict[int, list[int]] = {}
    for place, first in enumerate(edges):
        matching = (column.rows[first] | column.unsure) & rows
        after = edges[place + 1] if place + 1 < len(edges) else len(column.segments)
        found.setdefault(matching, [first, 0])[1] += after - first
    return [(first, size, matching) for matching, (first, size) in found.items()]


class _Fold:
    """One operation over any stretch of a list, in time that grows with the logarithm of its length."""

    def __init__(self, leaves: list[int], operation: Callable[[int, int], int]) -> None:
        self.size = len(leaves)
        self.operation = operation
        self.nodes = [0] * self.size + leaves
        for place in range(self.size - 1, 0, -1):
            self.nodes[place] = operation(self.nodes[2 * place], self.nodes[2 * place + 1])

    def over(self, spans: list[Span]) -> int:
        """Fold the segments of spans, of which there is at least one."""
        parts = [self.nodes[place] for start, stop in spans for place in self._places(start, stop)]
        return reduce(self.operation, parts)

    def _places(self, start: int, stop: int) -> Iterator[int]:
        left, right = start + self.size, stop + self.size
        while left < right:
            if left & 1:
                yield left
                left += 1
            if right & 1:
                right -= 1
                yield right
            left, right = left >> 1, right >> 1
