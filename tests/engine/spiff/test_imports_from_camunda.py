"""What diagrams of Camunda 7 and 8 say is read where it means the same, and refused where it is code."""

import pytest

from kesu.engine.spiff import validate
from tests.engine.spiff.play import diagram, flows, nodes, play


def user_task(attributes="", extensions=""):
    return f'<bpmn:userTask id="a" {attributes}><bpmn:extensionElements>{extensions}</bpmn:extensionElements></bpmn:userTask>'


def settings_of(task):
    return play(task).model.elements["a"].settings


def test_assignment_and_forms():
    seven = settings_of(
        user_task('camunda:assignee="${initiator}" camunda:candidateGroups="quality,legal" camunda:formKey="embedded:app:forms/x.html"')
    )
    assert seven["assignment"] == {"assignee": "=initiator", "candidateGroups": "quality,legal"} and seven["form"] == {"key": "x"}
    eight = settings_of(
        user_task("", '<zeebe:assignmentDefinition assignee="=initiator" candidateGroups="quality"/><zeebe:formDefinition formId="x"/>')
    )
    assert eight["assignment"] == {"assignee": "=initiator", "candidateGroups": "quality"} and eight["form"] == {"key": "x"}


def test_ours_wins_over_theirs():
    both = settings_of(user_task('camunda:assignee="bo"', '<kesu:assignment assignee="ada"/><kesu:deadline kind="k" duration="PT1H"/>'))
    assert both["assignment"]["assignee"] == "ada" and both["deadline"] == {"kind": "k", "duration": "PT1H"}


def test_external_tasks_and_job_types_with_their_mappings():
    seven = (
        '<bpmn:serviceTask id="a" camunda:type="external" camunda:topic="notify"><bpmn:extensionElements><camunda:inputOutput>'
        '<camunda:inputParameter name="to">${customer}</camunda:inputParameter><camunda:inputParameter name="t">result</camunda:inputParameter>'
        "</camunda:inputOutput></bpmn:extensionElements></bpmn:serviceTask>"
    )
    assert play(seven, customer="Carol").wait("a").detail["parameters"] == {"to": "Carol", "t": "result"}
    eight = (
        '<bpmn:serviceTask id="a"><bpmn:extensionElements><zeebe:taskDefinition type="notify" retries="3"/><zeebe:ioMapping>'
        '<zeebe:input source="=customer" target="to"/><zeebe:output source="=answer + 1" target="next"/></zeebe:ioMapping></bpmn:extensionElements>'
        "</bpmn:serviceTask>" + nodes(u="userTask") + flows("a>u")
    )
    player = play(eight, customer="Carol")
    assert (player.wait("a").detail["topic"], player.wait("a").detail["retries"]) == ("notify", "3")
    assert player.do("a", answer=1, other=2).run.variables() == {"customer": "Carol", "next": 2}


def test_scripts_and_decisions_of_camunda_8():
    script = '<bpmn:scriptTask id="a"><bpmn:extensionElements><zeebe:script expression="=n * 2" resultVariable="m"/>' \
        "</bpmn:extensionElements></bpmn:scriptTask>"
    assert play(script + nodes(u="userTask") + flows("a>u"), n=4).run.variables() == {"n": 4, "m": 8}
    rule = (
        '<bpmn:businessRuleTask id="a"><bpmn:extensionElements><zeebe:calledDecision decisionId="grade" resultVariable="g"/>'
        "</bpmn:extensionElements></bpmn:businessRuleTask>"
    )
    from tests.engine.spiff.play import Clockwork

    assert play(rule + nodes(u="userTask") + flows("a>u"), host=Clockwork({"grade": {"x": 1}})).run.variables() == {"g": {"x": 1}}


@pytest.mark.parametrize(
    ("juel", "taken"), [("${n > 1 && ok}", True), ("${n == 1 || !ok}", False), ("${!(n < 1) and name == 'x'}", True), ("#{n ne 2}", False)]
)
def test_comparisons_of_camunda_7_are_turned_into_feel(juel, taken):
    body = nodes(s="startEvent", g='exclusiveGateway default="g_b"', a="userTask", b="userTask") + flows(
        "s>g", "g>a", "g>b", g_a=juel.replace("&", "&amp;").replace("<", "&lt;")
    )
    assert play(body, n=2, ok=True, name="x").tasks() == ["a" if taken else "b"]


def test_multi_instance_of_camunda_7():
    several = (
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="people" camunda:elementVariable="person"><bpmn:completionCondition>'
        "${nrOfCompletedInstances/nrOfInstances >= 0.6}</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>"
    )
    player = play(f'<bpmn:userTask id="a">{several}</bpmn:userTask>' + nodes(u="userTask") + flows("a>u"), people=["x", "y", "z"])
    assert player.do("a").tasks() == ["a", "a"]
    assert player.do("a").tasks() == ["u"]


@pytest.mark.parametrize(
    "code",
    [
        '<camunda:executionListener class="x.Y" event="start"/>',
        '<camunda:taskListener expression="${x}" event="create"/>',
        "<spiffworkflow:preScript>x = 1</spiffworkflow:preScript>",
        "<camunda:connector><camunda:connectorId>http</camunda:connectorId></camunda:connector>",
    ],
)
def test_code_of_another_engine_is_refused_not_dropped(code):
    assert "foreign_code" in {p.rule for p in validate(diagram(user_task("", code)))}


@pytest.mark.parametrize("attributes", ['camunda:class="x.Y"', 'camunda:delegateExpression="${bean}"', 'camunda:expression="${bean.run()}"', ""])
def test_a_service_task_without_a_handler_is_a_question(attributes):
    problems = validate(diagram(f'<bpmn:serviceTask id="a" {attributes}/>'))
    assert [(p.element, p.rule) for p in problems] == [("a", "handler_missing")]


def test_calls_with_mappings_pass_only_what_is_mapped():
    from kesu.engine.spiff import compile_diagrams
    from tests.engine.spiff.play import Player

    called = diagram(nodes(a="userTask"), process="q")
    main = diagram(
        '<bpmn:callActivity id="c" calledElement="q"><bpmn:extensionElements><camunda:in source="x" target="y"/>'
        '<camunda:out sourceExpression="${result}" target="z"/></bpmn:extensionElements></bpmn:callActivity>' + nodes(u="userTask") + flows("c>u")
    )
    player = Player(compile_diagrams({"m": main, "q": called}, "p"), {"x": 1, "secret": 2})
    assert player.run.variables(player.run.waits()[0].activity_id) == {"y": 1}
    assert player.do("q:a" if "q:a" in player.tasks() else "a", result=3, other=4).run.variables() == {"x": 1, "secret": 2, "z": 3}
