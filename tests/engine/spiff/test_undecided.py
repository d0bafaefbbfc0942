"""Null is not no: a condition that is neither true nor false stops the token there, and takes up again when it has an answer."""

import pytest

from kesu.engine.errors import Rejected
from tests.engine.spiff.play import flows, nodes, play


def gateway(kind, more="", **variables):
    """A task a, then a gateway to b where n > 10, to c by default."""
    body = (
        nodes(s="startEvent", a="userTask", b="userTask", c="userTask")
        + f'<bpmn:{kind} id="g" default="g_c"/>'
        + flows("s>a", "a>g", "g>b", "g>c", g_b="n > 10")
    )
    return play(body, more, **variables).do("a")


def told(player):
    return [h.detail for h in player.happened if h.kind == "undecided"]


@pytest.mark.parametrize("kind", ["exclusiveGateway", "inclusiveGateway"])
@pytest.mark.parametrize(
    ("given", "value"), [({}, "null"), ({"n": "many"}, "null"), ({"n": None}, "null")]
)
def test_a_gateway_without_an_answer_takes_no_way(kind, given, value):
    player = gateway(kind, **given)
    assert player.waiting() == [] and not player.run.finished
    assert list(player.run.undecided.values()) == ["g"] and player.run.stuck == []
    [detail] = told(player)
    assert (detail["where"], detail["expression"], detail["value"]) == ("g_b", "n > 10", value)
    assert detail["read"] == {"n": str(given.get("n") or "null")}
    player.run.set_variables({"n": 12})
    player.run.retry(next(iter(player.run.undecided)))
    assert player.settle().tasks() == ["b"]
    assert player.run.undecided == {} and player.kinds("completed").count("g") == 1


def test_a_condition_that_is_a_number_or_a_text_is_no_answer_either():
    for value in (1, "yes", [True]):
        body = (
            nodes(s="startEvent", b="userTask", c="userTask")
            + '<bpmn:exclusiveGateway id="g" default="g_c"/>'
            + flows("s>g", "g>b", "g>c", g_b="n")
        )
        assert list(play(body, n=value).run.undecided.values()) == ["g"]


def test_skipping_takes_it_for_a_no():
    player = gateway("exclusiveGateway")
    player.run.skip(next(iter(player.run.undecided)))
    assert player.settle().tasks() == ["c"]


def test_skipping_where_no_way_is_left_is_refused():
    body = nodes(s="startEvent", b="userTask", c="userTask", g="exclusiveGateway") + flows(
        "s>g", "g>b", "g>c", g_b="n > 10", g_c="10 >= n"
    )
    player = play(body)
    with pytest.raises(Rejected, match="none of the conditions"):
        player.run.skip(next(iter(player.run.undecided)))


def test_the_first_way_that_holds_is_taken_before_one_without_an_answer_is_asked():
    body = (
        nodes(s="startEvent", b="userTask", c="userTask")
        + '<bpmn:exclusiveGateway id="g" default="g_c"/>'
        + flows("s>g", "g>a", "g>b", "g>c", g_a="m = 1", g_b="n > 10")
        + nodes(a="userTask")
    )
    assert play(body, m=1).tasks() == ["a"]
    assert play(body, m=2).tasks() == []


def test_a_conditional_flow_out_of_a_task_keeps_what_was_done():
    body = nodes(s="startEvent", a="userTask", b="userTask", c="userTask") + flows(
        "s>a", "a>b", "a>c", a_b="n > 10", a_c="true"
    )
    player = play(body).do("a", note="done")
    assert player.tasks() == [] and player.run.variables()["note"] == "done"
    activity = next(iter(player.run.undecided))
    assert [element for _, element in player.run.returns_from(None)] == ["a"]
    player.run.set_variables({"n": 1})
    player.run.retry(activity)
    assert player.settle().tasks() == ["c"]


def test_a_task_whose_way_out_has_no_answer_can_be_done_again():
    body = nodes(s="startEvent", a="userTask", b="userTask") + flows("s>a", "a>b", a_b="n > 10")
    player = play(body).do("a")
    player.run.rewind(next(iter(player.run.undecided)))
    assert player.settle().tasks() == ["a"] and player.run.undecided == {}
    assert player.do("a", n=11).tasks() == ["b"]


