"""What honest rules need in length and depth is taken; what is too deep is told with what to do instead."""

import threading

import pytest

from kesu.rules import RuleError, check, evaluate, names, unary_test
from kesu.rules.limits import NESTING

ARMS = "".join(f'if grade = {n} then "g{n}" else ' for n in range(300)) + '"none"'


def test_three_hundred_arms_of_else_if():
    assert evaluate(ARMS, {"grade": 299}) == "g299"
    assert evaluate(ARMS, {"grade": 300}) == "none"
    assert evaluate(ARMS, {"grade": None}) == "none"
    assert names(ARMS) == {"grade"}
    assert check(ARMS, {"grade": "number"}) == []


def test_an_arm_is_read_as_before():
    assert evaluate("if a then 1 else if b then 2 else 3 + 4", {"a": False, "b": False}) == 7
    assert evaluate("(if a then 1 else if b then 2 else 3) + 4", {"a": False, "b": True}) == 6
    assert evaluate("if a then if b then 1 else 2 else if b then 3 else 4", {"a": True, "b": False}) == 2
    assert evaluate('if a then 1 else if "text" then 2 else 3', {"a": False}) is None
    told = check("if a then 1 else if b then 2 else 3", {"a": "boolean", "b": "number"})
    assert [(problem.rule, problem.column) for problem in told] == [("type", 21)]


@pytest.mark.parametrize(
    ("operator", "term", "expected"),
    [(" + ", "1", 2000), (" - ", "1", -1998), (" * ", "1", 1), (" / ", "1", 1), (" ** ", "1", 1), (" and ", "true", True), (" or ", "false", False)],
)
def test_two_thousand_terms(operator, term, expected):
    text = operator.join([term] * 2000)
    assert evaluate(text, {}) == expected
    assert check(text, {}) == []


def test_a_long_text_is_put_together():
    text = ' + ", " + '.join(f"word{n}" for n in range(800))
    context = {f"word{n}": f"w{n}" for n in range(800)}
    assert evaluate(text, context).startswith("w0, w1, ")
    assert len(names(text)) == 800
    assert check(text, dict.fromkeys(context, "string")) == []
    told = check("a + b + c", {"a": "string", "b": "string", "c": "number"})
    assert [(problem.rule, problem.column) for problem in told] == [("type", 7)]


def test_terms_of_different_strength_keep_their_order():
    assert evaluate("1 + 2 * 3 - 4 / 2 ** 2 * 3 + -1 - -2", {}) == 5
    assert evaluate("2 ** 3 ** 2", {}) == 64
    assert evaluate("1 - 2 - 3", {}) == -4
    assert evaluate("8 / 4 / 2 * 3", {}) == 3
    assert evaluate('@"2026-03-02" + @"P1D" + @"P1M" - @"P1D"', {}).day == 2


def test_a_cell_may_be_long_too():
    assert unary_test(", ".join(f"[{n}..{n + 1})" for n in range(0, 900, 2)), 898, {}) is True


def brackets(depth):
    return "(" * depth + "1" + ")" * depth


@pytest.mark.parametrize("opening", ["(", "[", "string(", "{a: ", "if true then (", "-("])
def test_nesting_is_taken_up_to_the_limit_with_a_deep_stack_below(opening):
    closing = {"{a: ": "}", "if true then (": ") else 0"}.get(opening, {"(": ")", "[": "]"}[opening[-1]] if opening[-1] in "([" else "")
    levels = NESTING // 2 - 2 if opening in ("if true then (", "-(") else NESTING - 1
    text = opening * levels + "1" + closing * levels
    found = []
    thread = threading.Thread(target=lambda: found.append(below(120, lambda: (check(text), kind(text)))))
    thread.start()
    thread.join()
    assert found[0][0] == [] or found[0][0][0].rule == "limit"
    assert found[0][1] in ("value", "too deep a value")


def below(frames, ask):
    return below(frames - 1, ask) if frames else ask()


def kind(text):
    try:
        evaluate(text, {})
    except RuleError as error:
        assert "nested more than" in str(error), str(error)
        return "too deep a value"
    return "value"


def test_what_is_too_deep_is_told_with_what_to_do():
    with pytest.raises(RuleError, match="inside one another; give a part a name of its own") as told:
        evaluate(brackets(NESTING + 1), {})
    assert told.value.problem.rule == "limit"
    with pytest.raises(RuleError, match="follow one another"):
        evaluate("a" + ".b" * 200, {})
    assert evaluate("a" + ".b" * 100, {"a": None}) is None
