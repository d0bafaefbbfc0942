"""Processes that start by the clock: a due start timer leaves a job and moves on to its next round, in one transaction.

The job starts the instance, once, under its key; like any job it is retried and becomes an incident when it fails.
"""

from kesu.engine import clock, jobs, spiff, start_timers
from kesu.engine.database import Database
from kesu.engine.identity import SYSTEM
from kesu.engine.jobs import Job
from kesu.engine.runtime import work
from kesu.engine.runtime.starts import start
from kesu.engine.start_timers import StartTimer

TOPIC = "kesu.start_process"


def fire_start_timer(db: Database, timer: StartTimer) -> bool:
    """Let a due start timer start its process, once however many of its rounds were missed; False where somebody else was first."""
    now, due = clock.now(), timer.due_at.isoformat()
    following = spiff.following(timer.setting, now, timer.element_id)
    payload = {"definition": timer.definition_key, "element": timer.element_id}
    with db.write() as connection:
        if not start_timers.advance(connection, timer, following):
            return False
        jobs.enqueue(connection, TOPIC, payload, key=f"start/{timer.definition_key}/{timer.version}/{timer.element_id}/{due}", run_at=now,
                     element_id=timer.element_id)
    return True


def _start(db: Database, job: Job) -> None:
    key, element = job.payload["definition"], job.payload["element"]
    with db.read() as connection:
        wanted = start_timers.known(connection, key, element)
    if wanted:  # else a new version without this start event was published between the firing and now
        start(db, key, actor=SYSTEM, start_event=element, idempotency_key=job.key)


work.BUILT_IN[TOPIC] = _start
