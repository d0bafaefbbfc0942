"""What the cells of one column let through, as spans of segments: for finding overlaps, gaps and rows that never match.

The values a column's cells name cut its domain into segments (each value itself, what lies between two, what lies beyond;
for text, each word named and "anything else"). A cell then is the spans of segments it lets through: told from its text
where it holds values and ranges, else found by asking the compiled cell about one value of every segment.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from kesu.rules.errors import RuleError
from kesu.rules.feel import tree
from kesu.rules.feel.arithmetic import negate
from kesu.rules.feel.builtins import BUILTINS
from kesu.rules.feel.comparison import order
from kesu.rules.feel.compiler import compile_tree
from kesu.rules.feel.free_names import all_names, children
from kesu.rules.feel.scope import Run, Scope
from kesu.rules.feel.text import to_text
from kesu.rules.feel.unary import CellTest
from kesu.rules.feel.values import YearMonthDuration
from kesu.rules.limits import CHECKED_SEGMENTS, CONSTANT_STEPS

_ELSE = "\uffff"
_NATIVE = (Decimal, date, timedelta)  # kinds that Python orders as FEEL does
Span = tuple[int, int]  # from the first segment to before the second
Places = dict[tuple[type, Any], int]  # by kind and value, the place of the segment that is this value


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a domain that no cell tells apart: a value in it, and the values it lies between or is."""

    sample: Any
    label: str
    low: Any = None
    high: Any = None
    rest: str = ""

    @property
    def words(self) -> str:
        """Say which part it is."""
        if self.rest:
            return f"{self.label} {self.rest}"
        if self.low is self.high:
            return f"{self.label} = {_word(self.low)}"
        if self.low is None or self.high is None:
            return f"{self.label} {'<' if self.low is None else '>'} {_word(self.high if self.low is None else self.low)}"
        return f"{_word(self.low)} < {self.label} < {_word(self.high)}"


class TooManySegments(Exception):
    """A column names more values than are laid out."""


def segments_of(cells: Iterable[tree.UnaryTests], type_name: str | None, label: str) -> list[Segment] | None:
    """Return the segments of a column; None if its values cannot be laid out. Raises TooManySegments."""
    values = _distinct(value for cell in cells for value in _literals(cell))
    kinds = {type(value) for value in values}
    if kinds <= {bool} and (kinds or type_name == "boolean"):
        return [Segment(value, label, value, value) for value in (True, False)]
    if kinds == {str}:
        return [*(Segment(value, label, value, value) for value in values), Segment(_ELSE, label, rest="is anything else")]
    if len(kinds) == 1 and kinds <= {*_NATIVE, datetime, time, YearMonthDuration}:
        key = None if kinds <= {*_NATIVE} else cmp_to_key(lambda one, other: order(one, other) or 0)
        return _ordered(sorted(values, key=key), label)
    return [Segment(_ELSE, label, rest="is anything")] if not kinds else None


def asked(test: CellTest, segments: list[Segment]) -> list[Span] | None:
    """Return the spans of segments a cell lets through, by asking it for each; None if it cannot be said."""
    passed, scope = [], Scope({}, None, Run(steps=CONSTANT_STEPS + 10 * len(segments)))
    for place, segment in enumerate(segments):
        try:
            if test(segment.sample, scope) is True:
                passed.append((place, place + 1))
        except RuleError:
            return None
    return joined(passed)


def places(segments: Iterable[Segment]) -> Places:
    """Return the place of every value among the segments."""
    return {(type(one.sample), one.sample): place for place, one in enumerate(segments)}


def written(node: tree.UnaryTests, index: Places) -> list[Span] | None:
    """Return the spans of segments of a cell of values and ranges, without asking for each; None where it is more."""
    found: list[Span] = []
    for test in node.tests:
        spans = _written(test, index)
        if spans is None:
            return None
        found += spans
    return _others(joined(found), len(index)) if node.negated else joined(found)


