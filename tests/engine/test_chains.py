"""Processes that start or move each other in a circle are stopped, with an incident; so is nothing that a person or time lets go."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kesu.engine import (
    definitions,
    incidents,
    instances,
    jobs,
    runtime,
    start_timers,
    timers,
    worker,
)
from kesu.engine.runtime.chains import MAX_CHAIN
from tests.engine.diagrams import diagram

SIGNAL = '<b:signal id="sig" name="sig"/>'
MESSAGE = '<b:message id="m" name="m"/>'
ON = {
    "signal": '<b:signalEventDefinition signalRef="sig"/>',
    "message": '<b:messageEventDefinition messageRef="m"/>',
}


def circle(kind, between=""):
    """A process that begins with what it throws itself at its end."""
    steps = f"start:s {between} end:e".replace("  ", " ")
    return diagram(
        steps,
        key="circle",
        inner={"s": ON[kind], "e": ON[kind], "t": HOURLY},
        outside=SIGNAL + MESSAGE,
    )


HOURLY = "<b:timerEventDefinition><b:timeDuration>PT1H</b:timeDuration></b:timerEventDefinition>"


def count(db):
    with db.read() as connection:
        return connection.execute(
            select(func.count()).select_from(instances.instances)
        ).scalar_one()


def found(db):
    with db.read() as connection:
        return [
            (each.kind, each.element_id, each.definition_key)
            for each in incidents.listed(connection)
        ]


@pytest.mark.parametrize("kind", ["signal", "message"])
def test_a_process_that_starts_itself_is_stopped_with_an_incident(cast, kind):
    definitions.deploy(cast, circle(kind), actor="olga")
    if kind == "signal":
        runtime.broadcast(cast, "sig", actor="ines")
    else:
        runtime.correlate(cast, "m", {}, actor="ines")
    worker.drain_as(cast, "w", limit=1000)
    assert count(cast) == MAX_CHAIN + 1
    assert found(cast) == [("endless_chain", "e", "circle")]
    runtime.sweep(cast)
    assert len(found(cast)) == 1, "it stays though its instance has ended"
    with cast.read() as connection:
        [incident] = incidents.listed(connection)
    runtime.skip(cast, incident.id, actor="mara", reason="the diagram is being changed")
    assert found(cast) == [] and count(cast) == MAX_CHAIN + 1


def test_a_round_an_hour_is_no_flood(cast, turned):
    definitions.deploy(cast, circle("signal", "intermediateCatchEvent:t"), actor="olga")
    runtime.broadcast(cast, "sig", actor="ines")
    for _ in range(MAX_CHAIN + 5):
        worker.drain(cast)
        turned.advance(timedelta(hours=1))
    assert found(cast) == [] and count(cast) > MAX_CHAIN + 3


def test_a_persons_act_begins_a_chain_anew(cast):
    definitions.deploy(cast, circle("signal", "user:a"), actor="olga")
    runtime.broadcast(cast, "sig", actor="ines")
    with cast.read() as connection:
        book = instances.find(connection, 1).book
    assert "chain" not in book


def test_what_is_due_takes_turns(cast, turned):
    """A start timer that is due all the time does not keep jobs waiting, nor do due timers."""
    definitions.deploy(
        cast,
        diagram(
            "start:s end:e",
            key="often",
            inner={
                "s": "<b:timerEventDefinition><b:timeCycle>R/PT1M</b:timeCycle></b:timerEventDefinition>"
            },
        ),
        actor="olga",
    )
    with cast.write() as connection:
        jobs.enqueue(connection, "kesu.nothing", {}, key="first", run_at=turned.now())
    turned.advance(timedelta(minutes=2))
    assert worker.one_step(cast) == 2
    with cast.read() as connection:
        states = dict(
            tuple(row) for row in connection.execute(select(jobs.jobs.c.key, jobs.jobs.c.state))
        )
        assert states.pop("first") != jobs.READY and set(states.values()) == {jobs.READY}
        assert timers.due(connection, turned.now()) == []
        assert start_timers.due(connection, turned.now()) is None
