"""Names with spaces and symbols: the longest name that is known counts."""

import pytest

from kesu.rules import RuleError, evaluate, names


@pytest.mark.parametrize(
    ("text", "context", "expected"),
    [
        ("Base Vacation Days + 1", {"Base Vacation Days": 4}, 5),
        ("Base  Vacation\nDays", {"Base Vacation Days": 4}, 4),
        ("a-b", {"a-b": 1, "a": 5, "b": 3}, 1),
        ("a-b", {"a": 5, "b": 3}, 2),
        ("profit and loss > 1", {"profit and loss": 2}, True),
        ("case 1", {"case 1": "x"}, "x"),
        ("case 10", {"case 1": "x", "case 10": "y"}, "y"),
        ("customer.first name", {"customer": {"first name": "Carol"}}, "Carol"),
        ("customer.no such thing", {"customer": {}}, None),
        ("orders[net price > 5].net price", {"orders": [{"net price": 4}, {"net price": 6}]}, [6]),
        ("for my item in [1] return my item + 1", {}, [2]),
        ("投诉金额 > 1000", {"投诉金额": 2000}, True),
        ("投诉 金额 > 1000", {"投诉 金额": 2000}, True),
    ],
)
def test_a_name_of_several_words_is_found(text, context, expected):
    assert evaluate(text, context) == expected


def test_the_same_text_is_read_anew_when_other_names_are_known():
    assert evaluate("x-y", {"x": 3, "y": 1}) == 2
    assert evaluate("x-y", {"x-y": 9}) == 9
    assert evaluate("x-y", {"x": 3, "y": 1}) == 2


def test_an_unknown_name_of_two_words_is_no_silent_null():
    with pytest.raises(RuleError, match="no such name is known"):
        evaluate("grade is high", {"grade": 1})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount > 1000 and category = \"quality\"", {"amount", "category"}),
        ("sum(for x in xs return x + y)", {"xs", "y"}),
        ("{a: 1, b: a + c}", {"c"}),
        ("(function(p) p + q)(r)", {"q", "r"}),
        ("Base Vacation Days + customer.age", {"Base Vacation Days", "customer"}),
        ("some s in list satisfies s = ?", {"list"}),
    ],
)
def test_the_variables_an_expression_reads(text, expected):
    assert names(text) == expected
