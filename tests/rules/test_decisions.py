"""DMN files: reading every version safely, requirements, boxed expressions, services, imports."""

from datetime import date

import pytest

from kesu.rules import RuleError, load_decisions
from tests.rules.tables import decision, dmn, inputs, literal, table

VERSIONS = [
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
]
BKM = """<businessKnowledgeModel id="bkm_f" name="fee"><variable name="fee"/><encapsulatedLogic>
<formalParameter name="of" typeRef="number"/><literalExpression><text>of * 0.1</text></literalExpression>
</encapsulatedLogic></businessKnowledgeModel>"""


def value(xml, name, context=None, imports=()):
    return load_decisions(xml, imports).evaluate(name, context or {}).value


@pytest.mark.parametrize("namespace", VERSIONS)
def test_every_version_is_read(namespace):
    assert value(dmn(decision("D", literal("1 + 1")), namespace=namespace), "D") == 2


def test_bytes_and_text_are_read_alike():
    xml = dmn(decision("决定", literal('"投诉"')))
    assert value(xml, "决定") == "投诉"
    assert value(b'<?xml version="1.0" encoding="UTF-8"?>' + xml.encode(), "决定") == "投诉"
    assert value('<?xml version="1.0" encoding="UTF-16"?>\n' + xml, "决定") == "投诉"


@pytest.mark.parametrize(
    "xml",
    [
        "", "<", "not xml", "<a/>", b"\xff\xfe", "<definitions/>", None, 5,
        '<!DOCTYPE d [<!ENTITY a "b">]><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">&a;</definitions>',
        '<!DOCTYPE d SYSTEM "file:///etc/passwd"><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
        dmn("<decision>" * 120 + "</decision>" * 120),
        dmn(decision("D", ""), decision("D", "")),
        dmn(decision("D", table(["> 1 | 2 => 3"]))),
    ],
)  # fmt: skip
def test_what_is_no_sound_dmn_file_is_refused(xml):
    with pytest.raises(RuleError):
        load_decisions(xml)


def test_a_document_type_in_another_encoding_is_refused_too():
    xml = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY a "b">]>' + dmn("&a;")
    with pytest.raises(RuleError):
        load_decisions(xml.encode("utf-16"))


def test_the_same_file_is_read_once():
    xml = dmn(decision("D", literal("1")))
    assert load_decisions(xml) is load_decisions(xml)


def test_decisions_are_found_by_name_and_by_id():
    decisions = load_decisions(dmn(decision("my decision", literal("1"))))
    assert (decisions.names, decisions.ids) == (["my decision"], ["my_decision"])
    assert decisions.evaluate("my_decision", {}).value == 1
    with pytest.raises(RuleError, match="there is no decision 'other'; there are 'my decision'"):
        decisions.evaluate("other", {})


def test_what_is_required_is_evaluated_first():
    parts = [inputs(amount="number"), decision("base", literal("amount * 2"), "in_amount"), BKM]
    xml = dmn(*parts, decision("D", literal("base + fee(base)"), "base bkm_f"))
    assert value(xml, "D", {"amount": 50}) == 110


def test_an_input_of_the_wrong_type_is_refused():
    xml = dmn(inputs(amount="number"), decision("D", literal("amount"), "in_amount"))
    with pytest.raises(RuleError, match="expected 'amount' to be of type number"):
        value(xml, "D", {"amount": "much"})


def test_an_input_outside_the_values_of_its_type_is_refused():
    kind = '<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"a","b"</text></allowedValues></itemDefinition>'
    xml = dmn(kind, inputs(grade="tGrade"), decision("D", literal("grade"), "in_grade"))
    assert value(xml, "D", {"grade": "a"}) == "a"
    with pytest.raises(RuleError, match="tGrade"):
        value(xml, "D", {"grade": "c"})


def test_dates_may_come_as_text_where_the_type_says_that_they_are_dates():
    kind = (
        '<itemDefinition name="tCase"><itemComponent name="on"><typeRef>date</typeRef></itemComponent>'
        '<itemComponent name="limits" isCollection="true"><typeRef>days and time duration</typeRef></itemComponent></itemDefinition>'
    )
    xml = dmn(kind, inputs(case="tCase"), decision("D", literal("case.on + case.limits[1]"), "in_case"))
    assert value(xml, "D", {"case": {"on": "2026-03-02", "limits": ["P3D"]}}) == date(2026, 3, 5)
    late = dmn(decision("D", table(['> @"2026-01-01" => 1', "- => 2"], policy="FIRST", types={"on": "date"})))
    assert value(late, "D", {"on": "2026-03-02"}) == 1
    with pytest.raises(RuleError, match="type date"):
        value(late, "D", {"on": "soon"})


def test_the_result_is_converted_to_the_declared_type_or_null():
    assert value(dmn(decision("D", literal("[5]"), type_ref="number")), "D") == 5
    assert value(dmn(decision("D", literal('"5"'), type_ref="number")), "D") is None


