"""Plain diagrams: tasks, gateways, timers, messages, sub-processes, errors; saved and restored between every two steps."""

from datetime import timedelta

import pytest

from kesu.engine.errors import Rejected
from tests.engine.spiff.play import Clockwork, diagram, flows, nodes, play

TIMER = "<bpmn:timerEventDefinition><bpmn:timeDuration>{}</bpmn:timeDuration></bpmn:timerEventDefinition>"
MESSAGE = '<bpmn:message id="m" name="customer_answered"/>'


def test_user_tasks_follow_each_other_until_the_end():
    player = play(nodes(s="startEvent", a="userTask", b="userTask", e="endEvent") + flows("s>a", "a>b", "b>e"))
    assert player.tasks() == ["a"]
    assert player.do("a", cause="leak").tasks() == ["b"]
    assert player.run.variables() == {"cause": "leak"}
    player.do("b")
    assert player.run.finished and not player.run.waits()
    assert player.kinds("flow") == ["s_a", "a_b", "b_e"]
    assert player.kinds("completed") == ["s", "a", "b", "e", "p"]


def test_a_service_task_waits_with_evaluated_parameters():
    service = (
        '<bpmn:serviceTask id="a"><bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="classify" resultVariable="r">'
        '<spiffworkflow:parameters><spiffworkflow:parameter id="level" type="int" value="n + 1"/></spiffworkflow:parameters>'
        "</spiffworkflow:serviceTaskOperator></bpmn:extensionElements></bpmn:serviceTask>"
    )
    player = play(nodes(s="startEvent", e="endEvent") + service + flows("s>a", "a>e"), n=1)
    detail = player.wait("a").detail
    assert (detail["topic"], detail["parameters"], detail["result_variable"]) == ("classify", {"level": 2}, "r")
    assert player.do("a", r="quality").run.finished


def test_scripts_and_decisions_merge_their_entries():
    script = "<bpmn:scriptTask id='a'><bpmn:script>{ total: price * 2, day: date(\"2026-03-02\") }</bpmn:script></bpmn:scriptTask>"
    rule = (
        "<bpmn:businessRuleTask id='b'><bpmn:extensionElements><spiffworkflow:calledDecisionId>grade</spiffworkflow:calledDecisionId>"
        "</bpmn:extensionElements></bpmn:businessRuleTask>"
    )
    host = Clockwork({"grade": {"grade": "major", "priority": 2}})
    player = play(nodes(s="startEvent", u="userTask") + script + rule + flows("s>a", "a>b", "b>u"), host=host, price=21)
    assert player.run.variables()["total"] == 42 and player.run.variables()["grade"] == "major"
    assert player.run.evaluate(None, 'string(day + duration("P1D"))') == "2026-03-03"
    assert [h.detail["fired"] for h in player.happened if h.kind == "decided"] == [[1]]


GATE = nodes(s="startEvent", g='exclusiveGateway default="g_c"', a="userTask", b="userTask", c="userTask") + flows(
    "s>g", "g>a", "g>b", "g>c", g_a="n > 10", g_b="n > 5"
)


@pytest.mark.parametrize(("n", "task"), [(11, "a"), (6, "b"), (1, "c")])
def test_an_exclusive_gateway_takes_the_first_way_that_holds(n, task):
    assert play(GATE, n=n).tasks() == [task]


def test_a_gateway_without_a_way_out_refuses_and_names_itself():
    body = nodes(s="startEvent", g="exclusiveGateway", a="userTask", b="userTask") + flows("s>g", "g>a", "g>b", g_a="n > 10", g_b="n > 5")
    with pytest.raises(Rejected, match="g: none of the conditions"):
        play(body, n=1)


def test_a_parallel_block_waits_for_all():
    body = nodes(s="startEvent", f="parallelGateway", a="userTask", b="userTask", j="parallelGateway", u="userTask") + flows(
        "s>f", "f>a", "f>b", "a>j", "b>j", "j>u"
    )
    player = play(body)
    assert player.tasks() == ["a", "b"]
    assert player.do("b").tasks() == ["a"]
    assert player.do("a").tasks() == ["u"]


