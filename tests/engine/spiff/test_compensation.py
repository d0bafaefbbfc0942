"""Undoing: boundary handlers, throw and end, one activity and a whole scope, in reverse order; transactions."""

from tests.engine.spiff.play import flows, nodes, play

COMPENSATE = "<bpmn:compensateEventDefinition {}/>"


def undoable(name):
    """A task and the task that undoes it."""
    return (
        nodes(**{name: "userTask", f"undo_{name}": 'userTask isForCompensation="true"'})
        + f'<bpmn:boundaryEvent id="c_{name}" attachedToRef="{name}">{COMPENSATE.format("")}</bpmn:boundaryEvent>'
        + f'<bpmn:association id="as_{name}" sourceRef="c_{name}" targetRef="undo_{name}"/>'
    )


def throw(kind, more=""):
    return f'<bpmn:{kind} id="t">{COMPENSATE.format(more)}</bpmn:{kind}>'


def test_a_scope_is_undone_in_reverse_order_one_after_the_other():
    body = (
        undoable("a")
        + undoable("b")
        + undoable("never")
        + nodes(s="startEvent", u="userTask")
        + throw("intermediateThrowEvent")
        + flows("s>a", "a>b", "b>t", "t>u")
    )
    body += nodes(g="exclusiveGateway") + flows("never>g")
    body = body.replace(
        '<bpmn:startEvent id="s"/>',
        '<bpmn:startEvent id="s"/><bpmn:startEvent id="s2"><bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>',
    ) + flows("s2>never")
    player = play(body, '<bpmn:message id="m" name="m"/>', at="s")
    player.do("a").do("b")
    assert player.tasks() == ["undo_b"]
    assert player.do("undo_b").tasks() == ["undo_a"]
    assert player.do("undo_a").tasks() == ["u"]


def test_one_activity_is_undone_by_name_and_only_once():
    body = (
        undoable("a")
        + undoable("b")
        + nodes(s="startEvent")
        + throw("intermediateThrowEvent", 'activityRef="a"')
        + f'<bpmn:endEvent id="e">{COMPENSATE.format("")}</bpmn:endEvent>'
        + flows("s>a", "a>b", "b>t", "t>e")
    )
    player = play(body).do("a").do("b")
    assert player.tasks() == ["undo_a"]
    assert player.do("undo_a").tasks() == ["undo_b"]
    assert player.do("undo_b").run.finished


def test_what_finished_inside_a_sub_process_is_undone_with_it():
    body = (
        nodes(s="startEvent", u="userTask")
        + '<bpmn:subProcess id="sub">'
        + undoable("a")
        + undoable("b")
        + nodes(i="startEvent")
        + flows("i>a", "a>b")
        + "</bpmn:subProcess>"
        + throw("intermediateThrowEvent")
        + flows("s>sub", "sub>t", "t>u")
    )
    player = play(body).do("a").do("b")
    assert player.tasks() == ["undo_b"]
    assert player.do("undo_b").do("undo_a").tasks() == ["u"]


def test_nothing_to_undo_is_no_wait():
    assert play(nodes(s="startEvent", u="userTask") + throw("intermediateThrowEvent") + flows("s>t", "t>u")).tasks() == ["u"]


def test_every_instance_of_a_repeated_activity_is_undone():
    several = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    body = (
        undoable("a").replace('<bpmn:userTask id="a"/>', f'<bpmn:userTask id="a">{several}</bpmn:userTask>')
        + nodes(s="startEvent", u="userTask")
        + throw("intermediateThrowEvent")
        + flows("s>a", "a>t", "t>u")
    )
    player = play(body).do("a").do("a")
    assert player.tasks() == ["undo_a"]
    assert player.do("undo_a").tasks() == ["undo_a"]
    assert player.do("undo_a").tasks() == ["u"]


def test_a_cancelled_transaction_is_undone_and_left_by_its_cancel_boundary():
    cancel = '<bpmn:endEvent id="e"><bpmn:cancelEventDefinition/></bpmn:endEvent>'
    body = (
        nodes(s="startEvent", ok="userTask", gone="userTask")
        + '<bpmn:transaction id="tx">'
        + undoable("a")
        + nodes(i="startEvent", b="userTask", d="userTask")
        + cancel
        + flows("i>a", "i>d", "a>b", "b>e")
        + "</bpmn:transaction>"
        + '<bpmn:boundaryEvent id="x" attachedToRef="tx"><bpmn:cancelEventDefinition/></bpmn:boundaryEvent>'
        + flows("s>tx", "tx>ok", "x>gone")
    )
    player = play(body).do("a").do("b")
    assert player.tasks() == ["undo_a"]
    assert player.do("undo_a").tasks() == ["gone"]


def test_work_that_was_gone_back_to_is_not_undone_twice():
    body = undoable("a") + nodes(s="startEvent", b="userTask", u="userTask") + throw("intermediateThrowEvent") + flows("s>a", "a>b", "b>t", "t>u")
    player = play(body).do("a")
    player.run.rewind(player.run.rewind_targets(player.wait("b").activity_id)[0][0])
    player.settle().do("a").do("b")
    assert player.tasks() == ["undo_a"]
    assert player.do("undo_a").tasks() == ["u"]
