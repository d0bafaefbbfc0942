"""Which handler an error or escalation belongs to: by its code, by its name, or any; and where one goes that is thrown again."""

import pytest

from kesu.engine.spiff import compile_diagrams
from tests.conftest import shared
from tests.engine.spiff.play import Player, flows, nodes, play

KINDS = ["error", "escalation"]
DECLARED = (
    '<bpmn:{0} id="x" {0}Code="X" name="x"/><bpmn:{0} id="y" {0}Code="Y" name="y"/><bpmn:{0} id="bare" name="bare"/>'
    '<bpmn:{0} id="other" name="other"/><bpmn:{0} id="empty" {0}Code="" name="empty"/>'
    '<bpmn:{0} id="blank" {0}Code=" " name="blank"/>'
)


def event(tag, name, kind, ref, more=""):
    named = f' {kind}Ref="{ref}"' if ref else ""
    return f'<bpmn:{tag} id="{name}" {more}><bpmn:{kind}EventDefinition{named}/></bpmn:{tag}>'


def caught_at_the_border(kind, thrown, *caught):
    """A sub-process that throws after its task, and boundary events for these references, each with a task behind it."""
    inside = (
        nodes(s1="startEvent", w="userTask")
        + flows("s1>w", "w>t")
        + event("endEvent", "t", kind, thrown)
    )
    borders = "".join(
        event("boundaryEvent", f"b{i}", kind, ref, 'attachedToRef="sp"')
        + nodes(**{f"h{i}": "userTask"})
        + flows(f"b{i}>h{i}")
        for i, ref in enumerate(caught)
    )
    body = (
        nodes(s="startEvent")
        + flows("s>sp")
        + f'<bpmn:subProcess id="sp">{inside}</bpmn:subProcess>'
        + borders
    )
    return play(body, DECLARED.format(kind)).do("w")


def caught_inside(kind, thrown, *caught):
    """The same with event sub-processes."""
    handlers = "".join(
        f'<bpmn:subProcess id="ev{i}" triggeredByEvent="true">'
        + event("startEvent", f"b{i}", kind, ref)
        + nodes(**{f"h{i}": "userTask"})
        + flows(f"b{i}>h{i}")
        + "</bpmn:subProcess>"
        for i, ref in enumerate(caught)
    )
    body = (
        nodes(s="startEvent", w="userTask")
        + flows("s>w", "w>t")
        + event("endEvent", "t", kind, thrown)
        + handlers
    )
    return play(body, DECLARED.format(kind)).do("w")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", [caught_at_the_border, caught_inside])
@pytest.mark.parametrize("ref", ["bare", "empty", "blank", None])
def test_a_definition_without_a_code_catches_every_code(kind, where, ref):
    assert where(kind, "x", ref).tasks() == ["h0"]
    assert where(kind, None, ref).tasks() == ["h0"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", [caught_at_the_border, caught_inside])
def test_the_one_that_names_the_code_goes_before_the_one_for_any_and_another_code_is_nobodys(
    kind, where
):
    assert where(kind, "x", "bare", "y", "x").tasks() == ["h2"]
    assert where(kind, "y", "x", "bare").tasks() == ["h1"]
    assert where(kind, "other", "bare", "other").tasks() == ["h1"], (
        "of two without a code the one that is meant"
    )
    lost = where(kind, "x", "y")
    assert lost.tasks() == [] and lost.kinds(f"uncaught_{kind}") == ["t"]


def test_the_file_with_handlers_for_any_code():
    model = compile_diagrams(
        {"main": shared("faults", "inputs", "catch-all-without-code.bpmn").read_bytes()}, "p"
    )
    player = Player(model)
    assert player.tasks() == ["h", "w"]
    assert player.do("w").tasks() == ["h", "h2"]
    player.do("h").do("h2")
    assert player.run.finished


def test_an_escalation_thrown_again_by_its_own_handler_reaches_the_border_outside():
    model = compile_diagrams(
        {"main": shared("faults", "inputs", "rethrown-escalation.bpmn").read_bytes()}, "p"
    )
    player = Player(model)
    assert player.tasks() == ["h", "w"]
    assert player.do("h").tasks() == ["caught", "w"]
    player.do("caught").do("w")
    assert player.run.finished
    late = Player(model).do("w")
    assert late.do("h").tasks() == ["caught"], (
        "what a handler throws is heard though the scope's own work is done"
    )


def throwing_again(kind, inner, automatic):
    """A scope whose handler throws what it has caught, itself inside `inner` further sub-processes or handlers."""
    interrupting = "true" if kind == "error" else "false"
    again = event("endEvent", "again", kind, "x")
    for i in range(inner):
        again = (
            f'<bpmn:subProcess id="in{i}">'
            + nodes(**{f"is{i}": "startEvent"})
            + flows(f"is{i}>" + (f"in{i - 1}" if i else "again"))
            + again
            + "</bpmn:subProcess>"
        )
    first = f"in{inner - 1}" if inner else "again"
    between = "" if automatic else nodes(h="userTask") + flows(f"h>{first}")
    handler = (
        '<bpmn:subProcess id="ev" triggeredByEvent="true">'
        + event("startEvent", "hs", kind, "x", f'isInterrupting="{interrupting}"')
        + flows("hs>" + (first if automatic else "h"))
        + between
        + again
        + "</bpmn:subProcess>"
    )
    thrown = (
        event("endEvent", "t", "error", "x")
        if kind == "error"
        else event("intermediateThrowEvent", "t", kind, "x") + nodes(w="userTask") + flows("t>w")
    )
    inside = nodes(s1="startEvent") + flows("s1>t") + thrown + handler
    border = event(
        "boundaryEvent", "b", kind, None, f'attachedToRef="sp" cancelActivity="{interrupting}"'
    )
    body = (
        nodes(s="startEvent", out="userTask")
        + flows("s>sp", "b>out")
        + border
        + f'<bpmn:subProcess id="sp">{inside}</bpmn:subProcess>'
    )
    return play(body, DECLARED.format(kind))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("inner", [0, 1, 3])
@pytest.mark.parametrize("automatic", [True, False])
def test_thrown_again_at_any_depth_it_belongs_to_the_scope_outside(kind, inner, automatic):
    player = throwing_again(kind, inner, automatic)
    if not automatic:
        player.do("h")
    assert player.tasks() == (["out"] if kind == "error" else ["out", "w"])
    assert player.kinds("entered").count("out") == 1


def test_two_handlers_that_throw_to_each_other_do_not_go_round():
    def handler(name, caught, thrown):
        return (
            f'<bpmn:subProcess id="{name}" triggeredByEvent="true">'
            + event("startEvent", f"{name}_s", "escalation", caught, 'isInterrupting="false"')
            + flows(f"{name}_s>{name}_e")
            + event("endEvent", f"{name}_e", "escalation", thrown)
            + "</bpmn:subProcess>"
        )

    body = (
        nodes(s="startEvent", w="userTask")
        + flows("s>t", "t>w")
        + event("intermediateThrowEvent", "t", "escalation", "x")
        + handler("a", "x", "y")
        + handler("b", "y", "x")
    )
    player = play(body, DECLARED.format("escalation"))
    assert player.tasks() == ["w"]
    assert player.kinds("uncaught_escalation") == ["b_e"]
