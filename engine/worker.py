"""What goes on by itself: due timers are fired, ready jobs are done. Step by step, so that tests turn the clock and call `drain`."""

import os
import socket
from collections.abc import Iterable

from kesu.engine import clock, clock_watch, jobs, service_tasks, start_timers, timers
from kesu.engine.database import Database
from kesu.engine.runtime import fire_start_timer, fire_timers, perform
from kesu.engine.runtime.sweeps import TOGETHER

NAME = f"{socket.gethostname()}:{os.getpid()}"


def one_step(db: Database, worker: str = NAME, without: Iterable[str] = ()) -> int:
    """Fire due timers, start one process that is due and do one ready job, in fair turns; return how many things that was.

    Nothing is done while the machine's clock has jumped: what is due by a wrong time must not go out.
    """
    if clock_watch.holds(db):
        return 0
    return _timers(db) + _one_start(db) + _one_job(db, worker, without=without)


def drain(db: Database) -> int:
    """Step until nothing is due, in all lanes; return how many steps that took."""
    return drain_as(db, NAME)


def main_step(db: Database) -> int:
    """Fire timers, start a process, do a job, of all but those jobs that have a lane of their own."""
    return one_step(db, NAME, without=_in_lanes())


def drain_lane(db: Database, lane: str) -> int:
    """Do the jobs of one lane until none is due; however long one takes, nobody else waits for it."""
    steps, topics = 0, service_tasks.registry().lanes().get(lane, ())
    while topics and not clock_watch.holds(db) and _one_job(db, f"{NAME}:{lane}", among=topics):
        steps += 1
    return steps


def drain_as(db: Database, worker: str, limit: int = 100_000) -> int:
    """Step under this name until nothing is due; return how many steps that took."""
    steps = 0
    while steps < limit and (done := one_step(db, worker)):
        steps += done
    return steps


def _timers(db: Database) -> int:
    with db.read() as connection:
        due = timers.due(connection, clock.now(), limit=TOGETHER)
    return fire_timers(db, due)


def _one_start(db: Database) -> bool:
    with db.read() as connection:
        beginning = start_timers.due(connection, clock.now())
    if beginning is None:
        return False
    fire_start_timer(db, beginning)
    return True


def _in_lanes() -> tuple[str, ...]:
    lanes = service_tasks.registry().lanes().values()
    return tuple(topic for topics in lanes for topic in topics)


def _one_job(db: Database, worker: str, *, among: Iterable[str] | None = None,
             without: Iterable[str] = ()) -> bool:
    with db.write() as connection:
        job = jobs.claim_next(connection, worker, clock.now(), among=among, without=without)
    if job is None:
        return False
    perform(db, job)
    return True
