"""A case that stopped with an error nobody catches: an incident, not a completion; taken up again or passed over by a person."""

import pytest

from kesu.engine import definitions, incidents, instances, runtime, user_tasks
from tests.engine.diagrams import diagram, extension

STOPPING = diagram("start:s service:call user:after end:e", key="stopping", inner={
    "call": extension('<spiffworkflow:serviceTaskOperator id="refusing" resultVariable=""/>')})


@pytest.fixture
def stopped(cast, handlers):
    """An instance whose service task has said "no_stock", which the diagram does not catch."""
    definitions.deploy(cast, STOPPING, actor="olga")
    moved = runtime.start(cast, "stopping", actor="ines")
    with cast.read() as connection:
        [incident] = incidents.listed(connection)
        assert instances.find(connection, moved.instance_id).state == "active"
    assert (incident.kind, incident.element_id) == ("uncaught_error", "call")
    return moved.instance_id, incident.id


def open_elements(db, instance_id):
    with db.read() as connection:
        return [task.element_id for task in user_tasks.of_instance(connection, instance_id, only_open=True)]


def test_it_can_be_passed_over(cast, stopped):
    instance_id, incident_id = stopped
    runtime.skip(cast, incident_id, actor="mara", reason="sent by hand")
    assert open_elements(cast, instance_id) == ["after"]


def test_taken_up_again_it_stops_again_while_the_cause_is_there(cast, stopped):
    instance_id, incident_id = stopped
    runtime.retry(cast, incident_id, actor="mara")
    with cast.read() as connection:
        [again] = incidents.listed(connection)
    assert again.id != incident_id
    assert open_elements(cast, instance_id) == []
