"""What becomes of several rules that match: one function a hit policy and one an aggregation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kesu.rules.errors import Problem, RuleError
from kesu.rules.feel.builtins.statistics import maximum, minimum, total
from kesu.rules.feel.comparison import equal


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched and what it says, output by output."""

    rule_id: str
    number: int
    outputs: tuple[Any, ...]


Priorities = Sequence[Sequence[Any]]  # for every output, its values from the most important down
Shape = Callable[[Hit], Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The value of a table and the hits it comes from."""

    value: Any
    hits: tuple[Hit, ...]


def unique(hits: list[Hit], shape: Shape, priorities: Priorities, table: str | None) -> Outcome:
    """At most one rule may match."""
    if len(hits) > 1:
        raise _violation("UNIQUE", hits, table, "but only one may")
    return first(hits, shape, priorities, table)


def first(hits: list[Hit], shape: Shape, priorities: Priorities, table: str | None) -> Outcome:
    """The first that matches counts."""
    return Outcome(shape(hits[0]), (hits[0],))


def any_agreeing(hits: list[Hit], shape: Shape, priorities: Priorities, table: str | None) -> Outcome:
    """Several may match if they say the same."""
    if any(not _agree(hits[0], hit) for hit in hits[1:]):
        raise _violation("ANY", hits, table, "and do not say the same")
    return Outcome(shape(hits[0]), tuple(hits))


def priority(hits: list[Hit], shape: Shape, priorities: Priorities, table: str | None) -> Outcome:
    """The one with the most important output counts."""
    return first(_ordered(hits, priorities), shape, priorities, table)


def rule_order(hits: list[Hit], shape: Shape, priorities: Priorities, table: str | None) -> Outcome:
    """All that match count, in the order of the table."""
    return Outcome([shape(hit) for hit in hits], tuple(hits))


def output_order(hits: list[Hit], shape: Shape, priorities: Priorities, table: str | None) -> Outcome:
    """All that match count, the most important output first."""
    return rule_order(_ordered(hits, priorities), shape, priorities, table)


def _aggregating(reduce: Callable[[list[Any]], Any]) -> Callable[[list[Hit], Shape, Priorities, str | None], Outcome]:
    def aggregate(hits: list[Hit], shape: Shape, priorities: Priorities, table: str | None) -> Outcome:
        if len(hits[0].outputs) == 1:
            return Outcome(reduce([hit.outputs[0] for hit in hits]), tuple(hits))
        columns = list(zip(*(hit.outputs for hit in hits), strict=True))
        reduced = Hit("", 0, tuple(reduce(list(column)) for column in columns))
        return Outcome(shape(reduced), tuple(hits))

    return aggregate


def _count(values: list[Any]) -> Decimal:
    return Decimal(len(values))


POLICIES: dict[tuple[str, str | None], Callable[[list[Hit], Shape, Priorities, str | None], Outcome]] = {
    ("UNIQUE", None): unique,
    ("FIRST", None): first,
    ("ANY", None): any_agreeing,
    ("PRIORITY", None): priority,
    ("RULE ORDER", None): rule_order,
    ("OUTPUT ORDER", None): output_order,
    ("COLLECT", None): rule_order,
    ("COLLECT", "LIST"): rule_order,
    ("COLLECT", "SUM"): _aggregating(total),
    ("COLLECT", "MIN"): _aggregating(minimum),
    ("COLLECT", "MAX"): _aggregating(maximum),
    ("COLLECT", "COUNT"): _aggregating(_count),
}


def _agree(one: Hit, other: Hit) -> bool:
    return all(equal(left, right) is True for left, right in zip(one.outputs, other.outputs, strict=True))


def _ordered(hits: list[Hit], priorities: Priorities) -> list[Hit]:
    return sorted(hits, key=lambda hit: [_rank(value, values) for value, values in zip(hit.outputs, priorities, strict=True)])


def _rank(value: Any, values: Sequence[Any]) -> int:
    return next((place for place, one in enumerate(values) if equal(one, value) is True), len(values))


def _violation(policy: str, hits: list[Hit], table: str | None, reason: str) -> RuleError:
    rules = ", ".join(f"{hit.number} ({hit.rule_id})" for hit in hits)
    message = f"the rules {rules} of the {policy} table all match, {reason}"
    return RuleError(message, [Problem(message, "hit_policy", table)])
