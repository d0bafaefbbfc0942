"""Processes that begin with a message behind no start event: a receive task, and a gateway that begins with all of several."""

from sqlalchemy import func, select

from kesu.engine import definitions, instances, runtime, user_tasks
from tests.engine.diagrams import diagram

MESSAGES = '<b:message id="m" name="m"/><b:message id="n" name="n"/>'
EVENT = '<b:messageEventDefinition messageRef="{}"/>'


def send(db, name, **values):
    return runtime.correlate(db, name, values, actor="system")


def open_tasks(db):
    with db.read() as connection:
        count = connection.execute(select(func.count()).select_from(instances.instances)).scalar_one()
        return [
            [task.element_id for task in user_tasks.of_instance(connection, number, only_open=True)]
            for number in range(1, count + 1)
        ]


def test_a_receive_task_that_begins_a_process_has_its_message_already(cast):
    xml = diagram(
        "receiveTask:r user:a end:e",
        attributes={"r": 'instantiate="true" messageRef="m"'},
        outside=MESSAGES,
    )
    definitions.deploy(cast, xml, actor="olga")
    send(cast, "m", order="1")
    assert open_tasks(cast) == [["a"]]


def together(kind):
    attributes = {"g": f'instantiate="true" eventGatewayType="{kind}"'}
    inner = {"x": EVENT.format("m"), "y": EVENT.format("n")}
    flows = "eventBasedGateway:g intermediateCatchEvent:x {0}:j user:a end:e\n g intermediateCatchEvent:y j"
    join = "and" if kind == "Parallel" else "xor"
    return diagram(flows.format(join), attributes=attributes, inner=inner, outside=MESSAGES)


def test_the_second_message_of_a_conversation_joins_the_instance_of_the_first(cast):
    definitions.deploy(cast, together("Parallel"), actor="olga")
    send(cast, "m", order="1")
    send(cast, "n", order="2")
    assert open_tasks(cast) == [[], []]
    send(cast, "n", order="1")
    assert open_tasks(cast) == [["a"], []]
    send(cast, "m", order="2")
    assert open_tasks(cast) == [["a"], ["a"]]


def test_where_either_begins_each_message_is_a_case_of_its_own(cast):
    definitions.deploy(cast, together("Exclusive"), actor="olga")
    send(cast, "m", order="1")
    send(cast, "n", order="1")
    assert open_tasks(cast) == [["a"], ["a"]]
