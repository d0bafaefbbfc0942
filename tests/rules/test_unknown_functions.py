"""A call of a function that nobody has made is told at the check: its value would always be null."""

import pytest

from kesu.rules import check, load_decisions
from tests.rules.tables import decision, dmn, inputs, literal, table


@pytest.mark.parametrize(
    "text",
    [
        "uuid()", "1 + uuid()", "if uuid() = 1 then 2 else 3", "for i in [1] return nosuch(i)", "my own thing(1)", "[1][nosuch(item)]",
        "{a: nosuch(1)}.a", "count(uuid())", "some x in nosuch() satisfies x", "function(x) nosuch(x)", "nosuch(1)(2)", "nosuch(a: 1).b",
    ],
)  # fmt: skip
def test_a_call_of_nothing_is_told(text):
    assert [problem.rule for problem in check(text)] == ["unknown_function"]


def test_the_function_meant_is_guessed():
    assert [problem.message for problem in check("strng(1)")] == ["there is no function 'strng'; did you mean 'string'?"]
    assert [(problem.line, problem.column) for problem in check("1 +\n uuid()")] == [(2, 2)]


@pytest.mark.parametrize(
    "text",
    ["{f: function(x) x, r: f(1)}.r", "(function(f) f(1))(function(x) x)", "string length(a)", "amount", "[{f: function(x) x}][f(1) = 1]", "a.f(1)"],
)
def test_a_function_made_in_the_expression_or_a_variable_is_no_offence(text):
    assert check(text) == []


def test_in_unary_tests_and_where_the_variables_are_told_it_is_an_unknown_name():
    assert [problem.rule for problem in check("> nosuch(1)", unary=True)] == ["unknown_function"]
    assert [problem.rule for problem in check("nosuch(1)", {})] == ["unknown_name"]
    assert check("given(1)", ["given"]) == []


@pytest.mark.parametrize("logic", [literal("uuid()"), table(["> nosuch(1) => 1"]), table(["> 1 => nosuch(1)"])])
def test_a_table_without_inputs_drawn_does_not_take_it_for_an_input(logic):
    told = [problem for problem in load_decisions(dmn(decision("D", logic))).check() if problem.severity == "error"]
    assert [problem.rule for problem in told] == ["unknown_name"]
    drawn = [problem for problem in load_decisions(dmn(inputs(x="number"), decision("D", logic, "in_x"))).check() if problem.severity == "error"]
    assert [problem.rule for problem in drawn] == ["unknown_name"]
