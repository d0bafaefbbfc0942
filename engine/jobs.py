"""Jobs: work outside the database, written in the transaction that wants it and done afterwards, at least once.

A worker claims a job for a while (its lease), keeps the claim alive (heartbeat) and reports; a dead worker's lease runs out and the job is
free again. A failure is tried again after a pause that doubles; after the last attempt it is an incident for a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, String, Table, Text, bindparam, or_, select

from kesu.engine.database import Instant, Json, metadata

READY, CLAIMED, SUCCEEDED, STUCK, CANCELLED, FROZEN = "ready", "claimed", "succeeded", "stuck", "cancelled", "frozen"
LEASE = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=30)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("topic", String, nullable=False),
    Column("payload", Json, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("instance_id", Integer, ForeignKey("instances.id"), index=True),
    Column("activity_id", String),
    Column("element_id", String),
    Column("state", String, nullable=False),
    Column("run_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("attempts_left", Integer, nullable=False),
    Column("lease_until", Instant),
    Column("worker", String),
    Column("last_error", Text),
    Column("ended_at", Instant),
    Index("ix_jobs_state_run_at", "state", "run_at"),
)


# Built once: putting a statement together costs more than running it.
_BY_KEY = select(jobs.c.id).where(jobs.c.key == bindparam("wanted"))
_INSERT = jobs.insert()


@dataclass(frozen=True)
class Job:
    """A job as read."""

    id: int
    topic: str
    payload: dict[str, Any]
    key: str
    instance_id: int | None
    activity_id: str | None
    element_id: str | None
    state: str
    run_at: datetime
    attempts: int
    attempts_left: int
    lease_until: datetime | None
    worker: str | None
    last_error: str | None
    ended_at: datetime | None


def enqueue(connection: Connection, topic: str, payload: dict[str, Any], *, key: str, run_at: datetime, attempts: int = 5, **place: Any) -> None:
    """Write a job; a second one of the same key is the same job. `place`: instance_id, activity_id, element_id where it belongs to an instance."""
    if connection.execute(_BY_KEY, {"wanted": key}).one_or_none() is not None:
        return
    connection.execute(_INSERT, {"topic": topic, "payload": payload, "key": key, "run_at": run_at, "state": READY, "attempts": 0,
                                 "attempts_left": attempts, **place})


def find(connection: Connection, job_id: int) -> Job | None:
    """Return a job, or None."""
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
    return None if row is None else Job(*row)


def claim_next(
    connection: Connection,
    worker: str,
    now: datetime,
    *,
    among: Iterable[str] | None = None,
    without: Iterable[str] = (),
) -> Job | None:
    """Claim one job that is ready, or whose worker has died; None where there is nothing to do.

    `among` and `without` are topics. Compare-and-set on the row: of two workers one gets the job,
    the other looks for the next.
    """
    free = or_(jobs.c.state == READY, (jobs.c.state == CLAIMED) & (jobs.c.lease_until < now))
    query = select(jobs.c.id).where(free, jobs.c.run_at <= now, jobs.c.topic.not_in(list(without)))
    if among is not None:
        query = query.where(jobs.c.topic.in_(list(among)))
    first = query.order_by(jobs.c.run_at, jobs.c.id).limit(1).with_for_update(skip_locked=True)
    job_id = connection.execute(first).scalar()
    return None if job_id is None else claim(connection, job_id, worker, now)


def claim(connection: Connection, job_id: int, worker: str, now: datetime) -> Job | None:
    """Claim this job if it is free; None where somebody else has it."""
    free = (jobs.c.id == job_id) & or_(jobs.c.state == READY, (jobs.c.state == CLAIMED) & (jobs.c.lease_until < now))
    values = {"state": CLAIMED, "worker": worker, "lease_until": now + LEASE, "attempts": jobs.c.attempts + 1}
    row = connection.execute(jobs.update().where(free).values(**values).returning(jobs)).one_or_none()
    return None if row is None else Job(*row)


def heartbeat(connection: Connection, job: Job, now: datetime) -> bool:
    """Keep a claim alive; False where it was lost."""
    return connection.execute(jobs.update().where(_held(job)).values(lease_until=now + LEASE)).rowcount == 1


def succeed(connection: Connection, job: Job, at: datetime) -> bool:
    """Mark a claimed job as done; False where the claim was lost or the job cancelled meanwhile."""
    values = {"state": SUCCEEDED, "ended_at": at, "lease_until": None, "last_error": None}
    return connection.execute(jobs.update().where(_held(job)).values(**values)).rowcount == 1


def put_off(connection: Connection, job: Job, until: datetime) -> bool:
    """Ask again later, without counting an attempt."""
    values = {"state": READY, "run_at": until, "lease_until": None, "attempts": job.attempts - 1}
    return connection.execute(jobs.update().where(_held(job)).values(**values)).rowcount == 1


def fail(connection: Connection, job: Job, *, at: datetime, error: str, permanent: bool) -> bool | None:
    """Record a failure; True where that was the last attempt, None where the claim was lost."""
    left = 0 if permanent else job.attempts_left - 1
    pause = FIRST_PAUSE * 2 ** (job.attempts - 1)
    values = {"state": READY if left else STUCK, "attempts_left": left, "run_at": at + pause, "lease_until": None, "last_error": error[:2000]}
    changed = connection.execute(jobs.update().where(_held(job)).values(**values)).rowcount == 1
    return left == 0 if changed else None


def put_all_off(connection: Connection, topic: str, until: datetime) -> None:
    """Let the waiting jobs of a topic wait at least until then."""
    waiting = (jobs.c.topic == topic) & (jobs.c.state == READY) & (jobs.c.run_at < until)
    connection.execute(jobs.update().where(waiting).values(run_at=until))


def wake(connection: Connection, topic: str, at: datetime) -> None:
    """Let the waiting jobs of a topic be done now instead of later."""
    waiting = (jobs.c.topic == topic) & (jobs.c.state == READY) & (jobs.c.run_at > at)
    connection.execute(jobs.update().where(waiting).values(run_at=at))


def retry(connection: Connection, job_id: int, *, at: datetime, attempts: int = 1, payload: dict[str, Any] | None = None) -> bool:
    """Give a stuck job another chance, with another payload where one is given."""
    match = (jobs.c.id == job_id) & (jobs.c.state == STUCK)
    changes = {"state": READY, "run_at": at, "attempts_left": attempts, **({"payload": payload} if payload is not None else {})}
    return connection.execute(jobs.update().where(match).values(**changes)).rowcount == 1


def skip(connection: Connection, job_id: int, *, at: datetime) -> bool:
    """Drop a stuck job for good."""
    match = (jobs.c.id == job_id) & (jobs.c.state == STUCK)
    return connection.execute(jobs.update().where(match).values(state=CANCELLED, ended_at=at)).rowcount == 1


def cancel(connection: Connection, instance_id: int, activity_ids: list[str], at: datetime) -> None:
    """Cancel the jobs of these activities that are not done; one that is being done right now will find its claim gone."""
    match = (jobs.c.instance_id == instance_id) & jobs.c.activity_id.in_(activity_ids) & jobs.c.state.in_([READY, CLAIMED, STUCK, FROZEN])
    connection.execute(jobs.update().where(match).values(state=CANCELLED, ended_at=at))


def freeze(connection: Connection, instance_id: int) -> None:
    """Keep workers off the waiting jobs of a suspended instance."""
    connection.execute(jobs.update().where(jobs.c.instance_id == instance_id, jobs.c.state == READY).values(state=FROZEN))


def thaw(connection: Connection, instance_id: int) -> None:
    """Let workers have the jobs of an instance again."""
    connection.execute(jobs.update().where(jobs.c.instance_id == instance_id, jobs.c.state == FROZEN).values(state=READY))


def _held(job: Job) -> Any:
    return (jobs.c.id == job.id) & (jobs.c.state == CLAIMED) & (jobs.c.worker == job.worker) & (jobs.c.attempts == job.attempts)
