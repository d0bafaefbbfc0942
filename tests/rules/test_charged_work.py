"""Work is charged before it is done: whatever an expression composes, it ends soon and stays small.

What is asserted is counted: steps and the size of what comes out. The one bound of time is generous.
"""

import sys
import time

import pytest

from kesu.rules import RuleError, evaluate, load_decisions
from kesu.rules.errors import LimitExceeded
from kesu.rules.feel.builtins import BUILTINS
from kesu.rules.feel.compiler import compile_tree
from kesu.rules.feel.parser import parse
from kesu.rules.feel.patterns import compile_pattern
from kesu.rules.feel.scope import Run, Scope
from kesu.rules.limits import STRING_SIZE
from tests.rules.attacks import ATTACKS
from tests.rules.tables import decision, dmn, table

STEPS = 30_000  # a tenth of what an evaluation may take, so that a hundred attacks take seconds
SECONDS = 3.0  # thirty times what so many steps take
BYTES = 30_000_000

BIGGEST = {
    "any": ["s", "l", "v", "c"], "string": ["s", '"a"', '"(a*)*b"', '"PT1H"', '"$0$0$0"'], "list": ["l", "v", "dates", "[s, s, s, s]", "[c, c, c]"],
    "number": ["1e6000", "2.5", "-1"], "point": ["s", "1"], "boolean": ["true"], "context": ["c"], "function": ["f"], "range": ["[1..2]", '["a"..s]'],
    "date": ["day"], "time": ['@"10:00:00@Europe/Paris"'], "date and time": ["moment"], "day": ["day", "moment"], "duration": ['@"P1Y"', '@"PT1H"'],
    "days and time duration": ['@"PT1H"'], "years and months duration": ['@"P1Y"'],
}  # fmt: skip
CONTEXT = {
    "s": "a" * 16_384, "l": list(range(2_000)), "c": {f"k{n}": n for n in range(2_000)}, "v": [[[n] * 10] * 10 for n in range(20)],
}  # fmt: skip
SETTING = (
    '{f: function(a, b) a > b, day: @"2026-03-02", moment: @"2026-03-02T10:00:00@Europe/Paris",'
    ' dates: for i in 1..500 return day + @"P1D" * i, r: for i in 1..99999 return %s}.r'
)


def spent(text, context=None):
    """Return whether an expression was stopped after STEPS, the seconds it took, and its value."""
    scope = Scope(context or {}, None, Run(steps=STEPS))
    closure = compile_tree(parse(text))
    began, stopped, value = time.process_time(), False, None
    try:
        with scope.run:
            value = closure(scope)
    except LimitExceeded:
        stopped = True
    return stopped, time.process_time() - began, value


def size(value, seen):
    if id(value) in seen:
        return 0
    seen.add(id(value))
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sys.getsizeof(value) + sum(size(one, seen) for one in inside)


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_what_is_composed_at_the_limits_ends_soon_and_stays_small(text):
    _, seconds, value = spent(text)
    assert seconds < SECONDS
    assert size(value, set()) < BYTES


def calls():
    for name, builtin in sorted(BUILTINS.items()):
        if name == "assert":  # ends the evaluation itself
            continue
        for signature in builtin.signatures:
            most = max([1, *(len(BIGGEST[one.kind]) for one in signature.parameters)])
            for turn in range(most):
                chosen = [BIGGEST[one.kind][turn % len(BIGGEST[one.kind])] for one in signature.parameters]
                yield f"{name}({', '.join(chosen)})"


@pytest.mark.parametrize("call", sorted(set(calls())))
def test_every_function_charges_for_its_largest_arguments(call):
    feel = {**CONTEXT, "l": evaluate("l", CONTEXT), "c": evaluate("c", CONTEXT), "v": evaluate("v", CONTEXT)}
    stopped, seconds, value = spent(SETTING % call, feel)
    assert seconds < SECONDS
    assert size(value, set()) < BYTES
    assert stopped, "99,999 calls are more than may be made"


@pytest.mark.parametrize(
    "text",
    [
        '{l: for i in 1..1000 return "complaint " + string(i), r: count(for w in l return upper case(w))}.r',
        "sum(for a in 1..200 return sum(for b in 1..200 return a * b))",
        "count((for i in 1..20000 return i)[item > 100])",
        "count(sort(for i in 1..20000 return modulo(i * 7919, 9973)))",
        "count(distinct values(for i in 1..20000 return modulo(i, 100)))",
        "count(duplicate values(for i in 1..20000 return modulo(i, 100)))",
        "some i in 1..500 satisfies i in (for j in 1..100 return -j)",
    ],
)
def test_what_an_honest_rule_does_is_far_below_the_limit(text):
    assert evaluate(text, {}) is not None


def test_a_hundred_keywords_are_looked_for_in_a_long_mail():
    mail = "The display of our controller flickers since the last update. " * 160
    rows = [f'contains(?, "word{n}") or matches(?, "broken[0-9]+ no{n}") => {n}' for n in range(100)]
    xml = dmn(decision("D", table([*rows, "- => 0"], policy="FIRST", types={"mail": "string"})))
    assert load_decisions(xml).evaluate("D", {"mail": mail}).value == 0


def test_a_replacement_is_measured_before_it_is_written():
    with pytest.raises(RuleError, match=f"more than {STRING_SIZE}"):
        evaluate('replace(s, "a", t)', {"s": "a" * 16_384, "t": "b" * 16_384})
    assert evaluate('replace(s, "a", "$0b")', {"s": "a" * 50}) == "ab" * 50


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("b|c", "aac", (2, 3)), ("(b|c)+$", "abxbc", (3, 5)), ("^b", "ab", None), ("[b-d]x", "abcx", (2, 4)), ("a?b", "xab", (1, 3)),
        ("[\\^\\]\\-\\\\]x", "a]x", (1, 3)), ("x*", "abc", (0, 0)), ("(a|())b", "cb", (1, 2)), ("\\.", "a.b", (1, 2)), ("(?:a|b){2}", "xbab", (1, 3)),
    ],
)  # fmt: skip
def test_only_the_places_where_a_match_may_start_are_tried(pattern, text, found):
    match = compile_pattern(pattern, "").search(text, 0)
    assert (match and match[:2]) == found
