"""Whatever is thrown at the room, only RuleError comes out, and no limit is passed."""

import json
import string
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kesu.rules import RuleError, check, evaluate, load_decisions, names, to_json, unary_test
from kesu.rules.feel.builtins import BUILTINS
from kesu.rules.feel.patterns import compile_pattern
from kesu.rules.feel.text import to_text
from tests.rules.tables import decision, dmn, table

NOW = datetime(2026, 3, 2, tzinfo=UTC)
PIECES = [
    *"( ) [ ] { } + - * / ** < <= = != > >= .. . , : @ ?".split(),
    *"and or not if then else for in return some every satisfies between instance of function external item partial".split(),
    "true", "false", "null", "1", "0", "2.5", "9999999999", "1e6144", '"a"', '"\\u00e9"', '"2026-03-02"', '@"2026-03-02"', '@"PT1H"',
    '@"P1Y"', '@"10:00:00@Europe/Paris"', "amount", "list", "context", "a b", "string", "number", "date and time", "list<number>",
    "// note\n", "/* note */", *sorted(f"{name}(" for name in BUILTINS),
]  # fmt: skip
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(max_size=8)
    | st.dates() | st.times() | st.datetimes() | st.timedeltas()
)  # fmt: skip
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=8)
pieces = st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join)
contexts = st.fixed_dictionaries({"amount": scalars, "list": st.lists(values, max_size=3), "context": values, "a b": scalars})


@given(pieces | st.text(max_size=30), contexts)
@settings(max_examples=200, deadline=None)
@example("(" * 1000, {})
@example("1" + "+1" * 3000, {})
@example("-" * 500 + "1", {})
@example("if true then " * 300, {})
@example("not(" * 40 + "true" + ")" * 40, {})
@example("a.b" * 2000, {})
@example("x in (" * 50, {})
@example("[" * 55 + "]" * 55, {})
def test_no_expression_raises_anything_else(text, context):
    for ask in (
        lambda: evaluate(text, context, now=NOW),
        lambda: unary_test(text, 5, context, now=NOW),
        lambda: names(text),
        lambda: check(text, dict.fromkeys(context, "number")),
        lambda: check(text, unary=True),
    ):
        _only_rule_error(ask)


@given(st.sampled_from(sorted(BUILTINS)), st.lists(values, max_size=4))
@settings(max_examples=300, deadline=None)
def test_no_builtin_raises_anything_else(name, arguments):
    context = {f"v{place}": value for place, value in enumerate(arguments)}
    _only_rule_error(lambda: json.dumps(to_json(evaluate(f"{name}({', '.join(context)})", context, now=NOW))))


@given(st.sampled_from("+ - * / ** = < >= in".split()), values, values)
@settings(max_examples=300, deadline=None)
def test_no_operator_raises_anything_else(operator, left, right):
    _only_rule_error(lambda: evaluate(f"left {operator} right", {"left": left, "right": right}))


@given(st.text(max_size=60) | st.binary(max_size=60))
@settings(max_examples=100, deadline=None)
def test_no_file_raises_anything_else(xml):
    _only_rule_error(lambda: load_decisions(xml).check())


@given(pieces, pieces, st.sampled_from(["UNIQUE", "FIRST", "PRIORITY", "COLLECT"]), values)
@settings(max_examples=150, deadline=None)
def test_no_table_raises_anything_else(cell, output, policy, value):
    xml = dmn(decision("D", table([f"{cell.replace('|', '')} => {output}", "- => 1"], policy=policy, types={"amount": "number"})))
    _only_rule_error(lambda: load_decisions(xml).check())
    _only_rule_error(lambda: load_decisions(xml).evaluate("D", {"amount": value}, now=NOW))


@given(st.text("ab()[]{}*+?|^$\\.-,123dpL", max_size=14), st.text("ab12-", max_size=30), st.sampled_from(["", "i", "x", "sm", "q"]))
@settings(max_examples=400, deadline=None)
def test_no_pattern_raises_anything_else(pattern, text, flags):
    def match():
        compiled = compile_pattern(pattern, flags)
        return compiled and (compiled.search(text, 0), compiled.replace(text, "[$0]"), compiled.split(text))

    _only_rule_error(match)


@given(st.integers(-(10**33), 10**33), st.integers(-(10**33), 10**33))
@settings(deadline=None)
def test_whole_numbers_add_up_exactly(one, other):
    assert evaluate("a + b", {"a": one, "b": other}) == Decimal(one + other)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
@settings(deadline=None)
def test_a_number_survives_its_text(number):
    assert evaluate("number(string(n))", {"n": number}) == number


@given(st.dates() | st.datetimes() | st.times() | st.timedeltas())
@settings(deadline=None)
def test_a_moment_survives_its_text(moment):
    kind = {"date": "date", "datetime": "date and time", "time": "time", "timedelta": "duration"}[type(moment).__name__]
    assert evaluate(f"{kind}(string(m))", {"m": moment}) == moment


@given(st.dates(), st.timedeltas())
@settings(deadline=None)
def test_adding_a_duration_and_taking_it_away_comes_back(day, duration):
    assert evaluate("(m + d) - d", {"m": datetime(day.year, day.month, day.day), "d": duration}) == datetime(day.year, day.month, day.day)


@given(st.text(string.printable, max_size=20))
@settings(deadline=None)
def test_a_string_survives_as_a_literal(text):
    assert evaluate(to_text([text])[1:-1], {}) == text


@pytest.mark.parametrize(
    "text",
    [
        "for a in 1..2000, b in 1..2000 return a",
        "{f: function(n) f(n), r: f(1)}.r",
        "{f: function(x, n) if n = 0 then x else f([x, x], n - 1), r: f([1], 30)}.r",
        "string({f: function(x, n) if n = 0 then x else f([x, x], n - 1), r: f([1], 30)}.r)",
        "{f: function(x, n) if n = 0 then x else f([x, x], n - 1), r: f([1], 25) = f([1], 25)}.r",
        "{f: function(x, n) if n = 0 then x else f([x, x], n - 1), r: count(flatten(f([1], 25)))}.r",
        '{big: string join(for i in 1..1000 return "aaaaaaaaab"), r: for i in 1..2000 return matches(big, "(a*)*c")}.r',
        "{big: for i in 1..1000 return i, r: for i in 1..1000 return big = big[item > 0]}.r",
        '{s: string join(for i in 1..9999 return "aaaaaaaaaa"), r: for i in 1..99999 return string length(s + s)}.r',
        '{f: function(s, n) if n = 0 then s else f(s + s, n - 1), r: f("aaaaaaaaaa", 30)}.r',
        "count(for a in 1..200000 return a)",
        "sum(for a in 1..1000 return count(for b in 1..1000 return b))",
        "flatten(for a in 1..1000 return for b in 1..1000 return b)",
        "count(distinct values(for a in 1..3000 return [a]))",
        "{f: function(l, n) if n = 0 then l else f(concatenate(l, l), n - 1), r: f([1, 2, 3], 30)}.r",
    ],
)
def test_what_would_eat_the_machine_is_refused(text):
    with pytest.raises(RuleError) as told:
        evaluate(text, {})
    assert told.value.problem.rule == "limit"


def _only_rule_error(ask):
    try:
        ask()
    except RuleError:
        return
