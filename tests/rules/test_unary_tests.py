"""Unary tests, as cells of decision tables hold them."""

import pytest

from kesu.rules import RuleError, unary_test


@pytest.mark.parametrize(
    ("cell", "value", "passes"),
    [
        ("-", None, True),
        ("> 10", 11, True),
        ("> 10", 10, False),
        ("> 10", None, False),
        ("> null", 11, False),
        ("<= null", 11, False),
        ("[1..10)", 10, False),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ('not("a", "b")', "c", True),
        ("true", True, True),
        ("true", False, False),
        ("< limit", 3, True),
        ("limit", 5, True),
        ("? * 2 > limit", 3, True),
        ('starts with(?, "ab")', "abc", True),
        ("limit > 4", 1, True),
        ("limit > 4 and ? > 2", 1, False),
        ("null", None, True),
        ("[1, 2, 3]", 2, True),
        ("count(?) > 1", [1, 2], True),
        ('@"2026-03-02"', "2026-03-02", False),
        ("not(?)", False, True),
        ("-5", -5, True),
        ("(1..5], 7", 7, True),
        ("!= 3", 4, True),
        ("not(5, [6..7))", 7, True),
        ("not(5, [6..7))", 6, False),
        ("not([1..2), 3)", 3, False),
        ("not([1..2), 3)", 2, True),
        ("not((1..2))", 2, True),
        ("not(]1..2[, (3..4), [5..6))", 3.5, False),
        ("not((1 + 1) * 2, [5..(3 + 3)))", 5, False),
        ("not([1..2), [3..4))", 2.5, True),
        ("not(? > 3) and (? > [1, 2][1])", 2, True),
        ("not(true) or (5 in [5..6))", 1, True),
        ('not(? in [1..2)) and not(? in (5..6])', 2, True),
        ("not(? > 3), (5)", 5, True),
    ],
)
def test_a_value_passes_or_not(cell, value, passes):
    assert unary_test(cell, value, {"limit": 5}) is passes


@pytest.mark.parametrize("cell", ["", "> ", "1,", "not(", "a b c"])
def test_a_broken_cell_is_refused(cell):
    with pytest.raises(RuleError):
        unary_test(cell, 1, {})