def test_an_inclusive_block_waits_for_those_that_were_taken():
    body = nodes(s="startEvent", f="inclusiveGateway", a="userTask", b="userTask", c="userTask", j="inclusiveGateway", u="userTask") + flows(
        "s>f", "f>a", "f>b", "f>c", "a>j", "b>j", "c>j", "j>u", f_a="x", f_b="y", f_c="z"
    )
    player = play(body, x=True, y=False, z=True)
    assert player.tasks() == ["a", "c"]
    assert player.do("c").tasks() == ["a"]
    assert player.do("a").tasks() == ["u"]


def test_a_timer_knows_its_due_time_and_fires_when_told():
    body = (
        nodes(s="startEvent", u="userTask")
        + "<bpmn:intermediateCatchEvent id='t'>"
        + TIMER.format("PT24H")
        + "</bpmn:intermediateCatchEvent>"
        + flows("s>t", "t>u")
    )
    player = play(body)
    assert player.wait("t").detail["due_at"] == player.host.time + timedelta(hours=24)
    assert player.turn(hours=23).tasks() == []
    assert player.turn(hours=1).tasks() == ["u"]


def test_a_message_is_awaited_with_its_correlation():
    message = (
        '<bpmn:message id="m" name="answered"><bpmn:extensionElements><kesu:correlation key="reference" value="=reference"/>'
        "</bpmn:extensionElements></bpmn:message>"
    )
    body = (
        nodes(s="startEvent", u="userTask") + '<bpmn:intermediateCatchEvent id="t"><bpmn:messageEventDefinition messageRef="m"/>'
        "</bpmn:intermediateCatchEvent>" + flows("s>t", "t>u")
    )
    player = play(body, message, reference="KS-1")
    assert player.wait("t").detail == {"name": "answered", "correlation": {"reference": "KS-1"}}
    assert player.send("t", answer="yes").tasks() == ["u"]
    assert player.run.variables()["answer"] == "yes"


def boundary(kind, cancel):
    what = TIMER.format("PT1H") if kind == "timer" else '<bpmn:messageEventDefinition messageRef="m"/>'
    return (
        nodes(s="startEvent", a="userTask", b="userTask", e="endEvent")
        + flows("s>a", "a>e", "x>b")
        + f'<bpmn:boundaryEvent id="x" attachedToRef="a" cancelActivity="{cancel}">{what}</bpmn:boundaryEvent>'
    )


def test_an_interrupting_boundary_timer_withdraws_the_task():
    player = play(boundary("timer", "true"), MESSAGE)
    assert player.wait("x").detail["attached_to"] == player.wait("a").activity_id
    assert player.turn(hours=2).waiting() == ["b"]
    assert player.kinds("cancelled") == ["a"]


def test_a_boundary_message_that_interrupts_nothing_fires_every_time():
    player = play(boundary("message", "false"), MESSAGE)
    player.send("x").send("x").send("x")
    assert player.waiting() == ["a", "b", "b", "b", "x"]
    assert player.do("a").waiting() == ["b", "b", "b"]


def test_the_end_of_a_task_withdraws_its_boundary_events():
    assert play(boundary("timer", "true"), MESSAGE).do("a").run.finished


def test_a_sub_process_may_end_with_an_error_that_the_boundary_catches():
    error = '<bpmn:error id="err" errorCode="E1"/>'
    body = (
        nodes(s="startEvent", u="userTask", v="userTask")
        + flows("s>sub", "sub>u", "x>v")
        + '<bpmn:subProcess id="sub">'
        + nodes(s1="startEvent", a="userTask", b="userTask")
        + '<bpmn:endEvent id="bad"><bpmn:errorEventDefinition errorRef="err"/></bpmn:endEvent>'
        + flows("s1>a", "s1>b", "a>bad")
        + '</bpmn:subProcess><bpmn:boundaryEvent id="x" attachedToRef="sub">'
        '<bpmn:errorEventDefinition errorRef="err"/></bpmn:boundaryEvent>'
    )
    player = play(body, error)
    assert player.tasks() == ["a", "b"]
    assert player.do("a").tasks() == ["v"]