def joined(spans: list[Span]) -> list[Span]:
    """Return the same segments as spans in order that do not touch."""
    if len(spans) < 2:
        return [span for span in spans if span[0] < span[1]]
    found: list[Span] = []
    for start, stop in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((start, stop))
    return found


def _others(spans: list[Span], size: int) -> list[Span]:
    edges = [0, *(edge for span in spans for edge in span), size]
    return joined(list(zip(edges[::2], edges[1::2], strict=True)))


def _written(test: tree.Node, index: Places) -> list[Span] | None:
    if isinstance(test, tree.RangeLiteral):
        low, high = _place(test.start, index, _NATIVE), _place(test.end, index, _NATIVE)
        if low is None or high is None or low > high:
            return None
        return [(low + (not test.start_included), high + test.end_included)]
    if isinstance(test, tree.UnaryRange):
        place = _place(test.endpoint, index, _NATIVE)
        return None if place is None else _side(test.operator, place, len(index))
    place = _place(test, index, (*_NATIVE, str, bool, YearMonthDuration))
    return None if place is None else [(place, place + 1)]


def _side(operator: str, place: int, size: int) -> list[Span] | None:
    return {
        "<": [(0, place)], "<=": [(0, place + 1)], ">": [(place + 1, size)], ">=": [(place, size)], "=": [(place, place + 1)],
    }.get(operator)  # fmt: skip


def _place(node: tree.Node, index: Places, kinds: tuple[type, ...]) -> int | None:
    value = next(_literals(node), None) if isinstance(node, (tree.Literal, tree.Negation, tree.Call)) else None
    return index.get((type(value), value)) if type(value) in kinds else None


def _literals(node: tree.Node) -> Iterator[Any]:
    if isinstance(node, tree.Literal):
        yield node.value
    elif isinstance(node, tree.Negation) and isinstance(node.operand, tree.Literal):
        yield negate(node.operand.value)
    elif isinstance(node, tree.Call):
        yield from _constant_call(node)
    elif isinstance(node, tree.UnaryTests):
        for test in node.tests:
            yield from _literals(test)
    else:
        for child in children(node):
            yield from _literals(child)


def _constant_call(node: tree.Call) -> Iterator[Any]:
    try:
        if all_names(node) <= BUILTINS.keys():
            yield compile_tree(node)(Scope({}, None, Run(steps=CONSTANT_STEPS)))
    except RuleError:
        return


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: dict[tuple[type, Any], None] = {}
    for value in values:
        if value is not None and not isinstance(value, (list, dict)):
            found[type(value), value] = None
            if len(found) > CHECKED_SEGMENTS:
                raise TooManySegments
    return [value for _, value in found]


def _ordered(values: list[Any], label: str) -> list[Segment]:
    first = values[0]
    found = [] if (below := _beyond(first, -1)) is None else [Segment(below, label, None, first)]
    for place, value in enumerate(values):
        found.append(Segment(value, label, value, value))
        after = values[place + 1] if place + 1 < len(values) else None
        sample = _beyond(value, 1) if after is None else _between(value, after)
        if sample is not None:
            found.append(Segment(sample, label, value, after))
    return found


def _word(value: Any) -> str:
    return to_text(value) if isinstance(value, (Decimal, bool)) else f'"{to_text(value)}"'


def _beyond(value: Any, side: int) -> Any:
    try:
        if isinstance(value, time):
            edge = time.min if side < 0 else time.max
            return None if value.replace(tzinfo=None) == edge else edge.replace(tzinfo=value.tzinfo)
        return YearMonthDuration(value.months + side) if isinstance(value, YearMonthDuration) else value + side * _step(value)
    except OverflowError:
        return None


def _step(value: Any) -> Any:
    return Decimal(1) if isinstance(value, Decimal) else timedelta(days=1)


def _between(low: Any, high: Any) -> Any:
    if isinstance(low, YearMonthDuration):
        return YearMonthDuration(low.months + 1) if high.months - low.months > 1 else None
    if isinstance(low, time):
        return low.replace(microsecond=low.microsecond + 1) if low.microsecond < 999_999 else None
    middle = low + (high - low) / 2
    return middle if low < middle < high else None
