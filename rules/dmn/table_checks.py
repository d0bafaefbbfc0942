"""What is wrong with a decision table as a whole: rules that overlap, leave gaps or can never match, values not allowed."""

from collections.abc import Iterator, Sequence

from kesu.rules.dmn.hit_policies import POLICIES
from kesu.rules.dmn.layouts import lay_out
from kesu.rules.dmn.model import DecisionTable, OutputClause, Rule
from kesu.rules.dmn.row_checks import Gaps, Part, hidden, overlaps, shared
from kesu.rules.dmn.row_sets import Column, each, numbers
from kesu.rules.dmn.tables import CellCompiler
from kesu.rules.errors import Problem
from kesu.rules.feel import tree
from kesu.rules.feel.scope import Run, Scope

_LISTED = 20  # overlaps or gaps told of in one table
_RANKED = ("PRIORITY", "OUTPUT ORDER")


Columns = Sequence[Column | None]


def check_table(table: DecisionTable, compiler: CellCompiler) -> Iterator[Problem]:
    """Yield the problems of a table."""
    yield from _shape(table, compiler.owner)
    for clause in table.outputs:
        yield from _outputs(table, clause, compiler)
    layout = lay_out(table, compiler)
    columns = layout.columns
    if layout.cut:
        message = "the table is too large for all of its cells to be compared: overlaps and gaps may be more than are told"
        yield Problem(message, "table", table.id, severity="warning")
    impossible = _impossible_rows(columns)
    for row, place in impossible.items():
        yield _impossible(table, table.rules[row], place)
    possible = numbers(row for row in range(len(table.rules)) if row not in impossible)
    if table.hit_policy in ("UNIQUE", "ANY"):
        yield from _overlaps(table, possible, columns)
    if table.hit_policy == "FIRST":
        yield from _hidden(table, possible, columns)
    if table.hit_policy in ("UNIQUE", "ANY", "FIRST", "PRIORITY") and not any(clause.default for clause in table.outputs):
        yield from _gaps(table, columns)


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


def _impossible_rows(columns: Columns) -> dict[int, int]:
    """Return the rows that can never match, each with the first column that says so."""
    found: dict[int, int] = {}
    for place, column in enumerate(columns):
        for row, spans in enumerate(column.spans if column is not None else ()):
            if spans == []:
                found.setdefault(row, place)
    return dict(sorted(found.items()))


def _impossible(table: DecisionTable, rule: Rule, place: int) -> Problem:
    clause, text = table.inputs[place], rule.inputs[place]
    message = f"rule {rule.number} can never match: no {clause.label} is {text.text}"
    message += f" and one of {clause.allowed.text}" if clause.allowed is not None else ""
    return Problem(message, "unreachable", text.id or rule.id)


def _overlaps(table: DecisionTable, possible: int, columns: Columns) -> Iterator[Problem]:
    told, alike = 0, _rows_alike(table)
    for row, others in enumerate(overlaps(columns, possible, len(table.rules))):
        one = table.rules[row]
        for place in each(others & ~alike[_said(one)] if table.hit_policy == "ANY" else others):
            if told >= _LISTED:
                yield _too_many("overlaps", table)
                return
            told += 1
            other = table.rules[place]
            where = _words(shared(columns, row, place), columns) or "always"
            both = f"rules {one.number} and {other.number} both match"
            message = f"{both}, for example when {where}; the table is {table.hit_policy}"
            yield Problem(message, "overlap", other.id)


def _rows_alike(table: DecisionTable) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    for row, rule in enumerate(table.rules):
        found[_said(rule)] = found.get(_said(rule), 0) | 1 << row
    return found


def _said(rule: Rule) -> tuple[str, ...]:
    return tuple(text.text for text in rule.outputs)


def _hidden(table: DecisionTable, possible: int, columns: Columns) -> Iterator[Problem]:
    rules = table.rules
    dashes = [
        numbers(row for row, rule in enumerate(rules) if rule.inputs[place].text in ("-", ""))
        for place in range(len(columns))
    ]
    for row, above in hidden(columns, dashes, possible, len(rules)):
        message = f"rule {rules[row].number} can never match: rule {rules[above].number} above it takes all it would"
        yield Problem(message, "unreachable", rules[row].id)


def _gaps(table: DecisionTable, columns: Columns) -> Iterator[Problem]:
    sure = [column for column in columns if column is not None]
    if len(sure) < len(columns) or not table.rules:
        return
    gaps = Gaps(sure)
    for told, gap in enumerate(gaps.parts((1 << len(table.rules)) - 1)):
        if told >= _LISTED:
            yield _too_many("gaps", table)
            return
        message = f"no rule matches when {_words(gap, columns) or 'anything'}"
        yield Problem(message, "gap", table.id, severity="warning")
    if gaps.left < 0:
        yield _too_many("gaps", table)


def _too_many(what: str, table: DecisionTable) -> Problem:
    message = {
        "overlaps": "the table is too large, or too wrong, for all overlaps to be listed",
        "gaps": "the table is too large, or too wrong, for all gaps to be listed",
    }[what]
    return Problem(message, what.removesuffix("s"), table.id, severity="warning")


def _words(parts: Sequence[Part], columns: Columns) -> str:
    sure = [column for column in columns if column is not None]
    return " and ".join(column.segments[first].words for (first, full), column in zip(parts, sure, strict=True) if not full)
