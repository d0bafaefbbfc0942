"""What a table is told before it is published."""

import random
import time
from decimal import Decimal

import pytest

from kesu.rules import load_decisions
from kesu.rules.dmn.coverage import asked, places, segments_of, written
from kesu.rules.feel.parser import parse_unary_tests
from kesu.rules.feel.unary import compile_unary_tests
from tests.rules.tables import decision, dmn, inputs, table

TWO = {"x": "number", "kind": "string"}


def told(rows, **more):
    declared = {**more.get("types", {"x": "number"}), "limit": "number"}
    requires = " ".join(f"in_{name}" for name in declared)
    xml = dmn(inputs(**declared), decision("D", table(rows, **more), requires))
    return [(p.rule, p.element, p.message) for p in load_decisions(xml).check()]


def rules(rows, **more):
    return sorted({rule for rule, _, _ in told(rows, **more)})


def test_a_sound_table_has_no_problems():
    rows = ['< 0 | - => "a"', '>= 0 | "q" => "b"', '>= 0 | not("q") => "c"']
    assert told(rows, types=TWO) == []


def test_rules_that_overlap_are_told_with_an_example():
    found = told(['[0..10] | - => 1', '>= 10 | "a","b" => 2', '< 0 | - => 3', '> 10 | not("a","b") => 4'], types=TWO)
    assert found == [
        ("overlap", "r2", 'rules 1 and 2 both match, for example when x = 10 and kind = "a"; the table is UNIQUE'),
    ]


def test_rules_that_say_the_same_may_overlap_where_any_will_do():
    assert rules(["<= 5 => 1", ">= 5 => 1"], policy="ANY") == []
    assert rules(["<= 5 => 1", ">= 5 => 2"], policy="ANY") == ["overlap"]


@pytest.mark.parametrize(
    ("rows", "gap"),
    [
        (["< 5 => 1", "> 5 => 2"], "x = 5"),
        (["< 5 => 1", "[5..6] => 2", "> 7 => 2"], "6 < x < 7"),
        (["<= 5 => 1"], "x > 5"),
        ([">= 5 => 1"], "x < 5"),
    ],
)
def test_a_gap_is_told(rows, gap):
    assert told(rows)[0][2] == f"no rule matches when {gap}"


def test_a_gap_in_words_and_flags_is_told():
    assert told(['"a" => 1', '"b" => 2'], types={"x": "string"})[0][2] == "no rule matches when x is anything else"
    assert told(["true => 1"], types={"x": "boolean"})[0][2] == "no rule matches when x = false"
    assert told(['"a" | < 5 => 1', '"a" | >= 5 => 2', 'not("a") | < 5 => 3'], types={"k": "string", "x": "number"})[0][2] == (
        "no rule matches when k is anything else and x = 5"
    )


def test_a_default_leaves_no_gap():
    default = '<output id="o0" name="r"><defaultOutputEntry><text>0</text></defaultOutputEntry></output>'
    assert rules(["< 5 => 1"], outputs=default) == []


def test_dates_and_durations_are_laid_out_too():
    rows = ['< date("2026-01-01") => 1', '[date("2026-01-01")..date("2026-12-31")] => 2', '> date("2027-01-01") => 3']
    assert told(rows, types={"d": "date"})[0][2] == 'no rule matches when d = "2027-01-01"'
    assert rules(['< @"P1Y" => 1', '>= @"P1Y" => 2'], types={"d": "years and months duration"}) == []
    assert rules(['< duration("PT24H") => 1', '> duration("P1D") => 2'], types={"d": "days and time duration"}) == ["gap"]


def test_a_rule_that_can_never_match_is_told():
    assert rules(["> 1 => 1", "> 5 => 2", "<= 1 => 3"], policy="FIRST") == ["unreachable"]
    assert ("unreachable", "r1i0", "rule 1 can never match: no x is [5..1]") in told(["[5..1] => 1", "- => 2"])


def test_what_reads_variables_is_not_guessed_at():
    assert rules(["< limit => 1", ">= limit => 2"]) == []


