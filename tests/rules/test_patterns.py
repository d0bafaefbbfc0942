"""Regular expressions of XPath: what they match, and that none runs away."""

import time

import pytest

from kesu.rules import RuleError, evaluate
from kesu.rules.feel.patterns import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "flags", "text", "found"),
    [
        ("^[A-Z]{2}-[0-9]{4}$", "", "QC-2026", True),
        ("^[A-Z]{2}-[0-9]{4}$", "", "QC-20261", False),
        ("a{2,3}", "", "a", False),
        ("a{2,}b", "", "aaaab", True),
        ("colou?r", "", "color", True),
        ("(ab|cd)+e", "", "abcde", True),
        ("(a)(b)\\2\\1", "", "abba", True),
        ("[a-z-[aeiou]]+", "", "aei", False),
        ("\\p{Lu}\\p{Ll}+", "", "Ärger", True),
        ("\\p{IsCJKUnifiedIdeographs}{2}", "", "投诉", True),
        ("\\P{L}", "", "abc", False),
        ("a.c", "", "a\nc", False),
        ("a.c", "s", "a\nc", True),
        ("^b$", "m", "a\nb\nc", True),
        ("A B", "xi", "ab", True),
        ("a.b", "q", "a.b", True),
        ("a.b", "q", "axb", False),
        ("[\\]\\-]", "", "-", True),
        ("x*", "", "", True),
    ],
)
def test_a_pattern_is_found_or_not(pattern, flags, text, found):
    compiled = compile_pattern(pattern, flags)
    assert compiled is not None
    assert (compiled.search(text, 0) is not None) is found


@pytest.mark.parametrize("pattern", ["(", ")", "[", "a**", "a{3,2}", "\\1", "[z-a]", "\\p{Xx}", "(?=a)", "\\bword", "*", "a{"])
def test_what_is_no_pattern_of_xpath_makes_null(pattern):
    assert compile_pattern(pattern, "") is None


@pytest.mark.parametrize("pattern", ["(a*)*b", "(a+)+b", "(a|aa)+b", "(a|a?)+b", "([a-z]+)*\\d", "(.*)(.*)(.*)(.*)[^a]"])
def test_patterns_that_ruin_other_engines_end_soon(pattern):
    began = time.process_time()
    assert evaluate("matches(text, pattern)", {"text": "a" * 500, "pattern": pattern}) is False
    assert time.process_time() - began < 5


@pytest.mark.parametrize("pattern", ["(a*)*\\1b", "((a{50}){50}){50}", "a{99999}"])
def test_what_cannot_be_bounded_by_memory_is_bounded_by_count(pattern):
    with pytest.raises(RuleError):
        evaluate("matches(text, pattern)", {"text": "a" * 2000, "pattern": pattern})
