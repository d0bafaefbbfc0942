"""Going back inside a member of a multi-instance activity: within the member, and nothing of the others is touched."""

import pytest

from kesu.engine import definitions, runtime, user_tasks
from kesu.engine.errors import Conflict
from tests.conftest import shared
from tests.engine.diagrams import diagram, extension


@pytest.fixture
def several(office):
    """Two departments at work, the first of them a step further."""
    definitions.deploy(office.db, shared("faults/inputs/reject-inside-a-member.bpmn").read_bytes(), actor="olga")
    office.instance_id = runtime.start(office.db, "member_reject", actor="ines", variables={"deps": ["p", "q"]}).instance_id
    office.do("pre", "ada")
    office.do("x", "ada", submission={"word": "first"})
    return office


def every(office):
    with office.db.read() as connection:
        return user_tasks.of_instance(connection, office.instance_id)


def names(office):
    return sorted(task.element_id for task in every(office) if task.is_open)


def test_previous_is_the_step_before_in_the_same_member(several):
    legal = runtime.legal_moves(several.db, several.task("y"), actor="bo")["reject"]
    assert [(each.element_id, each.is_previous) for each in legal] == [("x", True), ("pre", False), ("end", False)]
    other = next(task for task in every(several) if task.is_open and task.element_id == "x")
    told = runtime.preview(several.db, several.task("y"), actor="bo", move="reject", target="previous")
    assert told.target.element_id == "x" and [each.element_id for each in told.voided] == ["y"]
    several.move("y", "bo", "reject", target="previous")
    assert names(several) == ["x", "x"]
    assert other in every(several), "the other department's work is as it was"


def test_both_members_come_to_their_end_after_a_rejection(several):
    several.move("y", "bo", "reject", target="previous")
    for step, who in (("x", "ada"), ("x", "ada"), ("y", "bo"), ("y", "bo")):
        several.do(step, who)
    assert names(several) == []


def test_a_step_outside_takes_every_member_along(several):
    several.move("y", "bo", "reject", target="pre")
    assert names(several) == ["pre"]
    several.do("pre", "ada")
    assert names(several) == ["x", "x"]


def test_a_member_resumes_where_it_was_rejected(several):
    several.move("y", "bo", "reject", target="previous", afterwards="resume")
    mine = max(task.id for task in every(several) if task.is_open)
    runtime.complete(several.db, mine, actor="ada", submission={"word": "better"})
    assert names(several) == ["x", "y"] and several.told("resumed")


def test_what_was_done_in_a_member_can_be_taken_back_and_jumped_to(several):
    done = next(task for task in every(several) if task.state == "completed" and task.element_id == "x")
    told = runtime.preview(several.db, several.task("y"), actor="root", move="jump", target="x")
    assert [each.element_id for each in told.voided] == ["y"]
    runtime.move(several.db, done.id, actor="ada", move="take_back")
    assert names(several) == ["x", "x"]


def test_a_member_that_is_done_cannot_be_gone_back_to(several):
    done = next(task for task in every(several) if task.state == "completed" and task.element_id == "x")
    several.do("y", "bo")
    with pytest.raises(Conflict):
        runtime.move(several.db, done.id, actor="ada", move="take_back")
    several.do("x", "ada")
    legal = runtime.legal_moves(several.db, several.task("y"), actor="bo")["reject"]
    assert [each.element_id for each in legal] == ["x", "pre", "end"]


@pytest.mark.parametrize("afterwards", ["rerun", "resume"])
def test_a_loop_inside_a_member_goes_back_to_the_latest_round(office, afterwards):
    many = ('<b:multiInstanceLoopCharacteristics><b:loopDataInputRef>deps</b:loopDataInputRef><b:inputDataItem id="dep" name="dep"/>'
            '</b:multiInstanceLoopCharacteristics>')
    who = extension('<kesu:assignment assignee="ada"/>')
    inside = diagram('start:s2 user:x user:y xor:g end:e2; g user:z [again = "yes"]; z x', attributes={"g": 'default="f0_3"'},
                     inner=dict.fromkeys("xyz", who)).decode()
    body = inside[inside.index("<b:startEvent"):inside.index("</b:process>")].replace('id="f', 'id="inner_f').replace('"f0_3"', '"inner_f0_3"')
    office.begin(diagram("start:s user:pre subProcess:sp end:e", inner={"pre": who, "sp": many + body}), deps=["p", "q"])
    office.do("pre", "ada")
    for step, said in (("x", {}), ("y", {"again": "yes"}), ("z", {}), ("x", {})):
        turn = [task for task in every(office) if task.is_open and task.element_id == step]
        runtime.complete(office.db, turn[-1].id, actor="ada", submission=said)
    here = next(task for task in every(office) if task.is_open and task.element_id == "y")
    legal = runtime.legal_moves(office.db, here.id, actor="ada")["reject"]
    assert [each.element_id for each in legal] == ["x", "z", "pre", "end"]
    runtime.move(office.db, here.id, actor="ada", move="reject", target="z", afterwards=afterwards, reason="again")
    assert names(office) == ["x", "z"]
