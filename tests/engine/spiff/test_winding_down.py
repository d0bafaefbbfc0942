"""Once a scope's own work is done its handlers may finish, but no further one begins."""

import pytest

from kesu.engine.spiff import compile_diagrams
from tests.conftest import shared
from tests.engine.spiff.play import Player, flows, nodes, play

BEFORE = '<bpmn:message id="m" name="m"/><bpmn:signal id="sig" name="sig"/>'
HOURLY = (
    "<bpmn:timerEventDefinition><bpmn:timeCycle>R/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>"
)
MESSAGE = '<bpmn:messageEventDefinition messageRef="m"/>'
SIGNAL = '<bpmn:signalEventDefinition signalRef="sig"/>'


def handler(name, definition, interrupting="false"):
    start = f'<bpmn:startEvent id="{name}_s" isInterrupting="{interrupting}">{definition}</bpmn:startEvent>'
    return (
        f'<bpmn:subProcess id="{name}" triggeredByEvent="true">{start}'
        + nodes(**{f"{name}_u": "userTask"})
        + flows(f"{name}_s>{name}_u")
        + "</bpmn:subProcess>"
    )


def test_a_repeating_handler_does_not_keep_a_case_open_for_ever():
    player = Player(
        compile_diagrams(
            {
                "main": shared(
                    "faults", "inputs", "handlers-after-the-scope-is-done.bpmn"
                ).read_bytes()
            },
            "p",
        )
    )
    player.turn(hours=2)
    assert player.tasks() == ["h", "h", "w"]
    player.do("w")
    assert player.waiting("timer") == []
    assert player.turn(hours=48).tasks() == ["h", "h"]
    player.do("h").do("h")
    assert player.run.finished


@pytest.mark.parametrize("level", ["process", "sub-process"])
@pytest.mark.parametrize("interrupting", ["true", "false"])
def test_nothing_from_outside_begins_a_handler_any_more(level, interrupting):
    body = (
        nodes(s="startEvent", w="userTask")
        + flows("s>w")
        + handler("a", MESSAGE)
        + handler("b", SIGNAL, interrupting)
        + handler("c", HOURLY, interrupting)
    )
    if level == "sub-process":
        border = f'<bpmn:boundaryEvent id="late" attachedToRef="sub" cancelActivity="false">{HOURLY}</bpmn:boundaryEvent>'
        stop = f'<bpmn:boundaryEvent id="stop" attachedToRef="sub">{SIGNAL}</bpmn:boundaryEvent>'
        body = (
            nodes(s0="startEvent", after="userTask", chase="userTask", stopped="userTask")
            + flows("s0>sub", "sub>after", "late>chase", "stop>stopped")
            + f'<bpmn:subProcess id="sub">{body}</bpmn:subProcess>'
            + border
            + stop
        )
    player = play(body, BEFORE).send("a_s").do("w")
    assert player.tasks() == ["a_u"]
    assert player.waiting() == (["a_u", "stop"] if level == "sub-process" else ["a_u"]), (
        "what ends the whole activity is still heard"
    )
    player.do("a_u")
    assert player.tasks() == (["after"] if level == "sub-process" else [])
    assert player.run.finished == (level == "process")


def test_while_own_work_goes_on_handlers_begin_again_and_again():
    player = play(
        nodes(s="startEvent", w="userTask", v="userTask")
        + flows("s>w", "s>v")
        + handler("a", MESSAGE),
        BEFORE,
    )
    player.send("a_s").do("w").send("a_s")
    assert player.tasks() == ["a_u", "a_u", "v"]


def test_going_back_into_the_scope_listens_again():
    body = (
        nodes(s0="startEvent", after="userTask")
        + flows("s0>sub", "sub>after")
        + '<bpmn:subProcess id="sub">'
        + nodes(s="startEvent", w="userTask")
        + flows("s>w")
        + handler("a", MESSAGE)
        + handler("c", HOURLY)
        + "</bpmn:subProcess>"
    )
    player = play(body, BEFORE).send("a_s")
    done = player.wait("w").activity_id
    player.do("w")
    assert player.waiting() == ["a_u"]
    player.run.rewind(done)
    player.settle()
    assert player.waiting() == ["a_s", "a_u", "c_s", "w"]


def test_a_case_that_waited_on_from_before_is_let_go_by_its_next_firing():
    """A state as it was kept when handlers were still begun after the work was done."""
    player = play(
        nodes(s="startEvent", w="userTask") + flows("s>w") + handler("c", HOURLY), BEFORE
    ).turn(hours=1)
    tree = player.run._tree
    work = next(step for step in tree.open_steps() if step.task_spec.element_key == "w")
    work._set_state(64)
    assert player.settle().turn(hours=3).tasks() == ["c_u"]
    assert player.do("c_u").run.finished


def test_going_back_within_a_handler_listens_to_nothing_new():
    two = handler("a", MESSAGE).replace("</bpmn:subProcess>", nodes(a_v="userTask") + flows("a_u>a_v") + "</bpmn:subProcess>")
    inside = '<bpmn:subProcess id="sub">' + nodes(s="startEvent", w="userTask") + flows("s>w") + two + "</bpmn:subProcess>"
    for finished in (False, True):
        player = play(nodes(s0="startEvent", after="userTask") + flows("s0>sub", "sub>after") + inside, BEFORE).send("a_s").do("w")
        done = player.wait("a_u").activity_id
        player.do("a_u")
        if finished:
            player.do("a_v")
        player.run.rewind(done)
        assert player.settle().waiting() == ["a_u"]