def loop(condition, before=False):
    marker = (
        f'<bpmn:standardLoopCharacteristics testBefore="{str(before).lower()}"><bpmn:loopCondition>{condition}</bpmn:loopCondition>'
        "</bpmn:standardLoopCharacteristics>"
    )
    return (
        nodes(s="startEvent", z="userTask")
        + f'<bpmn:userTask id="a">{marker}</bpmn:userTask>'
        + flows("s>a", "a>z")
    )


@pytest.mark.parametrize("before", [True, False])
def test_a_loop_without_an_answer_neither_goes_round_nor_on(before):
    player = play(loop("n > loopCounter", before))
    if not before:
        player.do("a")
    assert player.tasks() == [] and list(player.run.undecided.values()) == ["a"]
    player.run.set_variables({"n": 2})
    player.run.retry(next(iter(player.run.undecided)))
    assert player.settle().tasks() == ["a"]
    skipped = play(loop("n > loopCounter", before))
    if not before:
        skipped.do("a")
    skipped.run.skip(next(iter(skipped.run.undecided)))
    assert skipped.settle().tasks() == ["z"]


def several(sequential, condition):
    marker = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"><bpmn:loopCardinality>3</bpmn:loopCardinality>'
        f"<bpmn:completionCondition>{condition}</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>"
    )
    return (
        nodes(s="startEvent", z="userTask")
        + f'<bpmn:userTask id="a">{marker}</bpmn:userTask>'
        + flows("s>a", "a>z")
    )


def test_one_after_the_other_waits_for_an_answer_whether_it_is_enough():
    player = play(several("true", "loopCounter > n")).do("a")
    assert player.tasks() == [] and player.run.stuck == []
    player.run.set_variables({"n": 1})
    player.run.retry(next(iter(player.run.undecided)))
    assert player.settle().tasks() == ["a"]
    assert player.do("a").tasks() == ["z"]


def test_beside_each_other_the_rest_goes_on_and_in_the_end_it_makes_no_difference():
    player = play(several("false", "numberOfCompletedInstances > n")).do("a")
    assert player.tasks() == ["a", "a"] and len(told(player)) == 1
    player.do("a")
    assert len(told(player)) == 1
    player.run.set_variables({"n": 0})
    player.run.retry(next(iter(player.run.undecided)))
    assert player.settle().tasks() == ["z"] and player.run.undecided == {}
    assert play(several("false", "numberOfCompletedInstances > n")).do("a").do("a").do(
        "a"
    ).tasks() == ["z"]


@pytest.mark.parametrize("ordering", ["Sequential", "Parallel"])
def test_an_ad_hoc_sub_process_without_an_answer(ordering):
    body = (
        nodes(s="startEvent", z="userTask")
        + flows("s>ah", "ah>z")
        + f'<bpmn:adHocSubProcess id="ah" ordering="{ordering}">'
        + nodes(a="userTask", b="userTask")
        + "<bpmn:completionCondition>n > 1</bpmn:completionCondition></bpmn:adHocSubProcess>"
    )
    player = play(body).do("a")
    assert player.tasks() == ([] if ordering == "Sequential" else ["b"])
    player.run.set_variables({"n": 2})
    player.run.retry(next(iter(player.run.undecided)))
    assert player.settle().tasks() == ["z"]


def test_a_complex_gateway_without_an_answer():
    body = (
        nodes(s="startEvent", a="userTask", b="userTask", z="userTask")
        + '<bpmn:complexGateway id="g"><bpmn:activationCondition>activationCount >= n</bpmn:activationCondition></bpmn:complexGateway>'
        + flows("s>a", "s>b", "a>g", "b>g", "g>z")
    )
    player = play(body).do("a")
    assert list(player.run.undecided.values()) == ["g"]
    player.run.set_variables({"n": 1})
    player.run.retry(next(iter(player.run.undecided)))
    assert player.settle().tasks() == ["b", "z"] and player.run.undecided == {}
    skipped = play(body).do("a").do("b")
    skipped.run.skip(next(iter(skipped.run.undecided)))
    assert skipped.settle().tasks() == ["z"]


def test_a_conditional_event_without_an_answer_just_has_not_happened():
    body = (
        nodes(s="startEvent", z="userTask")
        + flows("s>c", "c>z")
        + '<bpmn:intermediateCatchEvent id="c"><bpmn:conditionalEventDefinition>'
        "<bpmn:condition>n > 1</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:intermediateCatchEvent>"
    )
    player = play(body)
    assert player.waiting() == ["c"] and player.run.undecided == {}
