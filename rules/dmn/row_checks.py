"""Rows of a decision table beside one another: which overlap, which hide others, and what none of them covers."""

from collections.abc import Iterator, Sequence

from kesu.rules.dmn.row_sets import Column, Spans, each
from kesu.rules.limits import CHECKED_PARTS

Part = tuple[int, bool]  # of a column: one segment, and whether it is all of them


def overlaps(columns: Sequence[Column | None], possible: int, rows: int) -> list[int]:
    """Return for every row the later ones that surely match together with it somewhere."""
    if any(column is None for column in columns):
        return [0] * rows
    found = [possible >> row & 1 and possible >> row + 1 << row + 1 for row in range(rows)]
    for column in filter(None, columns):
        meeting = column.meeting()
        for row, spans in enumerate(column.spans):
            if found[row] and not spans:
                found[row] = 0
            elif found[row] and spans:
                full = column.is_full(spans)
                found[row] &= ~column.unsure if full else meeting(spans)
    return found


def hidden(
    columns: Sequence[Column | None], dashes: Sequence[int], possible: int, rows: int
) -> Iterator[tuple[int, int]]:
    """Yield the rows that surely lie within an earlier one, each with that one; `dashes` are the rows with - by column."""
    found = [possible >> row & 1 and possible & ((1 << row) - 1) for row in range(rows)]
    for column, anything in zip(columns, dashes, strict=True):
        holding = column.holding() if column is not None else None
        for row in range(rows):
            if found[row]:
                spans = column.spans[row] if column is not None else None
                found[row] &= anything | (holding(spans) if holding and spans else 0)
    yield from ((row, next(each(above))) for row, above in enumerate(found) if above)


def shared(columns: Sequence[Column | None], one: int, other: int) -> list[Part]:
    """Return where two rows that overlap match together: the first segment of every column."""
    return [_shared(column, column.spans[one], column.spans[other]) for column in columns if column]


def _shared(column: Column, one: Spans, other: Spans) -> Part:
    if column.is_full(one) and column.is_full(other):
        return 0, True
    common = [max(left[0], right[0]) for left in one or () for right in other or () if left[0] < right[1] and right[0] < left[1]]
    return min(common), len(column.segments) == 1


class Gaps:
    """Looks for parts of a table that no row covers; rows that cannot be judged count as covering."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.left = CHECKED_PARTS
        self.covered: set[tuple[int, int]] = set()
        self.everywhere = [-1]  # by column from the end: the rows that match whatever comes from there on
        for column in reversed(columns):
            self.everywhere.insert(0, self.everywhere[0] & column.everywhere)

    def parts(self, rows: int, place: int = 0, so_far: tuple[Part, ...] = ()) -> Iterator[tuple[Part, ...]]:
        """Yield the parts not covered by `rows`, until all are found or `left` is used up."""
        if not rows:
            yield (*so_far, *((0, True) for _ in self.columns[place:]))
            return
        if rows & self.everywhere[place] or (place, rows) in self.covered:
            return
        column, some = self.columns[place], False
        groups = column.groups_of(rows)
        self.left -= len(groups)
        if self.left < 0:
            return
        for first, size, matching in _merged(groups):
            for part in self.parts(matching, place + 1, (*so_far, (first, size == len(column.segments)))):
                some = True
                yield part
        if not some and self.left >= 0:
            self.covered.add((place, rows))


def _merged(groups: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for first, size, rows in groups:
        before = found.get(rows)
        found[rows] = (first, size) if before is None else (before[0], before[1] + size)
    return [(first, size, rows) for rows, (first, size) in found.items()]
