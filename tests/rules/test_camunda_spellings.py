"""What owners of Camunda 8 diagrams write beyond the standard is understood, or refused with a sentence."""

import pytest

from kesu.rules import RuleError, check, evaluate, names, unary_test

CONTEXT = {"a-b": 1, "if": 2, "order": {"unit price": 3, "1st": 4}, "list": [{"x-y": 5}, {"x-y": 6}], "中 文": 7}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`a-b`", 1),
        ("`a-b` + 1", 2),
        ("`if` + 1", 3),
        ("order.`unit price`", 3),
        ("order.`1st` * 2", 8),
        ("list[`x-y` > 5].`x-y`", [6]),
        ("`中 文`", 7),
        ("{`x+y`: 2, r: `x+y` * 2}.r", 4),
        ("for `my-item` in [1, 2] return `my-item` * 2", [2, 4]),
        ("some `i-j` in [1, 2] satisfies `i-j` = 2", True),
        ("(function(`p-q`: number) `p-q` + 1)(`p-q`: 2)", 3),
        ("count([`a-b`, `a-b`])", 2),
        ("[7, 8][`a-b`]", 7),
        ("`nobody-knows`", None),
        ('to json({a: 1, b: [true, null, "é\\""]})', '{"a":1,"b":[true,null,"é\\""]}'),
        ('to json(@"2026-03-02")', '"2026-03-02"'),
        ("to json(0.1 + 0.2)", "0.3"),
        ("to json([])", "[]"),
        ("to json({})", "{}"),
        ("to json(null)", "null"),
        ("to json(value: 1)", "1"),
        ('from json("{\\"a\\": [1, 2.50, null, true]}").a[2]', 2.5),
        ('from json("\\"text\\"")', "text"),
        ('from json("null")', None),
        ('from json("{a: 1}")', None),
        ('from json("NaN")', None),
        ('from json("1e99999")', None),
        ('from json("\\"\\\\ud800\\"")', None),
        ("from json(1)", None),
        ("from json(to json({a: [1, {b: 0.1}]})) = {a: [1, {b: 0.1}]}", True),
        ("context merge({a: 1}, {b: 2}) = {a: 1, b: 2}", True),
        ("context merge({a: 1}, {a: 2}, {a: 3}).a", 3),
        ("context merge([{a: 1}, {b: 2}]) = {a: 1, b: 2}", True),
        ("context merge({a: 1}) = {a: 1}", True),
        ("context merge({a: 1}, 2)", None),
        ("put({a: 1}, \"b\", 2) = {a: 1, b: 2}", True),
        ("put all({a: 1}, {b: 2}) = {a: 1, b: 2}", True),
        ('to base64("FEEL")', "RkVFTA=="),
        ('get or else(null, "x")', "x"),
        ("is defined(`a-b`)", True),
        ("is defined(nothing)", False),
        ("if null then 1 else 2", 2),
        ("if nothing > 1 then 1 else 2", 2),
    ],
)
def test_it_is_understood(text, expected):
    assert evaluate(text, CONTEXT) == expected


def test_a_name_between_backticks_is_a_variable_like_any_other():
    assert names("`a-b` + order.`unit price`") == {"a-b", "order"}
    assert check("`a-b` + 1", {"a-b": "number"}) == []
    assert [problem.rule for problem in check("`a-c` + 1", {"a-b": "number"})] == ["unknown_name"]
    assert unary_test("> `a-b`", 2, {"a-b": 1})


@pytest.mark.parametrize("text", ["``", "`a", "`a\nb`"])
def test_backticks_that_are_not_closed_are_told(text):
    with pytest.raises(RuleError, match="between backticks"):
        evaluate(text, {})


@pytest.mark.parametrize("text", ["uuid()", "random number()"])
def test_what_is_not_the_same_twice_is_told_at_the_check(text):
    assert check(text, {})
