"""Messages and signals reach whom they are meant for, once, even when they come before anybody waits."""

import pytest

from kesu.engine import definitions, instances, runtime, user_tasks, worker
from kesu.engine.errors import NotFound
from tests.engine.diagrams import diagram

MESSAGE = '<b:message id="m" name="answered"/><b:signal id="sg" name="recall"/>'
WAITING = diagram("start:s user:a intermediateCatchEvent:w user:after end:e", key="waiting", outside=MESSAGE,
                  inner={"w": '<b:messageEventDefinition messageRef="m"/>'})
STARTED = diagram("start:s user:a end:e", key="started", outside=MESSAGE, inner={"s": '<b:messageEventDefinition messageRef="m"/>'})
THROWING = diagram("start:s intermediateThrowEvent:t end:e", key="throwing", outside=MESSAGE,
                   inner={"t": '<b:messageEventDefinition messageRef="m"/>'})
LISTENING = diagram("start:s intermediateCatchEvent:w user:after end:e", key="listening", outside=MESSAGE,
                    inner={"w": '<b:signalEventDefinition signalRef="sg"/>'})


def open_elements(db, instance_id):
    with db.read() as connection:
        return [task.element_id for task in user_tasks.of_instance(connection, instance_id, only_open=True)]


def waiting(db, business_key, *, at_message=True):
    definitions.deploy(db, WAITING, actor="olga")
    moved = runtime.start(db, "waiting", actor="ines", business_key=business_key)
    if at_message:
        reach(db, moved.instance_id)
    return moved.instance_id


def reach(db, instance_id):
    with db.read() as connection:
        [task] = user_tasks.of_instance(connection, instance_id, only_open=True)
    runtime.complete(db, task.id, actor="root")


def test_a_message_reaches_the_case_it_is_about_and_no_other(cast):
    mine, other = waiting(cast, "KS-1"), waiting(cast, "KS-2")
    moved = runtime.correlate(cast, "answered", {"reference": "KS-1"}, {"photo": True}, actor="customer")
    assert moved.instance_id == mine
    assert (open_elements(cast, mine), open_elements(cast, other)) == (["after"], [])
    with cast.read() as connection:
        assert instances.find(connection, mine).variables == {"photo": True}


def test_a_message_that_comes_early_is_kept_until_somebody_waits(cast):
    instance_id = waiting(cast, "KS-1", at_message=False)
    assert runtime.correlate(cast, "answered", {"reference": "KS-1"}, {"photo": True}, actor="customer") is None
    reach(cast, instance_id)
    assert open_elements(cast, instance_id) == ["after"]
    second = waiting(cast, "KS-1")
    assert open_elements(cast, second) == []  # it was taken once


def test_a_message_that_nobody_can_take_may_be_refused_instead(cast):
    with pytest.raises(NotFound, match="Nobody waits"):
        runtime.correlate(cast, "answered", {"reference": "KS-9"}, actor="customer", keep=False)


def test_a_message_starts_the_process_that_begins_with_it(cast):
    definitions.deploy(cast, STARTED, actor="olga")
    moved = runtime.correlate(cast, "answered", {"reference": "KS-3"}, {"photo": True}, actor="customer")
    with cast.read() as connection:
        instance = instances.find(connection, moved.instance_id)
    assert (instance.definition_key, instance.business_key, open_elements(cast, instance.id)) == ("started", "KS-3", ["a"])


def test_a_thrown_message_reaches_the_other_instance_of_the_same_case(cast):
    mine, other = waiting(cast, "KS-1"), waiting(cast, "KS-2")
    definitions.deploy(cast, THROWING, actor="olga")
    runtime.start(cast, "throwing", actor="ines", business_key="KS-2")
    worker.drain(cast)
    assert (open_elements(cast, mine), open_elements(cast, other)) == ([], ["after"])


def test_a_signal_reaches_everybody_who_listens(cast):
    definitions.deploy(cast, LISTENING, actor="olga")
    listening = [runtime.start(cast, "listening", actor="ines").instance_id for _ in range(3)]
    assert runtime.broadcast(cast, "recall", {"batch": "B7"}, actor="mara") == 3
    assert all(open_elements(cast, each) == ["after"] for each in listening)


def test_a_signal_that_is_sent_again_under_its_key_reaches_nobody_twice(cast):
    definitions.deploy(cast, LISTENING, actor="olga")
    runtime.start(cast, "listening", actor="ines")
    assert runtime.broadcast(cast, "recall", {}, actor="mara", idempotency_key="r1") == 1
    later = runtime.start(cast, "listening", actor="ines").instance_id
    assert runtime.broadcast(cast, "recall", {}, actor="mara", idempotency_key="r1") == 1
    assert open_elements(cast, later) != ["after"]