def test_an_uncaught_error_stops_the_token_and_the_instance_does_not_end():
    service = '<bpmn:serviceTask id="a"><bpmn:extensionElements><zeebe:taskDefinition type="t"/></bpmn:extensionElements></bpmn:serviceTask>'
    player = play(nodes(s="startEvent", e="endEvent") + service + flows("s>a", "a>e")).throw("a", "E9")
    assert [(h.element_id, h.detail["code"]) for h in player.happened if h.kind == "uncaught_error"] == [("a", "E9")]
    assert not player.run.finished and player.run.waits() == []


MULTI = (
    '<bpmn:userTask id="a"><bpmn:multiInstanceLoopCharacteristics isSequential="{}"><bpmn:extensionElements>'
    '<zeebe:loopCharacteristics inputCollection="=people" inputElement="person" outputCollection="answers" outputElement="=person + answer"/>'
    "</bpmn:extensionElements>{}</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>" + nodes(s="startEvent", u="userTask") + flows("s>a", "a>u")
)


def test_parallel_instances_keep_their_results_in_input_order():
    player = play(MULTI.format("false", ""), people=["x", "y", "z"])
    ids = {player.run.variables(w.activity_id)["person"]: w.activity_id for w in player.run.waits()}
    for person in "zxy":
        player.run.set_variables({"answer": None})
        player.run.complete(ids[person], {"answer": person.upper()})
        player.settle()
    assert player.tasks() == ["u"]
    assert player.run.variables()["answers"] == ["xX", "yY", "zZ"]


def test_sequential_instances_know_their_counters_and_stop_when_it_is_enough():
    enough = "<bpmn:completionCondition>numberOfCompletedInstances >= 2</bpmn:completionCondition>"
    player = play(MULTI.format("true", enough), people=["x", "y", "z"], answer="!")
    seen = player.run.variables(player.wait("a").activity_id)
    assert (seen["loopCounter"], seen["numberOfInstances"], seen["numberOfActiveInstances"]) == (1, 3, 1)
    player.do("a", answer="1").do("a", answer="2")
    assert player.tasks() == ["u"] and player.run.variables()["answers"] == ["x1", "y2"]


def test_a_vote_is_one_task_with_its_ballot_in_the_settings():
    body = MULTI.format("false", "").replace(
        '<bpmn:userTask id="a">',
        '<bpmn:userTask id="a"><bpmn:extensionElements><kesu:ballot mode="all"/></bpmn:extensionElements>',
    )
    player = play(body, people=["x", "y", "z"])
    settings = player.model.elements["a"].settings
    assert player.tasks() == ["a"]
    assert settings["ballot"] == {"mode": "all"} and settings["repetition"]["collection"] == "people"


def test_a_called_process_has_its_own_variables_and_hands_back_what_it_changed():
    from kesu.engine.spiff import compile_diagrams
    from tests.engine.spiff.play import Player

    called = diagram(nodes(s="startEvent", a="userTask", e="endEvent") + flows("s>a", "a>e"), process="q")
    main = diagram(nodes(s="startEvent", a='callActivity calledElement="q"', u="userTask") + flows("s>a", "a>u"))
    player = Player(compile_diagrams({"m": main, "q": called}, "p"), {"x": 1, "y": 1})
    wait = next(w for w in player.run.waits() if w.kind == "user_task")
    assert wait.element_id == "q:a" and player.model.elements["q:a"].process_id == "q"
    player.run.set_variables({"y": 5})
    player.run.complete(wait.activity_id, {"x": 2, "z": 3})
    player.settle()
    assert player.run.variables() == {"x": 2, "y": 5, "z": 3}


def test_terminate_ends_everything_in_its_scope():
    body = (
        nodes(s="startEvent", a="userTask", b="userTask")
        + '<bpmn:endEvent id="e"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
        + flows("s>a", "s>b", "a>e")
    )
    player = play(body).do("a")
    assert player.run.finished and player.kinds("cancelled") == ["b"]
