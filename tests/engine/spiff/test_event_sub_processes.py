"""Event sub-processes of every trigger, interrupting and not, nested; boundary events on everything that can have one."""

import pytest

from tests.engine.spiff.play import Player, diagram, flows, nodes, play

BEFORE = (
    '<bpmn:message id="m" name="m"/><bpmn:signal id="sig" name="sig"/><bpmn:error id="err" errorCode="E"/>'
    '<bpmn:escalation id="esc" escalationCode="X"/>'
)
TRIGGERS = {
    "message": '<bpmn:messageEventDefinition messageRef="m"/>',
    "signal": '<bpmn:signalEventDefinition signalRef="sig"/>',
    "timer": "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>",
    "conditional": "<bpmn:conditionalEventDefinition><bpmn:condition>late</bpmn:condition></bpmn:conditionalEventDefinition>",
    "error": '<bpmn:errorEventDefinition errorRef="err"/>',
    "escalation": '<bpmn:escalationEventDefinition escalationRef="esc"/>',
}


def event(kind, name, trigger, more=""):
    return f'<bpmn:{kind} id="{name}" {more}>{TRIGGERS[trigger]}</bpmn:{kind}>'


def handler(trigger, interrupting, name="h"):
    start = event("startEvent", f"{name}_s", trigger, f'isInterrupting="{interrupting}"')
    return (
        f'<bpmn:subProcess id="{name}" triggeredByEvent="true">{start}'
        + nodes(**{f"{name}_u": "userTask"})
        + flows(f"{name}_s>{name}_u")
        + "</bpmn:subProcess>"
    )


def main_with(trigger, interrupting):
    """A task a, beside it b; with a, escalation or error thrown after a."""
    thrown = event("intermediateThrowEvent", "t", trigger) if trigger == "escalation" else ""
    thrown = event("endEvent", "t", "error") if trigger == "error" else thrown
    then = flows("a>t", "t>c") if trigger == "escalation" else flows("a>t") if trigger == "error" else flows("a>c")
    return handler(trigger, interrupting) + nodes(s="startEvent", a="userTask", b="userTask", c="userTask") + flows("s>a", "s>b") + thrown + then


def trip(player, trigger):
    if trigger in ("message", "signal"):
        return player.send("h_s", x=1)
    if trigger == "timer":
        return player.turn(hours=2)
    if trigger == "conditional":
        return player.do("a", late=True)
    return player.do("a")


@pytest.mark.parametrize("trigger", ["message", "signal", "timer", "conditional", "error", "escalation"])
@pytest.mark.parametrize("level", ["process", "sub-process"])
def test_an_interrupting_event_sub_process_withdraws_everything_else_in_its_scope(trigger, level):
    body = main_with(trigger, "true")
    if trigger == "error":
        body = body.replace('<bpmn:userTask id="c"/>', "")
    if level == "sub-process":
        body = (
            nodes(s0="startEvent", o="userTask", after="userTask")
            + flows("s0>sub", "s0>o", "sub>after")
            + f'<bpmn:subProcess id="sub">{body}</bpmn:subProcess>'
        )
    player = play(body, BEFORE, late=False)
    outside = ["o"] if level == "sub-process" else []
    assert player.tasks() == ["a", "b", *outside]
    assert trip(player, trigger).tasks() == ["h_u", *outside]
    player.do("h_u")
    assert player.tasks() == (["after", "o"] if level == "sub-process" else [])
    assert player.run.finished == (level == "process")


@pytest.mark.parametrize("trigger", ["message", "signal", "timer", "conditional", "escalation"])
def test_one_that_interrupts_nothing_runs_beside_and_holds_the_scope_open(trigger):
    player = play(main_with(trigger, "false"), BEFORE, late=False)
    trip(player, trigger)
    assert "h_u" in player.tasks() and "b" in player.tasks()
    for name in [t for t in player.tasks() if t != "h_u"]:
        player.do(name)
    player.do("c") if "c" in player.tasks() else None
    assert player.tasks() == ["h_u"] and not player.run.finished
    assert player.do("h_u").run.finished


def test_a_message_starts_one_that_interrupts_nothing_every_time():
    player = play(main_with("message", "false"), BEFORE)
    player.send("h_s").send("h_s").send("h_s")
    assert player.tasks() == ["a", "b", "h_u", "h_u", "h_u"]
    player.do("h_u").do("h_u").do("h_u").do("a").do("b").do("c")
    assert player.run.finished