def test_constants_of_the_wrong_type_are_told():
    assert ("type", "r1i0") in [(rule, cell) for rule, cell, _ in told(['"five" => 1', "- => 2"])]
    number = '<output id="o0" name="r" typeRef="number"/>'
    assert ("type", "r1o0") in [(rule, cell) for rule, cell, _ in told(['- => "one"'], outputs=number)]


def test_an_output_that_is_not_allowed_is_told():
    allowed = '<output id="o0" name="r"><outputValues><text>"a","b"</text></outputValues></output>'
    assert rules(['- => "c"'], outputs=allowed) == ["allowed_values"]


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"policy": "PRIORITY"}, "hit_policy"),
        ({"policy": "NONSENSE"}, "hit_policy"),
        ({"policy": "COLLECT", "more": 'aggregation="MEDIAN"'}, "hit_policy"),
        ({"outputs": '<output id="o0"/><output id="o1" name="b"/>'}, "table"),
        ({"types": {"x": "nonsense"}}, "type"),
    ],
)
def test_a_table_that_is_not_right_in_itself_is_told(more, rule):
    results = "1 | 2" if "outputs" in more else "1"
    assert rule in rules([f"- => {results}"], **more)


def test_a_name_that_is_not_required_is_told():
    missing = load_decisions(dmn(inputs(x="number", y="number"), decision("D", table(["> y => 1", "<= y => 2"]), "in_x"))).check()
    assert {(p.rule, p.severity) for p in missing} == {("missing_requirement", "warning")}
    unknown = load_decisions(dmn(inputs(x="number"), decision("D", table(["> z => 1", "<= z => 2"]), "in_x"))).check()
    assert {(p.rule, p.severity, p.element) for p in unknown} == {("unknown_name", "error", "r1i0"), ("unknown_name", "error", "r2i0")}


def test_an_input_that_nothing_declares_is_told_once():
    problems = load_decisions(dmn(decision("D", table(["> 1 => y", "<= 1 => y + x"])))).check()
    assert [(p.rule, p.element, p.severity) for p in problems] == [("missing_input", "i0", "warning"), ("missing_input", "r1o0", "warning")]


def test_variables_of_the_process_can_be_declared():
    decisions = load_decisions(dmn(decision("D", table(["> 1 => 1", "<= 1 => amuont"]))))
    assert {p.severity for p in decisions.check()} == {"warning"}
    assert [(p.rule, p.element) for p in decisions.check({"x": "number", "amount": "number"})] == [("unknown_name", "r2o0")]


def test_a_table_of_five_hundred_rules_is_checked_soon():
    rows = [f'[{n}..{n + 1}) | "c{n % 7}" => {n}' for n in range(500)]
    assert "gap" in rules(rows, types=TWO)


def test_the_words_of_a_table_of_five_thousand_rules_are_all_told_apart():
    rows = [f'"k{n}" => {n}' for n in range(4_200)]
    assert rules(rows, types={"x": "string"}, policy="FIRST") == ["gap"]


@pytest.mark.parametrize(
    "cell",
    ["5", "-5", "< 5", "<= 5", "> -5", ">= 5", "[-5..5]", "(-5..5)", "(5..5)", "5, 7", "not(5)", "not(< 5)", "!= 5", "not(5, 7)"],
)
def test_what_a_cell_lets_through_is_told_from_its_text_as_by_asking(cell):
    tests = [parse_unary_tests(text) for text in (cell, "-5", "0", "5", "6", "7")]
    segments = segments_of(tests, "number", "x")
    told = written(tests[0], places(segments))
    assert told in (None, asked(compile_unary_tests(tests[0]), segments))
    assert told is not None or cell == "!= 5"


