"""A handler that takes longer than its lease keeps its job: no other worker begins it as well."""

from datetime import timedelta

from sqlalchemy import select

from kesu.engine import clock, definitions, jobs, runtime, service_tasks, worker
from kesu.engine.runtime import heartbeats
from kesu.engine.service_tasks import Registry, Topic, done
from tests.engine.test_concurrency import WORK


def test_a_job_that_takes_long_is_not_done_by_two(cast, turned, monkeypatch):
    monkeypatch.setattr(heartbeats, "EVERY", 0.001)
    begun = []

    def slow(task):
        begun.append(task.idempotency_key)
        turned.advance(timedelta(minutes=1))  # half of the lease
        wait_for_a_beat(cast, clock.now())
        turned.advance(timedelta(minutes=1, seconds=30))  # two and a half minutes since the claim
        wait_for_a_beat(cast, clock.now())
        assert worker.drain_as(cast, "another worker") == 0
        return done()

    before = service_tasks.plug(Registry([Topic("outside", slow)]))
    definitions.deploy(cast, WORK, actor="olga")
    runtime.start(cast, "work", actor="ines")
    worker.drain(cast)
    service_tasks.plug(before)

    assert len(begun) == 1
    with cast.read() as connection:
        assert connection.execute(select(jobs.jobs.c.state, jobs.jobs.c.attempts)).all() == [(jobs.SUCCEEDED, 1)]


def wait_for_a_beat(db, now):
    """Look until the claim has been renewed at this instant."""
    for _ in range(20_000):
        with db.read() as connection:
            if connection.execute(select(jobs.jobs.c.lease_until)).scalar_one() == now + jobs.LEASE:
                return
    raise AssertionError("the claim was not renewed")