def test_decisions_that_require_each_other_are_refused():
    decisions = load_decisions(dmn(decision("A", literal("B"), "B"), decision("B", literal("A"), "A")))
    assert "cycle" in {problem.rule for problem in decisions.check()}
    with pytest.raises(RuleError, match="requires itself"):
        decisions.evaluate("A", {})


def test_a_requirement_that_is_not_there_is_told():
    decisions = load_decisions(dmn(decision("D", literal("1"), "in_nothing")))
    assert [(p.rule, p.element) for p in decisions.check()] == [("requirement", "D")]


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        ('<context><contextEntry><variable name="a"/><literalExpression><text>2</text></literalExpression></contextEntry>'
         "<contextEntry><literalExpression><text>a * 3</text></literalExpression></contextEntry></context>", 6),
        ("<list><literalExpression><text>1</text></literalExpression><literalExpression><text>x</text></literalExpression></list>",
         [1, 7]),
        ('<relation><column name="k"/><column name="v"/><row><literalExpression><text>1</text></literalExpression>'
         "<literalExpression><text>x</text></literalExpression></row></relation>", [{"k": 1, "v": 7}]),
        ("<conditional><if><literalExpression><text>x > 5</text></literalExpression></if><then><literalExpression><text>1</text>"
         "</literalExpression></then><else><literalExpression><text>2</text></literalExpression></else></conditional>", 1),
        ('<for iteratorVariable="i"><in><literalExpression><text>[1, 2]</text></literalExpression></in><return><literalExpression>'
         "<text>i * x</text></literalExpression></return></for>", [7, 14]),
        ('<every iteratorVariable="i"><in><literalExpression><text>[1, 2]</text></literalExpression></in><satisfies>'
         "<literalExpression><text>i &lt; x</text></literalExpression></satisfies></every>", True),
        ("<filter><in><literalExpression><text>[1, 9]</text></literalExpression></in><match><literalExpression>"
         "<text>item > x</text></literalExpression></match></filter>", [9]),
        ('<invocation><literalExpression><text>fee</text></literalExpression><binding><parameter name="of"/><literalExpression>'
         "<text>x * 10</text></literalExpression></binding></invocation>", 7),
    ],
)  # fmt: skip
def test_boxed_expressions(logic, expected):
    xml = dmn(inputs(x="number"), BKM, decision("D", logic, "in_x bkm_f"))
    assert value(xml, "D", {"x": 7}) == expected
    assert load_decisions(xml).check() == []


def test_a_boxed_function_keeps_its_scope():
    logic = (
        '<context><contextEntry><variable name="f"/><functionDefinition><formalParameter name="p" typeRef="number"/>'
        "<literalExpression><text>p + x</text></literalExpression></functionDefinition></contextEntry>"
        "<contextEntry><literalExpression><text>f(1) + f(2)</text></literalExpression></contextEntry></context>"
    )
    assert value(dmn(inputs(x="number"), decision("D", logic, "in_x")), "D", {"x": 10}) == 23


SERVICE = (
    '<decisionService id="ds_s" name="service"><outputDecision href="#out"/><encapsulatedDecision href="#mid"/>'
    '<inputDecision href="#given"/><inputData href="#in_x"/></decisionService>'
)


def test_a_decision_service_is_called_like_a_function_and_evaluated_by_name():
    parts = [
        inputs(x="number"), decision("given", literal("100")), decision("mid", literal("x + given"), "in_x given"),
        decision("out", literal("mid * 2"), "mid"), SERVICE, decision("D", literal("service(1, 2)"), "ds_s"),
    ]  # fmt: skip
    assert value(dmn(*parts), "D") == 6
    assert value(dmn(*parts), "service", {"x": 1, "given": 4}) == 10
    assert value(dmn(*parts), "out", {"x": 1}) == 202


def test_an_imported_model_is_seen_behind_its_prefix():
    other = dmn(BKM, decision("rate", literal("3"))).replace("urn:test", "urn:other")
    xml = dmn(
        '<import name="lib" namespace="urn:other" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
        decision("D", literal("lib.fee(10) + lib.rate")).replace(
            "<literal",
            '<informationRequirement><requiredDecision href="urn:other#rate"/></informationRequirement>'
            '<knowledgeRequirement><requiredKnowledge href="urn:other#bkm_f"/></knowledgeRequirement><literal',
        ),
    )
    assert value(xml, "D", imports=[other]) == 4
    assert "import" in {problem.rule for problem in load_decisions(xml).check()}


def test_another_expression_language_is_refused():
    decisions = load_decisions(dmn(decision("D", literal("1")), more='expressionLanguage="http://groovy-lang.org"'))
    assert [problem.rule for problem in decisions.check()] == ["language"]
    with pytest.raises(RuleError, match="groovy"):
        decisions.evaluate("D", {})


def test_a_decision_without_logic_is_null_and_told():
    decisions = load_decisions(dmn(decision("D", "")))
    assert decisions.evaluate("D", {}).value is None
    assert [(p.rule, p.severity) for p in decisions.check()] == [("no_logic", "warning")]
