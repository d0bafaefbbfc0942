"""Activities done several times: every kind of them, all counters, in parallel and one after the other; standard loops."""

import time

import pytest

from kesu.engine.errors import Rejected
from kesu.engine.spiff import compile_diagrams, validate
from tests.engine.spiff.play import Clockwork, Player, diagram, flows, nodes, play

MESSAGE = '<bpmn:message id="m" name="m"/>'
SEVERAL = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="{}"><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=items" '
    'inputElement="item" outputCollection="results" outputElement="=answer"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>'
)
SERVICE = '<zeebe:taskDefinition type="t"/>'
KINDS = {
    "userTask": '<bpmn:userTask id="a">{}</bpmn:userTask>',
    "serviceTask": f'<bpmn:serviceTask id="a"><bpmn:extensionElements>{SERVICE}</bpmn:extensionElements>{{}}</bpmn:serviceTask>',
    "receiveTask": '<bpmn:receiveTask id="a" messageRef="m">{}</bpmn:receiveTask>',
    "subProcess": '<bpmn:subProcess id="a">{}<bpmn:userTask id="inner"/></bpmn:subProcess>',
    "callActivity": '<bpmn:callActivity id="a" calledElement="q">{}</bpmn:callActivity>',
}


def several(kind, sequential, items):
    answer = '<bpmn:multiInstanceLoopCharacteristics isSequential="{0}"><bpmn:outputDataItem id="answer"/>{1}</bpmn:multiInstanceLoopCharacteristics>'
    inside = answer.format(sequential, SEVERAL.split(">", 1)[1].split("</bpmn:multi")[0])
    main = diagram(nodes(s="startEvent", u="userTask") + KINDS[kind].format(inside) + flows("s>a", "a>u"), MESSAGE)
    called = diagram(nodes(inner="userTask"), process="q")
    return Player(compile_diagrams({"m": main, "q": called}, "p"), {"items": items})


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "subProcess"])
@pytest.mark.parametrize("sequential", ["true", "false"])
def test_results_come_in_input_order_whatever_is_repeated(kind, sequential):
    player = several(kind, sequential, ["x", "y", "z"])
    while "u" not in player.tasks():
        wait = player.run.waits()[-1]
        item = player.run.variables(wait.activity_id)["item"]
        if kind == "receiveTask":
            player.run.deliver(wait.activity_id, {"answer": item * 2})
        else:
            player.run.complete(wait.activity_id, {"answer": item * 2})
        player.settle()
    assert player.run.variables()["results"] == ["xx", "yy", "zz"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_repeat_is_no_wait(kind):
    assert several(kind, "false", []).tasks() == ["u"]


@pytest.mark.parametrize("items", [None, 3, "text"])
def test_a_collection_that_is_none_stops_there(items):
    player = several("userTask", "false", items)
    assert "to be a list" in stopped_by(player) and player.tasks() == []


def stopped_by(player):
    [told] = [each.detail["reason"] for each in player.happened if each.kind == "setting_failed"]
    return told


def test_automatic_work_is_repeated_at_once():
    script = '<bpmn:scriptTask id="a">' + SEVERAL.format("true").replace("=answer", "=item * 10") \
        + "<bpmn:script>{ last: item }</bpmn:script></bpmn:scriptTask>"
    player = play(nodes(s="startEvent", u="userTask") + script + flows("s>a", "a>u"), items=[1, 2, 3])
    assert player.run.variables()["results"] == [10, 20, 30] and player.run.variables()["last"] == 3
    rule = '<bpmn:businessRuleTask id="a" camunda:decisionRef="d">' + SEVERAL.format("false").replace("=answer", "=d") + "</bpmn:businessRuleTask>"
    host = Clockwork({"d": lambda context: context["item"] + 1})
    assert play(rule + nodes(u="userTask") + flows("a>u"), host=host, items=[1, 2]).run.variables()["results"] == [2, 2] or host.asked


def test_the_counters_tell_how_far_it_is():
    player = several("userTask", "false", ["x", "y", "z"])
    first = player.run.variables(player.run.waits()[0].activity_id)
    assert {k: first[k] for k in first if k.startswith("number")} == {
        "numberOfInstances": 3, "numberOfActiveInstances": 3, "numberOfCompletedInstances": 0, "numberOfTerminatedInstances": 0}
    player.do("a")
    second = player.run.variables(player.run.waits()[0].activity_id)
    assert (second["loopCounter"], second["numberOfActiveInstances"], second["numberOfCompletedInstances"]) == (2, 2, 1)


def test_those_left_over_are_withdrawn_when_it_is_enough_and_their_results_left_out():
    body = nodes(s="startEvent", u="userTask") + '<bpmn:userTask id="a">' + SEVERAL.format("false").replace(
        "</bpmn:multi", "<bpmn:completionCondition>numberOfCompletedInstances &gt;= 2</bpmn:completionCondition></bpmn:multi") \
        + "</bpmn:userTask>" + flows("s>a", "a>u")
    player = play(body, items=["x", "y", "z"])
    third, first = player.run.waits()[2].activity_id, player.run.waits()[0].activity_id
    player.run.complete(third, {"answer": 3})
    player.settle()
    player.run.complete(first, {"answer": 1})
    player.settle()
    assert player.tasks() == ["u"] and player.run.variables()["results"] == [1, 3]
    assert player.kinds("cancelled") == ["a"]


def test_the_standards_own_collections_and_items():
    body = (
        '<bpmn:dataObject id="d1" name="people"/><bpmn:dataObjectReference id="r1" dataObjectRef="d1"/>' + nodes(s="startEvent", u="userTask")
        + '<bpmn:userTask id="a"><bpmn:ioSpecification><bpmn:dataInput id="in1"/></bpmn:ioSpecification><bpmn:dataInputAssociation><bpmn:sourceRef>r1'
        "</bpmn:sourceRef><bpmn:targetRef>in1</bpmn:targetRef></bpmn:dataInputAssociation><bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>in1"
        '</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>answers</bpmn:loopDataOutputRef><bpmn:inputDataItem id="person"/>'
        '<bpmn:outputDataItem id="answer"/>'
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>" + flows("s>a", "a>u")
    )
    player = play(body, people=["x", "y"])
    last, first = player.run.waits()[1], player.run.waits()[0]
    assert player.run.variables(last.activity_id)["person"] == "y"
    player.run.complete(last.activity_id, {"answer": 2})
    player.settle()
    player.run.complete(first.activity_id, {"answer": 1})
    assert player.settle().run.variables()["answers"] == [1, 2]
    assert "answer" not in player.run.variables()


def loop(attributes="", condition="again"):
    inside = f"<bpmn:loopCondition>{condition}</bpmn:loopCondition>" if condition else ""
    return nodes(s="startEvent", u="userTask") + flows("s>a", "a>u") + '<bpmn:userTask id="a"><bpmn:standardLoopCharacteristics ' \
        f"{attributes}>{inside}</bpmn:standardLoopCharacteristics></bpmn:userTask>"


def test_a_loop_goes_round_while_its_condition_holds():
    player = play(loop(), again=False)
    assert player.do("a", again=True).tasks() == ["a"]
    assert player.run.variables(player.wait("a").activity_id)["loopCounter"] == 2
    assert player.do("a", again=False).tasks() == ["u"]


def test_a_loop_may_look_first_and_may_have_a_ceiling():
    assert play(loop('testBefore="true"'), again=False).tasks() == ["u"]
    assert play(loop('testBefore="true"'), again=True).tasks() == ["a"]
    assert play(loop('loopMaximum="2"', "")).do("a").do("a").tasks() == ["u"]
    assert "endless_loop" in {p.rule for p in validate(diagram(loop("", "")))}


def test_a_loop_of_automatic_work_that_never_ends_is_stopped():
    body = loop("", "true").replace("bpmn:userTask id=\"a\"", 'bpmn:scriptTask id="a"').replace(
        "</bpmn:standardLoopCharacteristics></bpmn:userTask>",
        "</bpmn:standardLoopCharacteristics><bpmn:script>{x: 1}</bpmn:script></bpmn:scriptTask>")
    with pytest.raises(Rejected, match="looped 1000 times|without ever waiting"):
        play(body)


def test_a_thousand_instances_are_handled_in_reasonable_time():
    player = several("userTask", "false", list(range(1000)))
    assert len(player.tasks()) == 1000
    begun = time.process_time()
    player.do("a", answer=1)
    assert time.process_time() - begun < 1
    assert "1001" in stopped_by(several("userTask", "false", list(range(1001))))


def test_the_turn_can_be_given_back_to_a_repeated_task_as_a_whole_but_not_to_one_instance():
    player = several("userTask", "false", ["x", "y"]).do("a")
    assert player.run.rewind_targets(player.run.waits()[0].activity_id) == []
    player.do("a")
    targets = player.run.rewind_targets(player.wait("u").activity_id)
    assert [element for _, element in targets] == ["a"]
    player.run.rewind(targets[0][0])
    assert player.settle().tasks() == ["a", "a"]


def test_a_step_that_stopped_can_be_taken_up_again_or_skipped():
    body = f'<bpmn:serviceTask id="a"><bpmn:extensionElements>{SERVICE}</bpmn:extensionElements></bpmn:serviceTask>'
    body += nodes(u="userTask") + flows("a>u")
    player = play(body).throw("a", "E")
    stopped = next(h.activity_id for h in player.happened if h.kind == "uncaught_error")
    player.run.retry(stopped)
    assert player.settle().waiting() == ["a"]
    player.throw("a", "E")
    player.run.skip(stopped, {"x": 1})
    assert player.settle().waiting() == ["u"] and player.run.variables() == {"x": 1}


def test_a_join_that_can_never_fire_is_named():
    body = nodes(s="startEvent", g='exclusiveGateway default="g_a"', a="userTask", b="userTask", j="parallelGateway", u="userTask") + flows(
        "s>g", "g>a", "g>b", "a>j", "b>j", "j>u", g_b="false")
    player = play(body)
    assert player.run.stuck == []
    assert player.do("a").run.stuck == ["j"] and not player.run.finished
