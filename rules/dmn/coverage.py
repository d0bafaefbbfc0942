"""What the cells of one column let through, as sets of segments: for finding overlaps, gaps and rows that never match.

The values a column's cells name cut its domain into segments (each value itself, what lies between two, what lies beyond;
for text, each word named and "anything else"). A cell then is the set of segments it lets through, found by asking the
compiled cell about one value of every segment; sets are the bits of an integer.
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
from kesu.rules.limits import CONSTANT_STEPS, RULES

_SAMPLES_MAX = 2 * RULES + 1
_ELSE = "\uffff"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a domain that no cell tells apart: a value in it, and how to say it."""

    sample: Any
    words: str


def segments_of(cells: Iterable[tree.UnaryTests], type_name: str | None, label: str) -> list[Segment] | None:
    """Return the segments of a column; None if its values cannot be laid out."""
    values = _distinct(value for cell in cells for value in _literals(cell))
    kinds = {type(value) for value in values}
    if kinds <= {bool} and (kinds or type_name == "boolean"):
        return [Segment(value, f"{label} = {to_text(value)}") for value in (True, False)]
    if kinds == {str}:
        return [*(Segment(value, f'{label} = "{value}"') for value in values), Segment(_ELSE, f"{label} is anything else")]
    if len(kinds) == 1 and kinds <= {Decimal, date, datetime, time, timedelta, YearMonthDuration}:
        return _ordered(sorted(values, key=cmp_to_key(lambda one, other: order(one, other) or 0)), label)
    return [Segment(_ELSE, f"{label} is anything")] if not kinds else None


def bits(test: CellTest, segments: list[Segment]) -> int | None:
    """Return the set of segments a cell lets through; None if it cannot be said."""
    found, scope = 0, Scope({}, None, Run(steps=CONSTANT_STEPS + 10 * len(segments)))
    for place, segment in enumerate(segments):
        try:
            found |= (test(segment.sample, scope) is True) << place
        except RuleError:
            return None
    return found


Places = dict[tuple[type, Any], int]  # by kind and value, the place of the segment that is this value


def places(segments: Iterable[Segment]) -> Places:
    """Return the place of every value among the segments."""
    return {(type(one.sample), one.sample): place for place, one in enumerate(segments)}


def written_bits(node: tree.UnaryTests, index: Places) -> int | None:
    """Return the set of segments of a cell of plain numbers and words, without asking for each.

    None where it is more than values, and ranges of numbers, as written.
    """
    found = 0
    for test in node.tests:
        written = _written(test, index)
        if written is None:
            return None
        found |= written
    return found ^ ((1 << len(index)) - 1) if node.negated else found


def _written(test: tree.Node, index: Places) -> int | None:
    if isinstance(test, tree.RangeLiteral):
        low, high = _number(test.start), _number(test.end)
        start, end = index.get((Decimal, low)), index.get((Decimal, high))
        if start is None or end is None or start > end:
            return None
        start, end = start + (not test.start_included), end + test.end_included
        return (1 << max(start, end)) - (1 << start)
    if isinstance(test, tree.UnaryRange):
        place = index.get((Decimal, _number(test.endpoint)))
        return None if place is None else _side(test.operator, place, len(index))
    value = test.value if isinstance(test, tree.Literal) else _number(test)
    place = index.get((type(value), value)) if type(value) in (Decimal, str) else None
    return None if place is None else 1 << place


def _side(operator: str, place: int, size: int) -> int | None:
    below = {"<": place, "<=": place + 1}.get(operator)
    if below is not None:
        return (1 << below) - 1
    above = {">": place + 1, ">=": place}.get(operator)
    return None if above is None else (1 << size) - (1 << above)


def _number(node: tree.Node) -> Decimal | None:
    if isinstance(node, tree.Negation) and isinstance(node.operand, tree.Literal):
        value = negate(node.operand.value)
    else:
        value = node.value if isinstance(node, tree.Literal) else None
    return value if type(value) is Decimal else None


def _literals(node: tree.Node) -> Iterator[Any]:
    if isinstance(node, tree.Literal):
        yield node.value
    elif isinstance(node, tree.Negation) and isinstance(node.operand, tree.Literal):
        yield negate(node.operand.value)
    elif isinstance(node, tree.Call):
        yield from _constant_call(node)
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
        if value is not None and not isinstance(value, (list, dict)) and len(found) < _SAMPLES_MAX:
            found[type(value), value] = None
    return [value for _, value in found]


def _ordered(values: list[Any], label: str) -> list[Segment]:
    found = [] if (below := _beyond(values[0], -1)) is None else [Segment(below, f"{label} < {_word(values[0])}")]
    for place, value in enumerate(values):
        found.append(Segment(value, f"{label} = {_word(value)}"))
        after = values[place + 1] if place + 1 < len(values) else None
        sample = _beyond(value, 1) if after is None else _between(value, after)
        if sample is not None:
            words = f"{label} > {_word(value)}" if after is None else f"{_word(value)} < {label} < {_word(after)}"
            found.append(Segment(sample, words))
    return found


def _word(value: Any) -> str:
    return to_text(value) if isinstance(value, Decimal) else f'"{to_text(value)}"'


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
