"""Many timers due at once: fired together, each as if it were alone; one that is in the way holds up none of the others."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kesu.engine import definitions, history, incidents, instances, runtime, timers, user_tasks, worker
from tests.engine.diagrams import diagram, extension
from tests.engine.test_concurrency import together

TIMED = diagram("start:s intermediateCatchEvent:wait user:a end:e", inner={
    "wait": "<b:timerEventDefinition><b:timeDuration>P1D</b:timeDuration></b:timerEventDefinition>",
    "a": extension('<kesu:assignment assignee="olga"/>')})


@pytest.fixture
def due(cast, turned):
    """Sixty cases whose timer is due: more than are fired together."""
    definitions.deploy(cast, TIMED, actor="olga")
    found = [runtime.start(cast, "p", actor="ines").instance_id for _ in range(60)]
    turned.advance(timedelta(days=1))
    return found


def stands(db, ids):
    with db.read() as connection:
        opened = {each: [task.element_id for task in user_tasks.of_instance(connection, each)] for each in ids}
        fired = {each: [row["kind"] for row in history.of_instance(connection, each)].count("timer_fired") for each in ids}
        assert all(history.verify(connection, each).intact for each in ids)
    return opened, fired


def test_each_is_fired_once_with_its_own_history(cast, due, handlers):
    assert worker.drain(cast) == 60
    assert stands(cast, due) == (dict.fromkeys(due, ["a"]), dict.fromkeys(due, 1))


def test_workers_who_sweep_at_the_same_time_fire_each_once(cast, due, handlers):
    together(*[lambda n=n: worker.drain_as(cast, f"worker {n}") for n in range(3)])
    assert stands(cast, due) == (dict.fromkeys(due, ["a"]), dict.fromkeys(due, 1))


def test_one_that_cannot_go_on_holds_up_none_of_the_others(cast, due, handlers):
    broken, others = due[7], [each for each in due if each != due[7]]
    with cast.write() as connection:
        connection.execute(instances.instances.update().where(instances.instances.c.id == broken).values(body="{}"))
    worker.drain(cast)
    assert stands(cast, others) == (dict.fromkeys(others, ["a"]), dict.fromkeys(others, 1))
    with cast.read() as connection:
        row = connection.execute(select(timers.timers).where(timers.timers.c.instance_id == broken)).one()
        assert (row.state, row.attempts_left) == (timers.ARMED, 4), "tried again later"
        assert incidents.listed(connection) == []


def test_of_each_case_the_first_is_fired_first(cast, turned, handlers):
    both = diagram("start:s and:f intermediateCatchEvent:one user:a end:e\n f intermediateCatchEvent:two user:b e", inner={
        "one": "<b:timerEventDefinition><b:timeDuration>PT2H</b:timeDuration></b:timerEventDefinition>",
        "two": "<b:timerEventDefinition><b:timeDuration>PT1H</b:timeDuration></b:timerEventDefinition>"})
    definitions.deploy(cast, both, actor="olga")
    found = [runtime.start(cast, "p", actor="ines").instance_id for _ in range(3)]
    turned.advance(timedelta(hours=3))
    worker.drain(cast)
    opened, _ = stands(cast, found)
    assert opened == dict.fromkeys(found, ["b", "a"])
