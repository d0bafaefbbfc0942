"""Decision tables: every hit policy and aggregation, defaults, several inputs and outputs, and which rules fired."""

from decimal import Decimal

import pytest

from kesu.rules import RuleError, load_decisions
from tests.rules.tables import decision, dmn, table

RANKED = '<output id="o0" name="result"><outputValues><text>"high","middle","low"</text></outputValues></output>'
TWO = '<output id="o0" name="level"/><output id="o1" name="group"/>'


def decide(rows, x=5, **more):
    result = load_decisions(dmn(decision("D", table(rows, **more)))).evaluate("D", {"x": x})
    return result.value, [number for _, _, number in result.fired]


def test_unique_takes_the_one_rule_that_matches():
    assert decide(['< 5 => "a"', '>= 5 => "b"']) == ("b", [2])


def test_unique_refuses_when_two_rules_match_and_names_them():
    with pytest.raises(RuleError, match=r"rules 1 \(r1\), 2 \(r2\) of the UNIQUE table"):
        decide(['<= 5 => "a"', '>= 5 => "b"'])


def test_first_takes_the_first_and_looks_no_further():
    assert decide(['> 1 => "a"', '> 2 => "b"'], policy="FIRST") == ("a", [1])


def test_any_takes_what_all_that_match_agree_on():
    assert decide(['> 1 => "a"', '> 2 => "a"', '> 9 => "b"'], policy="ANY") == ("a", [1, 2])


def test_any_refuses_when_they_disagree():
    with pytest.raises(RuleError, match="do not say the same"):
        decide(['> 1 => "a"', '> 2 => "b"'], policy="ANY")


def test_priority_takes_the_most_important_output():
    rows = ['> 1 => "low"', '> 2 => "high"', '> 3 => "middle"']
    assert decide(rows, policy="PRIORITY", outputs=RANKED) == ("high", [2])


def test_output_order_lists_the_most_important_first():
    rows = ['> 1 => "low"', '> 2 => "high"', '> 9 => "middle"']
    assert decide(rows, policy="OUTPUT ORDER", outputs=RANKED) == (["high", "low"], [2, 1])


def test_rule_order_lists_in_the_order_of_the_table():
    assert decide(['> 1 => "b"', '> 9 => "c"', '> 2 => "a"'], policy="RULE ORDER") == (["b", "a"], [1, 3])


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [("", [1, 3, 3]), ('aggregation="SUM"', 7), ('aggregation="MIN"', 1), ('aggregation="MAX"', 3), ('aggregation="COUNT"', 3)],
)
def test_collect_gathers_or_aggregates(aggregation, expected):
    assert decide(["> 1 => 1", "> 2 => 3", "> 3 => 3"], policy="COLLECT", more=aggregation) == (expected, [1, 2, 3])


def test_no_rule_that_matches_makes_null_or_the_default():
    default = '<output id="o0" name="result"><defaultOutputEntry><text>"none"</text></defaultOutputEntry></output>'
    assert decide(['> 9 => "a"']) == (None, [])
    assert decide(['> 9 => "a"'], outputs=default) == ("none", [])
    assert decide(['> 9 => "a"'], outputs=default, policy="COLLECT") == (["none"], [])


def test_several_outputs_make_a_context():
    assert decide(['> 1 => 2 | ["quality"]'], outputs=TWO) == ({"level": Decimal(2), "group": ["quality"]}, [1])
    assert decide(["> 1 => 2 | 3"], outputs=TWO, policy="RULE ORDER") == ([{"level": Decimal(2), "group": Decimal(3)}], [1])


def test_the_fired_rules_of_required_tables_are_told_too():
    inner = decision("inner", table(["> 1 => 7"]))
    outer = decision("outer", table(["< 9 => inner"], types={"inner": "number"}), requires="inner")
    result = load_decisions(dmn(inner, outer)).evaluate("outer", {"x": 5})
    assert (result.value, result.fired) == (7, [("inner", "r1", 1), ("outer", "r1", 1)])


def test_an_input_of_the_wrong_type_is_refused():
    with pytest.raises(RuleError, match="input 'x' to be of type number") as told:
        decide(["> 1 => 1"], x="five")
    assert told.value.problem.element == "i0"


def test_a_cell_that_cannot_be_compared_with_its_input_is_refused_with_its_id():
    with pytest.raises(RuleError, match="different types") as told:
        decide(["> 1 => 1"], x="five", types={"x": "Any"})
    assert told.value.problem.element == "r1i0"


def test_an_input_that_is_not_allowed_is_refused():
    xml = dmn(decision("D", table(['"a" => 1'], types={"x": "string"}))).replace(
        "</inputExpression>", '</inputExpression><inputValues><text>"a","b"</text></inputValues>'
    )
    assert load_decisions(xml).evaluate("D", {"x": "a"}).value == 1
    assert load_decisions(xml).evaluate("D", {}).value is None
    with pytest.raises(RuleError, match='one of "a","b"'):
        load_decisions(xml).evaluate("D", {"x": "c"})


def test_a_broken_cell_is_refused_with_its_id_and_place():
    decisions = load_decisions(dmn(decision("D", table(["> => 1"])), decision("E", table(["> 1 => 1"]))))
    problem = decisions.check()[0]
    assert (problem.element, problem.line, problem.column) == ("r1i0", 1, 2)
    with pytest.raises(RuleError, match="r1i0"):
        decisions.evaluate("D", {"x": 1})
    assert decisions.evaluate("E", {"x": 2}).value == 1


def test_the_value_of_an_input_may_be_asked_about_in_a_cell():
    rows = ['starts with(?, "ab") => 1', 'not(starts with(?, "ab")) => 2']
    assert decide(rows, x="abc", types={"x": "string"}) == (1, [1])
    assert decide(rows, x="xyz", types={"x": "string"}) == (2, [2])
