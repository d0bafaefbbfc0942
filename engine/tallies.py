"""Counting a vote: passed, failed, or not yet certain. Decided as early as it is certain, never by "the last voter".

The modes are those of `docs/approvals.md`: all, any, percent, count, weighted, in turn. N is the number of valid ballots at the
moment of counting; weights are the ballots' own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from kesu.engine.errors import Invalid, sentence

PASSED, FAILED = "passed", "failed"
MODES = ("all", "any", "percent", "count", "weighted", "in_turn")
ON_NO = ("first", "collect", "last")
MOST = 1_000_000  # no weight is as heavy


@dataclass(frozen=True)
class Rule:
    """How a round is decided. `threshold` is per cent for percent and weighted, a number of people for count."""

    mode: str = "all"
    threshold: Fraction = Fraction(100)
    on_no: str = "first"


@dataclass(frozen=True)
class Answer:
    """One valid ballot as the tally sees it: yes, no or still open (None)."""

    yes: bool | None
    weight: Fraction = Fraction(1)


def rule(settings: dict[str, Any]) -> Rule:
    """Read the rule from the settings of a `kesu:ballot`."""
    threshold = settings.get("threshold")
    return Rule(settings.get("mode", "all"), Fraction(str(threshold)) if threshold not in (None, "") else Fraction(100),
                settings.get("onNo", "first"))


def tally(rule: Rule, answers: Sequence[Answer]) -> str | None:
    """Return `passed`, `failed`, or None while both are still possible."""
    if rule.mode == "in_turn":  # a no voids the later ballots, so there is nothing to collect
        return _all(Rule(), answers)
    if rule.mode == "all":
        return _all(rule, answers)
    if rule.mode == "any":
        return _any(rule, answers)
    if rule.mode == "count":
        return _reaching(rule.threshold, [Answer(each.yes) for each in answers])
    weighed = [Answer(each.yes) for each in answers] if rule.mode == "percent" else answers
    return _reaching(rule.threshold / 100 * sum((each.weight for each in weighed), Fraction(0)), weighed)


def _all(rule: Rule, answers: Sequence[Answer]) -> str | None:
    refused = any(each.yes is False for each in answers)
    undecided = any(each.yes is None for each in answers)
    if refused and (rule.on_no != "collect" or not undecided):
        return FAILED
    return None if undecided or refused or not answers else PASSED


def _any(rule: Rule, answers: Sequence[Answer]) -> str | None:
    if any(each.yes for each in answers):
        return PASSED
    if any(each.yes is False for each in answers) and rule.on_no == "first":
        return FAILED
    return None if any(each.yes is None for each in answers) or not answers else FAILED


def _reaching(wanted: Fraction, answers: Sequence[Answer]) -> str | None:
    yes = sum((each.weight for each in answers if each.yes), Fraction(0))
    possible = yes + sum((each.weight for each in answers if each.yes is None), Fraction(0))
    if answers and yes >= wanted:
        return PASSED
    refused = any(each.yes is False for each in answers)  # too few to ask is no refusal: nobody has said no
    return FAILED if refused and possible < wanted else None


def can_pass(rule: Rule, weights: Sequence[Any]) -> bool:
    """Say whether a round could pass at all if everybody said yes."""
    return tally(rule, [Answer(True, weight(str(each))) for each in weights]) == PASSED


def check_weight(value: object, who: str) -> None:
    """Raise `Invalid` unless a weight is a number from 0 up."""
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if not is_number or not 0 <= float(str(value)) < MOST:  # not even NaN
        raise Invalid(sentence("Expected a number from 0 to a million as the weight of {who}, but got {weight}."), who=who, weight=str(value)[:50])


@lru_cache
def weight(value: str) -> Fraction:
    """Return a weight as an exact number. Cached: nearly every ballot weighs the same."""
    return Fraction(Decimal(value))