def test_an_event_sub_process_may_have_one_of_its_own():
    inner = handler("message", "true", "i")
    outer = handler("signal", "false").replace("</bpmn:subProcess>", inner + "</bpmn:subProcess>", 1)
    player = play(outer + nodes(s="startEvent", a="userTask") + flows("s>a"), BEFORE)
    assert player.waiting("message") == []
    player.send("h_s")
    assert player.waiting("message") == ["i_s"] and player.tasks() == ["a", "h_u"]
    assert player.send("i_s").tasks() == ["a", "i_u"]
    assert player.do("i_u").tasks() == ["a"] and player.waiting("message") == []


def test_a_condition_that_holds_from_the_start_interrupts_before_anything_is_offered():
    player = play(main_with("conditional", "true"), BEFORE, late=True)
    assert player.tasks() == ["h_u"]


def boundary(host, trigger, cancel="true"):
    return (
        nodes(s="startEvent", after="userTask", caught="userTask")
        + flows(f"s>{host}", f"{host}>after", "x>caught")
        + event("boundaryEvent", "x", trigger, f'attachedToRef="{host}" cancelActivity="{cancel}"')
    )


MULTI = "<bpmn:multiInstanceLoopCharacteristics {}><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"


@pytest.mark.parametrize("sequential", ["", 'isSequential="true"'])
@pytest.mark.parametrize("trigger", ["message", "timer"])
def test_an_interrupting_boundary_withdraws_all_instances_of_a_multi_instance_sub_process(trigger, sequential):
    body = (
        boundary("sub", trigger)
        + '<bpmn:subProcess id="sub">'
        + MULTI.format(sequential)
        + nodes(i="startEvent", a="userTask")
        + flows("i>a")
        + "</bpmn:subProcess>"
    )
    player = play(body, BEFORE)
    assert player.tasks() == ["a"] * (1 if sequential else 3)
    player.do("a")
    player.send("x") if trigger == "message" else player.turn(hours=1)
    assert player.waiting() == ["caught"]


def test_a_boundary_that_interrupts_nothing_fires_every_time_on_a_multi_instance_sub_process():
    body = (
        boundary("sub", "message", "false")
        + '<bpmn:subProcess id="sub">'
        + MULTI.format("")
        + nodes(i="startEvent", a="userTask")
        + flows("i>a")
        + "</bpmn:subProcess>"
    )
    player = play(body, BEFORE).send("x").send("x")
    assert player.tasks() == ["a", "a", "a", "caught", "caught"]
    assert player.do("a").do("a").do("a").tasks() == ["after", "caught", "caught"]


def test_an_interrupting_boundary_withdraws_a_called_process():
    from kesu.engine.spiff import compile_diagrams

    called = diagram(nodes(i="startEvent", a="userTask") + flows("i>a"), process="q")
    main = diagram(boundary("call", "message") + nodes(call='callActivity calledElement="q"'), BEFORE)
    player = Player(compile_diagrams({"m": main, "q": called}, "p"))
    assert player.tasks() == ["a"]
    assert player.send("x").waiting() == ["caught"]


def test_an_error_in_a_called_process_is_caught_around_the_call():
    from kesu.engine.spiff import compile_diagrams

    called = diagram(nodes(i="startEvent", a="userTask") + flows("i>a", "a>e") + event("endEvent", "e", "error"), BEFORE, process="q")
    main = diagram(boundary("call", "error") + nodes(call='callActivity calledElement="q"'), BEFORE)
    assert Player(compile_diagrams({"m": main, "q": called}, "p")).do("a").waiting() == ["caught"]


@pytest.mark.parametrize(("thrown", "caught"), [("E", "own"), ("F", "any")])
def test_an_error_takes_the_boundary_of_its_code_before_the_one_that_catches_all(thrown, caught):
    service = '<bpmn:serviceTask id="a"><bpmn:extensionElements><zeebe:taskDefinition type="t"/></bpmn:extensionElements></bpmn:serviceTask>'
    body = (
        nodes(s="startEvent", own="userTask", any="userTask", e="endEvent")
        + service
        + flows("s>a", "a>e", "y>any", "x>own")
        + '<bpmn:boundaryEvent id="y" attachedToRef="a"><bpmn:errorEventDefinition/></bpmn:boundaryEvent>'
        + event("boundaryEvent", "x", "error", 'attachedToRef="a"')
    )
    player = play(body, BEFORE).throw("a", thrown, why="no stock")
    assert player.waiting() == [caught] and player.run.variables()["why"] == "no stock"


