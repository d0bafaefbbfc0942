"""The tally against the table of `approvals.md`, and against a brute-force reading of "decided as early as it is certain"."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kesu.engine.tallies import FAILED, MODES, PASSED, Answer, Rule, tally

Y, N, OPEN = True, False, None


def _answers(*values, weights=None):
    return [Answer(value, Fraction((weights or [1] * len(values))[i])) for i, value in enumerate(values)]


@pytest.mark.parametrize(("rule", "values", "settled"), [
    (Rule("all"), (Y, Y, OPEN), None),
    (Rule("all"), (Y, Y, Y), PASSED),
    (Rule("all"), (Y, N, OPEN), FAILED),  # the first no decides
    (Rule("all", on_no="collect"), (Y, N, OPEN), None),  # ... unless all are to be heard
    (Rule("all", on_no="collect"), (Y, N, Y), FAILED),
    (Rule("any"), (OPEN, Y, OPEN), PASSED),
    (Rule("any"), (OPEN, N, OPEN), FAILED),
    (Rule("any", on_no="last"), (OPEN, N, OPEN), None),
    (Rule("any", on_no="last"), (N, N, N), FAILED),
    (Rule("percent", Fraction(60)), (Y, Y, Y, OPEN, OPEN), PASSED),  # 3 of 5 is 60 %
    (Rule("percent", Fraction(60)), (N, N, OPEN, OPEN, OPEN), None),  # 3 of 5 can still be reached
    (Rule("percent", Fraction(60)), (N, N, N, OPEN, OPEN), FAILED),
    (Rule("percent", Fraction(66)), (Y, Y, N), PASSED),  # 66.67 % >= 66 %: the last voter's no does not decide
    (Rule("count", Fraction(2)), (Y, OPEN, Y, OPEN), PASSED),
    (Rule("count", Fraction(2)), (N, N, N, OPEN), FAILED),
    (Rule("in_turn"), (Y, OPEN, OPEN), None),
    (Rule("in_turn"), (Y, N, OPEN), FAILED),
])
def test_a_round_is_settled_as_the_table_says(rule, values, settled):
    assert tally(rule, _answers(*values)) == settled


def test_weights_count_by_their_share():
    rule = Rule("weighted", Fraction(50))
    assert tally(rule, _answers(Y, OPEN, OPEN, weights=[50, 30, 20])) == PASSED
    assert tally(rule, _answers(N, OPEN, OPEN, weights=[51, 30, 19])) == FAILED
    assert tally(rule, _answers(N, Y, OPEN, weights=[50, 30, 20])) is None


def test_nobody_asked_settles_nothing():
    assert all(tally(Rule(mode), []) is None for mode in MODES)


def _final(rule, values, weights):
    """How a fully answered round ends, straight from the words of the table."""
    yes = [weight for value, weight in zip(values, weights, strict=True) if value]
    if rule.mode in ("all", "in_turn"):
        return PASSED if len(yes) == len(values) else FAILED
    if rule.mode == "any":
        return PASSED if yes else FAILED
    share = {"percent": Fraction(len(yes), len(values)) * 100, "count": Fraction(len(yes)), "weighted": Fraction(sum(yes), sum(weights)) * 100}
    if share[rule.mode] >= rule.threshold:
        return PASSED
    return FAILED if N in values else None  # too few to ask is no refusal


@given(mode=st.sampled_from([mode for mode in MODES if mode != "any"]), threshold=st.integers(1, 100),
       ballots=st.lists(st.tuples(st.sampled_from([Y, N, OPEN]), st.integers(1, 5)), min_size=1, max_size=6))
def test_a_round_is_settled_as_soon_as_every_way_to_go_on_ends_the_same(mode, threshold, ballots):
    rule = Rule(mode, Fraction(min(threshold, 6) if mode == "count" else threshold))
    values, weights = [value for value, _ in ballots], [weight for _, weight in ballots]
    missing = [i for i, value in enumerate(values) if value is OPEN]
    ends = set()
    for filling in itertools.product([Y, N], repeat=len(missing)):
        full = list(values)
        for i, value in zip(missing, filling, strict=True):
            full[i] = value
        ends.add(_final(rule, full, weights))

    settled = tally(rule, _answers(*values, weights=weights))

    assert settled == (ends.pop() if len(ends) == 1 else None)
