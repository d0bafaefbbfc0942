"""Null is not no, in a case of a company: what the person did is kept, an incident says what was read, and editing the variables mends it."""

import pytest

from kesu.engine import definitions, history, incidents, runtime, user_tasks
from kesu.engine.errors import Conflict
from tests.conftest import shared


@pytest.fixture
def waiting(cast):
    """An instance of the file whose task is completed with an amount that is a text, and its incident."""
    key = definitions.deploy(
        cast, shared("faults", "inputs", "condition-without-answer.bpmn").read_bytes(), actor="olga"
    )[0].key
    moved = runtime.start(cast, key, actor="ines", business_key="KS-1")
    [task] = open_tasks(cast, moved)
    ended = runtime.complete(
        cast, task.id, actor="ada", submission={"amount": "two thousand"}, idempotency_key="once"
    )
    assert ended.state == "active"
    with cast.read() as connection:
        [incident] = incidents.listed(connection)
        assert user_tasks.find(connection, task.id).state == "completed"
    return cast, moved, incident


def open_tasks(db, moved):
    with db.read() as connection:
        return user_tasks.of_instance(connection, moved.instance_id, only_open=True)


def unsettled(db):
    with db.read() as connection:
        return incidents.listed(connection)


def test_the_incident_stands_at_the_gateway_with_what_it_read(waiting):
    db, moved, incident = waiting
    assert (incident.kind, incident.element_id, incident.business_key) == ("undecided", "g", "KS-1")
    for part in ("amount > 1000", "amount = two thousand", "null"):
        assert part in incident.message
    assert open_tasks(db, moved) == []
    with db.read() as connection:
        told = history.of_instance(connection, moved.instance_id)
    assert [each["element_id"] for each in told if each["kind"] == "incident_opened"] == ["g"]
    assert "two thousand" not in str(
        [each["details"] for each in told if each["kind"] == "incident_opened"]
    )


def test_edited_and_tried_again_it_goes_the_right_way(waiting):
    db, moved, incident = waiting
    with pytest.raises(Conflict, match="still neither true nor false"):
        runtime.retry(db, incident.id, actor="mara")
    assert [each.id for each in unsettled(db)] == [incident.id]
    runtime.retry(db, incident.id, actor="mara", variables={"amount": 2000})
    assert [task.element_id for task in open_tasks(db, moved)] == ["big"]
    assert unsettled(db) == []


def test_skipped_it_goes_the_default_way(waiting):
    db, moved, incident = waiting
    runtime.skip(db, incident.id, actor="mara", reason="it is small")
    assert open_tasks(db, moved) == [] and unsettled(db) == []


def test_a_case_that_ends_takes_its_incident_along(waiting):
    db, moved, incident = waiting
    runtime.terminate(db, moved.instance_id, actor="mara", reason="a slip")
    runtime.sweep(db)
    assert unsettled(db) == []


def test_a_start_without_an_answer_is_a_case_that_waits(cast):
    xml = (
        shared("faults", "inputs", "condition-without-answer.bpmn")
        .read_bytes()
        .replace(b'targetRef="u"', b'targetRef="g"', 1)
    )
    xml = xml.replace(
        b'<bpmn:sequenceFlow id="f38" sourceRef="u" targetRef="g"></bpmn:sequenceFlow>', b""
    ).replace(
        b'<bpmn:userTask id="u" name="u"><bpmn:extensionElements><kesu:assignment assignee="ada"/></bpmn:extensionElements></bpmn:userTask>',
        b"",
    )
    key = definitions.deploy(cast, xml, actor="olga")[0].key
    moved = runtime.start(cast, key, actor="ines", variables={"amount": None})
    assert moved.state == "active"
    assert [each.element_id for each in unsettled(cast)] == ["g"]
