"""What a message or signal may set is what its event declares, typed; who sent a kept one is known, and it reaches nobody who began later."""

import pytest

from kesu.engine import definitions, history, instances, runtime, user_tasks
from kesu.engine.errors import Forbidden, Invalid, NotFound
from tests.engine.diagrams import diagram, extension

OUTSIDE = '<b:message id="m" name="rated"/><b:signal id="sg" name="recall"/>'


def waiting(db, declared="", key="KS-1", kind="messageEventDefinition messageRef=\"m\"", first="intermediateCatchEvent:w"):
    inner = {"w": (extension(f"<kesu:received {declared}/>") if declared else "") + f"<b:{kind}/>"}
    definitions.deploy(db, diagram(f"start:s {first} user:after end:e", key="waiting", outside=OUTSIDE, inner=inner), actor="olga")
    return runtime.start(db, "waiting", actor="ines", business_key=key, variables={"score": 1}).instance_id


def send(db, variables, actor="ines", **correlation):
    return runtime.correlate(db, "rated", correlation or {"reference": "KS-1"}, variables, actor=actor)


def told(db, instance_id):
    with db.read() as connection:
        events = history.of_instance(connection, instance_id)
        return instances.find(connection, instance_id).variables, [each for each in events if each["kind"] == "message_received"]


@pytest.mark.parametrize(("declared", "variables"), [
    ("", {"levels": 1}), ('sets="score: number"', {"score": 5, "levels": 1}), ('fromCustomer="false"', {"score": 5}),
    ('sets="score: number"', {"score": "5"}), ('sets="score: number"', {"score": True}), ('sets="ok: boolean"', {"ok": 1}),
    ('sets="on: date"', {"on": "soon"}), ('sets="all: list"', {"all": "a"}), ('sets="word: text"', {"word": 1})])
def test_what_is_not_declared_or_not_of_its_type_is_refused_and_named(cast, declared, variables):
    instance_id = waiting(cast, declared)
    with pytest.raises(Invalid, match=sorted(variables)[0]):
        send(cast, variables)
    assert told(cast, instance_id) == ({"score": 1}, [])


def test_what_is_declared_is_taken_and_before_and_after_stand_in_history(cast):
    instance_id = waiting(cast, 'sets="score: number, note"')
    send(cast, {"score": 5, "note": ["any", "thing"]})
    variables, [event] = told(cast, instance_id)
    assert variables == {"score": 5, "note": ["any", "thing"]} and event["actor"] == "ines"
    assert event["details"]["changed"] == {"score": {"before": 1, "after": 5}, "note": {"before": None, "after": ["any", "thing"]}}


def test_only_the_customers_pages_send_what_comes_from_the_customer(cast):
    instance_id = waiting(cast, 'sets="score: number" fromCustomer="true"')
    with pytest.raises(Forbidden, match="rated"):
        send(cast, {"score": 5})
    assert send(cast, {"score": 5}, actor="customer").instance_id == instance_id


def test_a_kept_message_says_who_sent_it_and_reaches_nobody_who_began_later(cast):
    first = waiting(cast, 'sets="score: number"', first="user:a intermediateCatchEvent:w")
    assert send(cast, {"score": 5}) is None
    later = waiting(cast, 'sets="score: number"', first="user:a intermediateCatchEvent:w")
    for instance_id in (later, first):
        with cast.read() as connection:
            [task] = user_tasks.of_instance(connection, instance_id, only_open=True)
        runtime.complete(cast, task.id, actor="root")
    assert told(cast, later) == ({"score": 1}, [])
    variables, [event] = told(cast, first)
    assert (variables["score"], event["actor"]) == (5, "ines")


def test_a_message_that_nobody_could_ever_take_is_not_kept(cast):
    waiting(cast, 'sets="score: number"')
    for correlation in ({"reference": "KS-2"}, {"anything": "else"}):
        with pytest.raises(NotFound, match="Nothing was kept"):
            send(cast, {}, **correlation)


def test_a_signal_from_outside_sets_what_every_listener_declares(cast):
    waiting(cast, 'sets="batch: text"', kind='signalEventDefinition signalRef="sg"')
    with pytest.raises(Invalid, match="levels"):
        runtime.broadcast(cast, "recall", {"levels": 1}, actor="mara", declared=True)
    assert runtime.broadcast(cast, "recall", {"batch": "B7"}, actor="mara", declared=True) == 1
