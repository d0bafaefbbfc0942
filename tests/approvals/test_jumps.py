"""Jumps ahead: where they may go, and that everything they pass over is recorded as skipped."""

import pytest

from kesu.engine import definitions, runtime
from tests.engine.diagrams import diagram

INNER = '<b:startEvent id="t"/><b:userTask id="x" name="x"/><b:userTask id="y" name="y"/><b:sequenceFlow id="i0" sourceRef="t" targetRef="x"/>' \
    '<b:sequenceFlow id="i1" sourceRef="x" targetRef="y"/>'
INSIDE = diagram("start:s user:a subProcess:sub user:z end:e", inner={"sub": INNER})
CALLED = diagram("start:s user:x user:y end:e", key="called")
CALL = diagram("start:s user:a callActivity:call user:z end:e", key="calling", attributes={"call": 'calledElement="called"'})
ITSELF = diagram("start:s xor:g end:short [deep > 2]\n g user:a callActivity:call user:z end:e", key="itself",
                 attributes={"call": 'calledElement="itself"', "g": 'default="f1_0"'})
COMPUTED = diagram("start:s user:a callActivity:call user:z end:e", key="computed", attributes={"call": 'calledElement="=which"'})


def skipped(office):
    return sorted(row["element_id"].rpartition(":")[2] for row in office.told("task_skipped"))


def test_a_jump_over_a_sub_process_records_what_is_inside(office):
    office.begin(INSIDE).move("a", "root", "jump", target="z")
    assert (office.open(), skipped(office)) == (["z"], ["a", "x", "y"])


def test_a_jump_out_of_a_sub_process_records_what_was_still_to_come_there(office):
    office.begin(INSIDE).do("a")
    office.move("x", "root", "jump", target="z")
    assert (office.open(), skipped(office)) == (["z"], ["x", "y"])
    assert office.do("z").state == "completed"


def test_a_jump_over_a_called_process_records_what_is_inside(office):
    definitions.deploy(office.db, CALLED, actor="olga")
    office.begin(CALL).move("a", "root", "jump", target="z")
    assert (office.open(), skipped(office)) == (["z"], ["a", "x", "y"])


def test_a_jump_over_a_process_that_calls_itself_comes_to_an_end(office):
    office.begin(ITSELF, deep=1).move("a", "root", "jump", target="z")
    assert (office.open(), skipped(office)) == (["z"], ["a", "z"])  # the same elements, called


def test_which_process_a_computed_call_would_have_called_is_not_guessed(office):
    definitions.deploy(office.db, CALLED, actor="olga")
    office.begin(COMPUTED, which="called").move("a", "root", "jump", target="z")
    assert (office.open(), skipped(office)) == (["z"], ["a"])


@pytest.mark.parametrize("element", ["x", "a"])
def test_a_preview_of_a_jump_ahead_names_what_is_given_up(office, element):
    office.begin(INSIDE)
    if element == "x":
        office.do("a")
    preview = runtime.preview(office.db, office.task(element), actor="root", move="jump", target="z")
    assert [each.element_id.rpartition(":")[2] for each in preview.voided] == [element] and office.open()
