"""Built-in functions that compare points and ranges on a line (Allen's relations), and `range` which reads one."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from kesu.rules.errors import RuleError
from kesu.rules.feel import temporal
from kesu.rules.feel.builtins.registry import builtin
from kesu.rules.feel.comparison import equal, order
from kesu.rules.feel.lexer import Token, tokenize, unquote
from kesu.rules.feel.ranges import contains
from kesu.rules.feel.values import Range
from kesu.rules.limits import charge

_CONSTRUCTORS: dict[str, Callable[[str], Any]] = {
    "@": temporal.parse_any,
    "date": temporal.parse_date,
    "time": temporal.parse_time,
    "date and time": temporal.parse_datetime,
    "duration": temporal.parse_duration,
}
_RANGE = re.compile(r"\s*([\[\](])(.*)([\])\[])\s*", re.DOTALL)

Edge = tuple[Any, bool]
Relation = Callable[[Any, Any], bool | None]


def _relation(name: str, first: str, second: str) -> Callable[[Relation], Relation]:
    return builtin(f"{name}({first}: {first.rstrip('12')}, {second}: {second.rstrip('12')})", "boolean")


def _before(left: Edge, right: Edge) -> bool | None:
    """Whether the end `left` lies wholly before the start `right`."""
    placed = order(left[0], right[0])
    return None if placed is None else placed < 0 or (placed == 0 and not (left[1] and right[1]))


def _start(value: Any) -> Edge:
    return (value.start, value.start_included) if isinstance(value, Range) else (value, True)


def _end(value: Any) -> Edge:
    return (value.end, value.end_included) if isinstance(value, Range) else (value, True)


def _precedes(left: Any, right: Any) -> bool | None:
    return _before(_end(left), _start(right))


@_relation("before", "point1", "point2")
@_relation("before", "point", "range")
@_relation("before", "range", "point")
@_relation("before", "range1", "range2")
def before(left: Any, right: Any) -> bool | None:
    """Whether the first lies wholly before the second."""
    return _precedes(left, right)


@_relation("after", "point1", "point2")
@_relation("after", "point", "range")
@_relation("after", "range", "point")
@_relation("after", "range1", "range2")
def after(left: Any, right: Any) -> bool | None:
    """Whether the first lies wholly after the second."""
    return _precedes(right, left)


@_relation("meets", "range1", "range2")
def meets(left: Range, right: Range) -> bool | None:
    """Whether the first ends exactly where the second starts."""
    return _and(left.end_included and right.start_included, equal(left.end, right.start))


@_relation("met by", "range1", "range2")
def met_by(left: Range, right: Range) -> bool | None:
    """Whether the first starts exactly where the second ends."""
    return meets(right, left)


@_relation("overlaps", "range1", "range2")
def overlaps(left: Range, right: Range) -> bool | None:
    """Whether they share a point."""
    first, second = _precedes(left, right), _precedes(right, left)
    return None if first is None or second is None else not first and not second


@_relation("overlaps before", "range1", "range2")
def overlaps_before(left: Range, right: Range) -> bool | None:
    """Whether the first starts before the second and ends inside it."""
    return _and(_starts_before(left, right), _starts_inside(left, right), _ends_first(left, right))


@_relation("overlaps after", "range1", "range2")
def overlaps_after(left: Range, right: Range) -> bool | None:
    """Whether the first starts inside the second and ends after it."""
    return _and(_starts_inside(right, left), _starts_later(left, right), _ends_later(left, right))


@_relation("finishes", "point", "range")
def point_finishes(point: Any, span: Range) -> bool | None:
    """Whether the point is the end of the range."""
    return _and(span.end_included, equal(point, span.end))


@_relation("finishes", "range1", "range2")
def finishes(left: Range, right: Range) -> bool | None:
    """Whether both end together and the first starts inside the second."""
    return _and(_same(_end(left), _end(right)), _not_before(_start(left), _start(right)))


@_relation("finished by", "range", "point")
def finished_by_point(span: Range, point: Any) -> bool | None:
    """Whether the point is the end of the range."""
    return _and(span.end_included, equal(point, span.end))


@_relation("finished by", "range1", "range2")
def finished_by(left: Range, right: Range) -> bool | None:
    """Whether both end together and the second starts inside the first."""
    return finishes(right, left)


@_relation("includes", "range", "point")
def includes_point(span: Range, point: Any) -> bool | None:
    """Whether the point lies in the range."""
    return contains(span, point)


@_relation("includes", "range1", "range2")
def includes(left: Range, right: Range) -> bool | None:
    """Whether the second lies wholly in the first."""
    return _and(_not_before(_start(right), _start(left)), _not_after(_end(right), _end(left)))


@_relation("during", "point", "range")
def during_range(point: Any, span: Range) -> bool | None:
    """Whether the point lies in the range."""
    return contains(span, point)


@_relation("during", "range1", "range2")
def during(left: Range, right: Range) -> bool | None:
    """Whether the first lies wholly in the second."""
    return includes(right, left)


@_relation("starts", "point", "range")
def point_starts(point: Any, span: Range) -> bool | None:
    """Whether the point is the start of the range."""
    return _and(span.start_included, equal(point, span.start))


@_relation("starts", "range1", "range2")
def starts(left: Range, right: Range) -> bool | None:
    """Whether both start together and the first ends inside the second."""
    return _and(_same(_start(left), _start(right)), _not_after(_end(left), _end(right)))


@_relation("started by", "range", "point")
def started_by_point(span: Range, point: Any) -> bool | None:
    """Whether the point is the start of the range."""
    return _and(span.start_included, equal(point, span.start))


@_relation("started by", "range1", "range2")
def started_by(left: Range, right: Range) -> bool | None:
    """Whether both start together and the second ends inside the first."""
    return starts(right, left)


@_relation("coincides", "point1", "point2")
@_relation("coincides", "range1", "range2")
def coincides(left: Any, right: Any) -> bool | None:
    """Whether they are the same."""
    if isinstance(left, Range):
        return _and(_same(_start(left), _start(right)), _same(_end(left), _end(right)))
    return equal(left, right)


@builtin("range(from: string)", "range")
def range_from(text: str) -> Range | None:
    """The range a text says, with literal endpoints."""
    charge(len(text))
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    try:
        return _range(match[1] == "[", _endpoints(match[2]), match[3] == "]")
    except RuleError:
        return None


def _range(start_included: bool, endpoints: list[Any] | None, end_included: bool) -> Range | None:
    if endpoints is None or len(endpoints) != 2:
        return None
    placed = order(*endpoints)
    if placed is None or placed > 0 or type(endpoints[0]) is not type(endpoints[1]):
        return None
    return Range(endpoints[0], endpoints[1], start_included, end_included)


def _endpoints(text: str) -> list[Any] | None:
    tokens = tokenize(text)[:-1]
    middle = [index for index, token in enumerate(tokens) if token.text == ".."]
    if len(middle) != 1:
        return None
    return [_literal(tokens[: middle[0]], text), _literal(tokens[middle[0] + 1 :], text)]


def _literal(tokens: list[Token], text: str) -> Any:
    kinds = [token.kind for token in tokens]
    texts = [token.text for token in tokens]
    if kinds == ["number"] or (kinds == ["symbol", "number"] and texts[0] == "-"):
        return Decimal("".join(texts))
    if kinds == ["string"]:
        return unquote(tokens[0], text)
    if kinds == ["symbol", "string"] and texts[0] == "@":
        return temporal.parse_any(unquote(tokens[1], text))
    if kinds[-3:] == ["symbol", "string", "symbol"] and texts[-3::2] == ["(", ")"]:
        construct = _CONSTRUCTORS.get(" ".join(texts[:-3]))
        return construct(unquote(tokens[-2], text)) if construct else None
    return None


def _and(*verdicts: bool | None) -> bool | None:
    if any(verdict is None for verdict in verdicts):
        return None
    return all(verdicts)


def _same(left: Edge, right: Edge) -> bool | None:
    same = equal(left[0], right[0])
    return None if same is None else same and left[1] == right[1]


def _not_before(left: Edge, right: Edge) -> bool | None:
    """Whether the start `left` is no earlier than the start `right`."""
    placed = order(left[0], right[0])
    return None if placed is None else placed > 0 or (placed == 0 and (right[1] or not left[1]))


def _not_after(left: Edge, right: Edge) -> bool | None:
    """Whether the end `left` is no later than the end `right`."""
    placed = order(left[0], right[0])
    return None if placed is None else placed < 0 or (placed == 0 and (right[1] or not left[1]))


def _starts_before(left: Range, right: Range) -> bool | None:
    within = _not_before(_start(left), _start(right))
    return None if within is None else not within


def _starts_later(left: Range, right: Range) -> bool | None:
    """Whether the first starts after the second does."""
    within = _not_before(_start(right), _start(left))
    return None if within is None else not within


def _starts_inside(left: Range, right: Range) -> bool | None:
    """Whether the second starts before the first has ended."""
    apart = _precedes(left, right)
    return None if apart is None else not apart


def _ends_first(left: Range, right: Range) -> bool | None:
    return _not_after(_end(left), _end(right))


def _ends_later(left: Range, right: Range) -> bool | None:
    return _not_after(_end(right), _end(left))
