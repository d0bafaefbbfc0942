"""What is wrong with a decision table as a whole: rules that overlap, leave gaps or can never match, values not allowed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from kesu.rules.dmn.coverage import Places, Segment, bits, places, segments_of, written_bits
from kesu.rules.dmn.hit_policies import POLICIES
from kesu.rules.dmn.model import DecisionTable, OutputClause, Rule, Text
from kesu.rules.dmn.tables import CellCompiler
from kesu.rules.errors import Problem
from kesu.rules.feel import tree
from kesu.rules.feel.builtins import BUILTINS, IMPURE
from kesu.rules.feel.free_names import all_names
from kesu.rules.feel.scope import Run, Scope
from kesu.rules.feel.unary import CellTest
from kesu.rules.limits import CHECKED_PAIRS

_LISTED = 20  # overlaps or gaps told of in one table
_RANKED = ("PRIORITY", "OUTPUT ORDER")


@dataclass(frozen=True, slots=True)
class _Column:
    label: str
    segments: list[Segment]
    allowed: int  # the segments that may come at all


@dataclass(frozen=True, slots=True)
class _Row:
    rule: Rule
    masks: tuple[int | None, ...]  # None where a cell reads variables, so that nothing can be said


def check_table(table: DecisionTable, compiler: CellCompiler) -> Iterator[Problem]:
    """Yield the problems of a table."""
    yield from _shape(table, compiler.owner)
    for clause in table.outputs:
        yield from _outputs(table, clause, compiler)
    columns, rows = _layout(table, compiler)
    impossible = [row for row in rows if any(mask == 0 for mask in row.masks)]
    for row in impossible:
        yield from _impossible(table, row, columns)
    possible = [row for row in rows if 0 not in row.masks]
    if table.hit_policy in ("UNIQUE", "ANY"):
        yield from _overlaps(table, possible, columns)
    if table.hit_policy == "FIRST":
        yield from _hidden(possible)
    if table.hit_policy in ("UNIQUE", "ANY", "FIRST", "PRIORITY") and not any(clause.default for clause in table.outputs):
        yield from _gaps(table, rows, columns)


def _shape(table: DecisionTable, owner: str) -> Iterator[Problem]:
    element = table.id or owner
    if not table.rules:
        yield Problem("the table has no rules, so it says nothing", "table", element, severity="warning")
    if not table.outputs:
        yield Problem("the table has no output", "table", element)
    if len(table.outputs) > 1 and table.aggregation:
        yield Problem(f"{table.aggregation} of several outputs has no meaning", "hit_policy", element)
    if table.aggregation and table.hit_policy != "COLLECT" and (table.hit_policy, None) in POLICIES:
        yield Problem(f"{table.aggregation} goes with COLLECT only", "hit_policy", element)
    if table.hit_policy in _RANKED and not any(clause.allowed for clause in table.outputs):
        yield Problem(f"{table.hit_policy} needs the output values, most important first", "hit_policy", element)
    for clause in table.inputs:
        if not clause.expression.text:
            yield Problem(f"the input {clause.label!r} has no expression", "input", clause.id)
    if len(table.outputs) > 1:
        yield from (Problem("one of several outputs has no name", "table", one.id) for one in table.outputs if not one.name)


def _outputs(table: DecisionTable, clause: OutputClause, compiler: CellCompiler) -> Iterator[Problem]:
    """Yield output cells that hold a constant of another type, or one that is not allowed."""
    place = table.outputs.index(clause)
    fits = compiler.type_test(clause.type_ref, clause.id)
    allowed = compiler.cell(clause.allowed)[1] if clause.allowed is not None else None
    for rule in table.rules:
        text = rule.outputs[place]
        node = compiler.tree(text)
        if not isinstance(node, tree.Literal) or node.value is None:
            continue
        if fits is not None and not fits(node.value):
            yield Problem(f"{text.text} is not of type {clause.type_ref}", "type", text.id or rule.id)
        elif allowed is not None and clause.allowed and allowed(node.value, Scope({}, None, Run())) is False:
            yield Problem(f"{text.text} is none of the output values {clause.allowed.text}", "allowed_values", text.id or rule.id)


def _layout(table: DecisionTable, compiler: CellCompiler) -> tuple[list[_Column | None], list[_Row]]:
    columns: list[_Column | None] = []
    masks: list[list[int | None]] = [[] for _ in table.rules]
    for place, clause in enumerate(table.inputs):
        texts = [rule.inputs[place] for rule in table.rules]
        cells = [compiler.cell(text) for text in [*texts, *([clause.allowed] if clause.allowed else [])]]
        constant = [_is_constant(node) for node, _ in cells]
        segments = segments_of(
            (node for (node, _), sure in zip(cells, constant, strict=True) if sure), clause.expression.type_ref, clause.label
        )
        every = (1 << len(segments or ())) - 1
        index = places(segments or ())
        listed = bits(cells[-1][1], segments) if clause.allowed and segments and constant[-1] else every
        allowed = every if listed is None else listed
        columns.append(_Column(clause.label, segments, allowed) if segments else None)
        for row, (node, test), sure in zip(masks, cells, constant, strict=False):
            row.append(_mask(node, test, segments, allowed, index) if sure else None)
    return columns, [_Row(rule, tuple(mask)) for rule, mask in zip(table.rules, masks, strict=True)]


def _mask(
    node: tree.UnaryTests,
    test: CellTest,
    segments: list[Segment] | None,
    allowed: int,
    index: Places,
) -> int | None:
    if segments is None:
        return None
    if not node.tests:
        return allowed
    found = written_bits(node, index)
    if found is None:
        found = bits(test, segments)
    return None if found is None else found & allowed


def _is_constant(node: tree.UnaryTests) -> bool:
    return all_names(node) <= BUILTINS.keys() - IMPURE


def _impossible(table: DecisionTable, row: _Row, columns: list[_Column | None]) -> Iterator[Problem]:
    place = row.masks.index(0)
    text: Text = row.rule.inputs[place]
    column = columns[place]
    label = column.label if column else table.inputs[place].label
    message = f"rule {row.rule.number} can never match: no {label} is {text.text}"
    allowed = table.inputs[place].allowed
    message += f" and one of {allowed.text}" if allowed is not None else ""
    yield Problem(message, "unreachable", text.id or row.rule.id)


def _overlaps(table: DecisionTable, rows: list[_Row], columns: list[_Column | None]) -> Iterator[Problem]:
    told = 0
    for count, (one, other) in enumerate(combinations(rows, 2)):
        if count >= CHECKED_PAIRS or told >= _LISTED:
            message = "the table is too large, or too wrong, for all overlaps to be listed"
            yield Problem(message, "overlap", table.id, severity="warning")
            return
        shared = _shared(one, other)
        if shared is None or (table.hit_policy == "ANY" and _same_outputs(one.rule, other.rule)):
            continue
        told += 1
        where = _words(shared, columns) or "always"
        both = f"rules {one.rule.number} and {other.rule.number} both match"
        message = f"{both}, for example when {where}; the table is {table.hit_policy}"
        yield Problem(message, "overlap", other.rule.id)


def _shared(one: _Row, other: _Row) -> list[int] | None:
    shared = []
    for left, right in zip(one.masks, other.masks, strict=True):
        if left is None or right is None:
            return None
        if not left & right:
            return None
        shared.append(left & right)
    return shared


def _same_outputs(one: Rule, other: Rule) -> bool:
    return [text.text for text in one.outputs] == [text.text for text in other.outputs]


def _hidden(rows: list[_Row]) -> Iterator[Problem]:
    for place, row in enumerate(rows):
        above = next((one for one in rows[:place] if _covers(one, row)), None)
        if above is not None:
            message = f"rule {row.rule.number} can never match: rule {above.rule.number} above it takes all it would"
            yield Problem(message, "unreachable", row.rule.id)


def _covers(above: _Row, row: _Row) -> bool:
    pairs = zip(above.masks, row.masks, above.rule.inputs, strict=True)
    return all(
        text.text in ("-", "") or (left is not None and right is not None and right & ~left == 0) for left, right, text in pairs
    )


def _gaps(table: DecisionTable, rows: list[_Row], columns: list[_Column | None]) -> Iterator[Problem]:
    if any(column is None for column in columns) or not rows:
        return
    sure = [column for column in columns if column is not None]
    budget = [CHECKED_PAIRS]
    for told, gap in enumerate(_uncovered(rows, sure, 0, [], budget)):
        if told >= _LISTED:
            return
        message = f"no rule matches when {_words(gap, columns) or 'anything'}"
        yield Problem(message, "gap", table.id, severity="warning")


def _uncovered(rows: list[_Row], columns: list[_Column], place: int, so_far: list[int], budget: list[int]) -> Iterator[list[int]]:
    """Yield sets of segments, one a column, that no row covers; rows that cannot be judged count as covering."""
    budget[0] -= len(rows) + 1
    if budget[0] < 0:
        return
    if place == len(columns):
        if not rows:
            yield so_far
        return
    column = columns[place]
    if not rows:
        yield [*so_far, *(one.allowed for one in columns[place:])]
        return
    for group, matching in _alike(rows, column, place).values():
        yield from _uncovered(matching, columns, place + 1, [*so_far, group], budget)


def _alike(rows: list[_Row], column: _Column, place: int) -> dict[tuple[int, ...], tuple[int, list[_Row]]]:
    """Group the segments of a column by the rows that match there."""
    groups: dict[tuple[int, ...], tuple[int, list[_Row]]] = {}
    for number in range(len(column.segments)):
        bit = 1 << number
        if not column.allowed & bit:
            continue
        matching = [row for row in rows if row.masks[place] is None or (row.masks[place] or 0) & bit]
        key = tuple(row.rule.number for row in matching)
        groups[key] = (groups[key][0] | bit if key in groups else bit, matching)
    return groups


def _words(masks: list[int], columns: list[_Column | None]) -> str:
    parts = []
    for mask, column in zip(masks, columns, strict=True):
        if column is None or mask == column.allowed:
            continue
        parts.append(next(segment.words for place, segment in enumerate(column.segments) if mask >> place & 1))
    return " and ".join(parts)
