"""What a diagram calls is there: global tasks run as the task they are, also in versions that were published before."""

import pytest

from kesu.engine import definitions, runtime, user_tasks
from kesu.engine.errors import Invalid
from tests.conftest import shared
from tests.engine.diagrams import diagram, extension

ASKED = extension('<kesu:assignment assignee="ada"/>')


def open_steps(db, moved):
    with db.read() as connection:
        return {task.element_id: task.id for task in user_tasks.of_instance(connection, moved.instance_id, only_open=True)}


def calling(task: str) -> bytes:
    return diagram("start:s callActivity:call user:z end:e", attributes={"call": 'calledElement="gt"'}, inner={"z": ASKED}, outside=task)


def test_the_example_starts_and_its_global_task_is_asked(cast):
    definitions.deploy(cast, shared("faults", "inputs", "calls-a-global-task.bpmn").read_bytes(), actor="olga")
    assert list(open_steps(cast, runtime.start(cast, "p", actor="ivan"))) == ["gt_task"]


def test_a_global_user_task_keeps_who_is_asked(cast):
    definitions.deploy(cast, calling(f'<b:globalUserTask id="gt" name="G">{ASKED}</b:globalUserTask>'), actor="olga")
    moved = runtime.start(cast, "p", actor="ivan")
    with cast.read() as connection:
        [task] = user_tasks.of_instance(connection, moved.instance_id, only_open=True)
    assert (task.name, task.assignee) == ("G", "ada")
    runtime.complete(cast, task.id, actor="ada")
    assert list(open_steps(cast, moved)) == ["z"]


@pytest.mark.parametrize("task", [
    '<b:globalScriptTask id="gt" scriptLanguage="feel"><b:script>{x: 1}</b:script></b:globalScriptTask>', '<b:globalTask id="gt"/>',
    '<b:globalManualTask id="gt"/>', '<b:process id="gt" isExecutable="false"><b:startEvent id="inner"/></b:process>',
])  # fmt: skip
def test_whatever_stands_in_the_file_can_be_called(cast, task):
    definitions.deploy(cast, calling(task), actor="olga")
    assert set(open_steps(cast, runtime.start(cast, "p", actor="ivan"))) <= {"gt_task", "z"}


def test_a_version_published_before_can_be_started_too(cast):
    [definition] = definitions.deploy(cast, calling('<b:globalManualTask id="gt"/>'), actor="olga")
    with cast.write() as connection:  # as it was written down until now
        needs = {**definition.needs, "processes": ["gt"]}
        connection.execute(definitions.definitions.update().values(needs=needs))
    assert list(open_steps(cast, runtime.start(cast, "p", actor="ivan"))) == ["gt_task"]


def test_what_is_called_and_nowhere_is_refused_at_the_call(cast):
    with pytest.raises(Invalid) as refusal:
        definitions.deploy(cast, calling('<b:globalManualTask id="gtt"/>'), actor="olga")
    assert [(each.rule, each.element) for each in refusal.value.problems if each.severity == "error"] == [("unknown_process", "call")]
