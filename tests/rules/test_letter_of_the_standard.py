"""Where an answer hangs on the letter of the standard: names, positions, ranges, three truth values, function types."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kesu.rules import RuleError, evaluate, load_decisions, unary_test
from tests.rules.tables import decision, dmn, inputs, literal


@pytest.mark.parametrize("name", ["a**b", "a*b", "a+b", "a-b", "a/b", "a.b", "a..b", "a'b", "a’b", "a**b**c", "a - b", "x ** y"])
def test_a_name_with_operators_in_it_is_read_where_it_is_known(name):
    assert evaluate(f"{name} + 1", {name: 4, "a": 1, "b": 1}) == 5
    assert evaluate(f"{{{name}: 2, r: {name} * 3}}.r", {}) == 6
    assert evaluate(f"m.{name}", {"m": {name: 7}}) == 7
    assert evaluate(f"(function({name}) {name} + 1)({name}: 1)", {}) == 2


def test_a_name_with_operators_is_known_in_a_file():
    xml = dmn(inputs(**{"a**b": "number"}), decision("D", literal("a**b + 1"), "in_a**b"))
    assert load_decisions(xml).evaluate("D", {"a**b": 1}).value == 2


def test_without_the_name_an_operator_is_an_operator():
    assert evaluate("a**b", {"a": 2, "b": 3}) == 8


@pytest.mark.parametrize(
    ("text", "context", "expected"),
    [
        ("[{x: 1, y: 2}, {x: 2, y: 3}][x]", {}, None),
        ("[{x: 1, y: 2}, {x: 2, y: 3}][x]", {"x": 2}, {"x": 2, "y": 3}),
        ("[{x: 2}, {x: 1}][x + 0]", {}, None),
        ("[3, 4][item]", {}, None),
        ("[{x: true}, {x: false}][x]", {"x": 2}, [{"x": True}]),
        ("[5, 6, 7][n]", {"n": 2}, 6),
        ("[5, 6, 7][-1]", {}, 7),
        ("[5, 6, 7][count([1, 2])]", {}, 6),
        ("[[1, 2], [3]][1][2]", {}, 2),
        ("[{p: 2}].q[1]", {}, None),
    ],
)
def test_an_index_is_a_number_outside_of_the_elements(text, context, expected):
    assert evaluate(text, context) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("list replace([1, 2, 3], 2.5, 4)", [1, 4, 3]),
        ("list replace([1, 2, 3], -1.9, 4)", [1, 2, 4]),
        ("list replace([1, 2, 3], 0.9, 4)", None),
        ("list replace([1, 2, 3], 4, 4)", None),
        ("insert before([1, 2], 2.9, 0)", [1, 0, 2]),
        ("remove([1, 2], 1.5)", [2]),
        ("sublist([1, 2, 3], 2.5, 1.5)", [2]),
        ("sublist([1, 2, 3], 2.5)", [2, 3]),
        ('substring("abc", 2.5, 1.5)', "b"),
        ('substring("abc", 2, 1e30)', "bc"),
        ("[1, 2, 3][2.5]", 2),
        ("[1, 2, 3][-1.5]", 3),
        ("[1, 2, 3][0.5]", None),
        ("[1, 2, 3][1e6000]", None),
        ("remove([1], 1e6000)", None),
        ("sublist([1, 2], 1, 1e6000)", None),
    ],
)
def test_the_fraction_of_a_position_is_cut_off(text, expected):
    assert evaluate(text, {}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"2021-01-01T24:00:00"', datetime(2021, 1, 2)),
        ('@"2020-12-31T24:00:00.000Z"', datetime(2021, 1, 1, tzinfo=UTC)),
        ('date and time("2024-02-28T24:00:00")', datetime(2024, 2, 29)),
        ('date and time("9999-12-31T24:00:00").year', 10000),
        ('date and time("2021-01-01T24:00:01")', None),
        ('date and time("2021-01-01T24:01:00")', None),
        ('date and time("2021-01-01T24:00:00.1")', None),
        ('date and time("2021-01-01T25:00:00")', None),
        ('time("24:00:00")', None),
    ],
)
def test_the_end_of_a_day_is_the_start_of_the_next(text, expected):
    assert evaluate(text, {}) == expected


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("[2..1]", [2, 1]), ("(3..1]", [2, 1]), ("[3..1)", [3, 2]), ("(2..1)", []), ("(3..1)", [2]), ("]3..1[", [2]), ("2..1", [2, 1]),
        ("[1..1]", [1]), ("[1..3)", [1, 2]), ("(1..3)", [2]), ("(1..1)", []),
    ],
)  # fmt: skip
def test_a_loop_goes_down_where_its_range_does(domain, expected):
    assert evaluate(f"for i in {domain} return i", {}) == expected


def test_days_go_down_too():
    assert evaluate('for d in [@"2026-03-01"..@"2026-02-27") return d.day', {}) == [1, 28]
    assert evaluate("some i in [3..1] satisfies i = 2", {}) is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('10 between 20 and "foo"', False),
        ('10 between "foo" and 5', False),
        ('10 between 5 and "foo"', None),
        ("null between 1 and 2", None),
        ("10 between null and 5", False),
        ("includes([1..5], 6)", False),
        ("6 in [1..5]", False),
        ("6 in > 7", False),
        ("null in > 7", None),
    ],
)
def test_false_and_null_is_false(text, expected):
    assert evaluate(text, {}) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1, 2, 3][> 1]", [2, 3]),
        ("[1, 2, 3][<=2]", [1, 2]),
        ("[1, 2, 3][= 2]", [2]),
        ("[1, 2, 3][!= 2]", [1, 3]),
        ("5 in [1..count([1, 7, 8, 9, 9, 9][> 1])]", True),
        ("5 in (1..5[ = false", True),
        ("[1, null, 3][> 1]", [3]),
        ("count([1, 2, 3][> n])", 2),
        ("5 in (> 4)", True),
        ("{small: (< 5), r: [4, 6][item in small]}.r", [4]),
        ("includes(> 3, 4)", True),
        ("includes(range: > 3, point: 3)", False),
    ],
)
def test_a_unary_test_is_an_expression(text, expected):
    assert evaluate(text, {"n": Decimal(1)}) == expected


@pytest.mark.parametrize("text", ["> 5", "a > = 5", "a = > 5", "if > 5 then 1 else 2", "[1, 2][>]"])
def test_but_not_where_it_can_only_be_a_slip(text):
    with pytest.raises(RuleError):
        evaluate(text, {"a": 5})


@pytest.mark.parametrize(
    ("function", "kind", "expected"),
    [
        ("function(a: number) a", "function<number> -> number", True),
        ("function(a: number) a", "function<Any> -> number", False),
        ("function(a: string) a", "function<number> -> string", False),
        ("function(a) 1", "function<number> -> number", True),
        ("function(a: Any) 1", "function<number> -> number", True),
        ("function(a: list<number>) 1", "function<list<Any>> -> number", False),
        ("function(a: list<Any>) 1", "function<list<number>> -> number", True),
        ("function(a: context<x: number>) 1", "function<context<x: number, y: string>> -> number", True),
        ("function(a: context<x: number, y: string>) 1", "function<context<x: number>> -> number", False),
        ("function(a: number) a", "function<number> -> Any", True),
        ("function(a: number) a", "function<number, number> -> number", False),
        ("function(f: function<Any> -> number) 1", "function<function<number> -> number> -> number", False),
        ("function(f: function<number> -> number) 1", "function<function<Any> -> number> -> number", True),
    ],
)
def test_parameters_are_contravariant(function, kind, expected):
    assert evaluate(f"({function}) instance of {kind}", {}) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is([1, true], [1, true])", True), ("is([true], [1])", False), ("is({a: [1]}, {a: [1]})", True), ("is([1..2], [1..2])", True),
        ("is([1..2], [1..2))", False), ('is([@"23:00:50z"], [@"23:00:50"])', False), ("is({a: 1}, {b: 1})", False), ("is([], {})", False),
    ],
)  # fmt: skip
def test_being_the_same_goes_inside(text, expected):
    assert evaluate(text, {}) is expected


def test_a_cell_with_one_bound_that_cannot_be_compared_still_says_no():
    assert unary_test("[20..limit]", 10, {"limit": None}) is False