LARGE = {
    "words": lambda n: ' | '.join(f'"k{n * 7919 * place % 5000}"' for place in range(1, 6)),
    "ranges": lambda n: ' | '.join(f"[{n * 7919 * place % 50_021}..{n * 7919 * place % 50_021 + 20})" for place in range(1, 6)),
    "dashes": lambda n: ' | '.join(str(n) if n % 5 == place else "-" for place in range(5)),
    "alike": lambda n: ' | '.join(str(n // 5**place % 5) for place in range(5)),
    "anything": lambda n: " | ".join(["-"] * 5),
}  # fmt: skip


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST"])
@pytest.mark.parametrize("shape", LARGE)
def test_a_table_of_five_thousand_rules_is_checked_within_seconds(shape, policy):
    types = dict.fromkeys("abcde", "string" if shape == "words" else "number")
    xml = dmn(inputs(**types), decision("D", table([f"{LARGE[shape](n)} => {n}" for n in range(5_000)], policy, types), "in_a in_b in_c in_d in_e"))
    decisions, began = load_decisions(xml), time.process_time()
    told = decisions.check()
    assert time.process_time() - began < 5  # a fifth of it on a calm machine
    assert policy == "FIRST" or len(told) <= 42


def test_all_overlaps_and_hidden_rules_of_a_large_table_are_found():
    rows = [f'"k{n}" | [{n}..{n + 1}) => {n}' for n in range(3_000)]
    twice = [*rows, '"k7" | 7 => 1', '- | [2998.5..2999.5] => 2']
    two = {"kind": "string", "x": "number"}
    assert [(element, message) for rule, element, message in told(twice, types=two) if rule == "overlap"] == [
        ("r3001", 'rules 8 and 3001 both match, for example when kind = "k7" and x = 7; the table is UNIQUE'),
        ("r3002", 'rules 2999 and 3002 both match, for example when kind = "k2998" and x = 2998.5; the table is UNIQUE'),
        ("r3002", 'rules 3000 and 3002 both match, for example when kind = "k2999" and x = 2999; the table is UNIQUE'),
    ]
    hidden = [(element, message) for rule, element, message in told(twice, types=two, policy="FIRST") if rule == "unreachable"]
    assert hidden == [("r3001", "rule 3001 can never match: rule 8 above it takes all it would")]


def test_what_is_not_looked_at_further_is_said():
    assert "the table is too large, or too wrong, for all gaps to be listed" in [
        message for rule, _, message in told([f"{n} | {n} => 1" for n in range(30)], types={"x": "number", "y": "number"})
    ]
    words = [", ".join(f'"w{n}-{place}"' for place in range(10)) + " => 1" for n in range(2_500)]
    found = told(words, types={"x": "string"})
    assert [rule for rule, _, _ in found] == ["table"] and "too large" in found[0][2]


@pytest.mark.parametrize("seed", range(20))
def test_overlaps_hidden_rules_and_gaps_are_those_that_trying_all_values_finds(seed):
    dice = random.Random(seed)
    cells = ["-", "1", "2", "< 2", ">= 2", "[1..3]", "(1..3)", "not(2)", "1, 3", "not(1, (2..3])", "> 3"]
    rows = [(dice.choice(cells), dice.choice(cells)) for _ in range(dice.randint(2, 6))]
    values = [Decimal(n) / 2 for n in range(10)]
    tests = [[compile_unary_tests(parse_unary_tests(cell)) for cell in row] for row in rows]
    hits = {
        (x, y): [n for n, row in enumerate(tests) if row[0](x, None) and row[1](y, None)]
        for x in values for y in values
    }  # fmt: skip
    two = {"x": "number", "y": "number"}
    written = [f"{one} | {other} => {n}" for n, (one, other) in enumerate(rows)]
    unique = {rule for rule, _, _ in told(written, types=two)}
    assert ("overlap" in unique) == any(len(found) > 1 for found in hits.values())
    assert ("gap" in unique) == any(not found for found in hits.values())
    sets = [{point for point, found in hits.items() if n in found} for n in range(len(rows))]
    hidden = {f"r{n + 1}" for n, mine in enumerate(sets) if any(mine <= above for above in sets[:n] if above)}
    first = {element for rule, element, message in told(written, types=two, policy="FIRST") if rule == "unreachable"}
    assert first == hidden
