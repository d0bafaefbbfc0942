"""Members of a parallel multi-instance activity keep their answers to themselves, and give them out when all are done."""

import pytest

from kesu.engine.spiff import Run, seen
from tests.engine.spiff.play import flows, nodes, play

MANY = ('<bpmn:multiInstanceLoopCharacteristics isSequential="{}"><bpmn:loopDataInputRef>items</bpmn:loopDataInputRef>'
        '<bpmn:inputDataItem id="item" name="item"/></bpmn:multiInstanceLoopCharacteristics>')
INSIDE = nodes(x="userTask", y="userTask") + flows("x>y")


def members(inside=INSIDE, after="", sequential="false", **variables):
    body = f'<bpmn:subProcess id="m">{MANY.format(sequential)}{inside}</bpmn:subProcess>' + nodes(s="startEvent", u="userTask")
    return play(body + flows("s>m", "m>u") + after, items=["p", "q"], **variables)


def of(player, item, element):
    return next(w for w in player.run.waits() if w.element_id == element and player.run.variables(w.activity_id)["item"] == item)


def do(player, item, element, **variables):
    player.run.complete(of(player, item, element).activity_id, variables)
    return player.settle()


@pytest.mark.parametrize("before", [{}, {"answer": "of long ago"}])
def test_what_one_member_answers_no_other_sees(before):
    player = do(members(**before), "p", "x", answer="p's")
    assert player.run.variables(of(player, "p", "y").activity_id)["answer"] == "p's"
    assert player.run.variables(of(player, "q", "x").activity_id).get("answer") == before.get("answer")
    assert player.run.variables().get("answer") == before.get("answer")


def test_when_all_are_done_the_last_answer_is_there():
    player = members()
    for item, word in (("q", "first"), ("p", "last")):
        do(do(player, item, "x", answer=word), item, "y", **{item: word})
    assert player.tasks() == ["u"]
    assert {"answer": "last", "p": "last", "q": "first"}.items() <= player.run.variables().items()


def test_a_second_turn_does_not_begin_with_the_answers_of_the_first():
    player = members(after=flows("u>m"))
    for item in "pq":
        do(do(player, item, "x", answer=item), item, "y")
    player.do("u")
    assert player.run.variables(of(player, "p", "x").activity_id)["answer"] is None
    for item in "pq":
        do(do(player, item, "x"), item, "y")
    player.do("u", answer="the chief's")  # what somebody else has said since is known to all
    assert player.run.variables(of(player, "p", "x").activity_id)["answer"] == "the chief's"


def test_a_script_may_still_add_up_what_is_declared_outside():
    count = '<bpmn:scriptTask id="add"><bpmn:script>{ total: total + given }</bpmn:script></bpmn:scriptTask>'
    player = members(nodes(x="userTask", y="userTask") + count + flows("x>add", "add>y"), total=1)
    do(do(player, "p", "x", given=2), "q", "x", given=3)
    assert player.run.variables()["total"] == 6


def test_what_is_thrown_out_of_a_member_takes_its_answers_along():
    inside = nodes(x="userTask", y="userTask") + '<bpmn:endEvent id="bad"><bpmn:errorEventDefinition errorRef="e"/></bpmn:endEvent>' \
        + flows("x>bad", "x>y", x_bad='answer = "no"', x_y='answer = "yes"')
    caught = '<bpmn:boundaryEvent id="b" attachedToRef="m"><bpmn:errorEventDefinition errorRef="e"/></bpmn:boundaryEvent>' + nodes(h="userTask") \
        + flows("b>h")
    body = f'<bpmn:subProcess id="m">{MANY.format("false")}{inside}</bpmn:subProcess>' + nodes(s="startEvent", u="userTask") + flows("s>m", "m>u")
    player = play(body + caught, '<bpmn:error id="e" errorCode="e"/>', items=["p", "q"])
    do(do(player, "p", "x", answer="yes"), "q", "x", answer="no", why="broken")
    assert player.tasks() == ["h"] and player.run.variables()["why"] == "broken"


def test_one_after_the_other_the_next_reads_what_was_answered_before():
    player = do(do(members(sequential="true"), "p", "x", following="ada"), "p", "y")
    assert player.run.variables(of(player, "q", "x").activity_id)["following"] == "ada"


def test_what_a_member_sees_can_be_read_without_taking_the_instance_up():
    player = do(members(), "p", "x", answer="p's")
    ids = {item: of(player, item, element).activity_id for item, element in (("p", "y"), ("q", "x"))}
    known = seen(player.run.save(), [*ids.values(), "4711"])
    assert known[ids["p"]] == player.run.variables(ids["p"]) and known[ids["q"]]["item"] == "q" and len(known) == 2
    assert Run.restore(player.model, player.run.save(), player.host).own(ids["p"]) == {"answer": "p's"}