def test_an_uncaught_escalation_is_told_and_the_token_goes_on():
    body = nodes(s="startEvent", a="userTask") + event("intermediateThrowEvent", "t", "escalation") + flows("s>t", "t>a")
    player = play(body, BEFORE)
    assert player.tasks() == ["a"]
    assert [h.detail["code"] for h in player.happened if h.kind == "uncaught_escalation"] == ["X"]


def test_each_timer_behind_an_event_gateway_has_its_own_time_and_the_first_ends_the_race():
    def timer(name, value):
        return (
            f'<bpmn:intermediateCatchEvent id="{name}"><bpmn:timerEventDefinition><bpmn:timeDuration>{value}</bpmn:timeDuration>'
            "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
        )

    body = (
        nodes(s="startEvent", g="eventBasedGateway", a="userTask", b="userTask")
        + timer("t1", "PT60S")
        + timer("t2", "PT5S")
        + flows("s>g", "g>t1", "g>t2", "t1>a", "t2>b")
    )
    player = play(body)
    assert (player.wait("t1").detail["due_at"] - player.wait("t2").detail["due_at"]).total_seconds() == 55
    assert player.turn(seconds=5).waiting() == ["b"]


def test_a_timer_cycle_repeats_as_often_as_it_says_and_catches_up():
    cycle = "<bpmn:timerEventDefinition><bpmn:timeCycle>R3/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>"
    body = (
        nodes(s="startEvent", a="userTask", r="userTask")
        + flows("s>a", "x>r")
        + f'<bpmn:boundaryEvent id="x" attachedToRef="a" cancelActivity="false">{cycle}</bpmn:boundaryEvent>'
    )
    player = play(body)
    assert player.turn(hours=1).tasks() == ["a", "r"]
    assert player.turn(hours=9).tasks() == ["a", "r", "r", "r"] and player.waiting("timer") == []


def test_several_triggers_in_one_event_wait_for_any_or_for_all():
    def catch(more):
        return f'<bpmn:intermediateCatchEvent id="c" {more}>{TRIGGERS["message"]}{TRIGGERS["signal"]}</bpmn:intermediateCatchEvent>'

    around = nodes(s="startEvent", u="userTask") + flows("s>c", "c>u")
    both = play(around + catch('parallelMultiple="true"'), BEFORE)
    ids = {w.kind: w.activity_id for w in both.run.waits()}
    both.run.deliver(ids["signal"], {})
    assert both.settle().waiting() == ["c"] and both.waiting("message") == ["c"]
    both.run.deliver(ids["message"], {})
    assert both.settle().waiting() == ["u"]
    either = play(around + catch(""), BEFORE)
    either.run.deliver(next(w.activity_id for w in either.run.waits() if w.kind == "signal"), {})
    assert either.settle().waiting() == ["u"]


def test_a_signal_reaches_every_wait_of_the_instance_and_is_told_to_the_others():
    body = (
        nodes(s="startEvent", a="userTask", x="userTask", y="userTask")
        + event("intermediateCatchEvent", "c1", "signal")
        + event("intermediateCatchEvent", "c2", "signal")
        + event("endEvent", "e", "signal")
        + flows("s>a", "a>e", "s>c1", "s>c2", "c1>x", "c2>y")
    )
    player = play(body, BEFORE).do("a")
    assert player.tasks() == ["x", "y"]
    assert [(h.detail["kind"], h.detail["name"]) for h in player.happened if h.kind == "thrown"] == [("signal", "sig")]


def test_a_condition_sees_what_another_branch_changes():
    body = nodes(s="startEvent", a="userTask", u="userTask") + event("intermediateCatchEvent", "c", "conditional") + flows("s>a", "s>c", "c>u")
    player = play(body, BEFORE)
    assert player.waiting() == ["a", "c"]
    assert player.do("a", late=True).waiting() == ["u"]


def test_terminate_in_a_sub_process_ends_only_that():
    body = (
        nodes(s="startEvent", o="userTask", after="userTask")
        + flows("s>sub", "s>o", "sub>after")
        + '<bpmn:subProcess id="sub">'
        + nodes(i="startEvent", a="userTask", b="userTask")
        + '<bpmn:endEvent id="e"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
        + flows("i>a", "i>b", "a>e")
        + "</bpmn:subProcess>"
    )
    assert play(body).do("a").tasks() == ["after", "o"]
