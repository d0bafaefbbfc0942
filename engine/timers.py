"""Timers: one row a waiting timer with the instant it is due, read off the run after each command. Nobody polls instances."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, String, Table, bindparam, func, or_, select

from kesu.engine.database import Instant, metadata

ARMED, FIRED, CANCELLED, FROZEN = "armed", "fired", "cancelled", "frozen"

timers = Table(
    "timers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("instance_id", Integer, ForeignKey("instances.id"), nullable=False),
    Column("activity_id", String, nullable=False),
    Column("element_id", String, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String, nullable=False),
    Column("remaining_seconds", Integer),
    Column("attempts_left", Integer, nullable=False, server_default="5"),
    Column("act", String),  # what a node's own policy does then: warn, remind, escalate, reject, approve; empty: an event of the diagram
    Column("mark", String),  # the mark of a deadline that it fires, once
    Index("ix_timers_instance_id", "instance_id"),
    Index("ix_timers_state_due_at", "state", "due_at"),
)


# Built once: putting a statement together costs more than running it.
_CANCEL = timers.update().where(timers.c.instance_id == bindparam("wanted"), timers.c.activity_id.in_(bindparam("activities", expanding=True)),
                                or_(timers.c.state == ARMED, timers.c.state == FROZEN))
_DUE = select(timers).where(timers.c.state == ARMED, timers.c.due_at <= bindparam("as_of")).order_by(
    timers.c.due_at, timers.c.id).limit(bindparam("most"))
_FIRE = timers.update().where(timers.c.id == bindparam("wanted"), timers.c.state == ARMED)


@dataclass(frozen=True)
class Timer:
    """A timer as read."""

    id: int
    instance_id: int
    activity_id: str
    element_id: str
    due_at: datetime
    state: str
    remaining_seconds: int | None
    attempts_left: int
    act: str | None
    mark: str | None


def arm(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Write new armed timers."""
    if rows:
        connection.execute(timers.insert(), [{"state": ARMED, **row} for row in rows])


def due(connection: Connection, as_of: datetime, limit: int = 100) -> list[Timer]:
    """Return the armed timers whose time has come, the longest overdue first."""
    return [Timer(*row) for row in connection.execute(_DUE, {"as_of": as_of, "most": limit})]


def find(connection: Connection, timer_id: int) -> Timer | None:
    """Return a timer, or None."""
    row = connection.execute(select(timers).where(timers.c.id == timer_id)).one_or_none()
    return None if row is None else Timer(*row)


def armed(connection: Connection, instance_id: int) -> set[str]:
    """Return the activities of an instance whose timers will go off, or would if it did not stand still."""
    match = (timers.c.instance_id == instance_id) & timers.c.state.in_([ARMED, FROZEN])
    return set(connection.execute(select(timers.c.activity_id).where(match)).scalars())


def next_due(connection: Connection) -> datetime | None:
    """Return when the next armed timer is due, or None."""
    return connection.execute(select(func.min(timers.c.due_at)).where(timers.c.state == ARMED)).scalar()


def fire(connection: Connection, timer_id: int) -> bool:
    """Mark an armed timer as fired; False where somebody else was first."""
    return connection.execute(_FIRE, {"wanted": timer_id, "state": FIRED}).rowcount == 1


def failed(connection: Connection, timer: Timer, *, again_at: datetime) -> int:
    """Put a timer that could not be fired off to later; return how many attempts are left (0: it is cancelled)."""
    left = timer.attempts_left - 1
    values = {"attempts_left": left, "due_at": again_at, "state": ARMED if left else CANCELLED}
    connection.execute(timers.update().where(timers.c.id == timer.id, timers.c.state == ARMED).values(**values))
    return left


def cancel(connection: Connection, instance_id: int, activity_ids: list[str]) -> None:
    """Cancel the armed or frozen timers of these activities."""
    connection.execute(_CANCEL, {"wanted": instance_id, "activities": activity_ids, "state": CANCELLED})


def freeze(connection: Connection, instance_id: int, at: datetime) -> None:
    """Stop the instance's timers, keeping the time each has left."""
    query = select(timers).where(timers.c.instance_id == instance_id, timers.c.state == ARMED)
    for row in connection.execute(query).all():
        left = max(0, int((row.due_at - at).total_seconds()))
        connection.execute(timers.update().where(timers.c.id == row.id).values(state=FROZEN, remaining_seconds=left))


def thaw(connection: Connection, instance_id: int, at: datetime) -> None:
    """Let frozen timers run again with the time they had left."""
    query = select(timers).where(timers.c.instance_id == instance_id, timers.c.state == FROZEN)
    for row in connection.execute(query).all():
        values = {"state": ARMED, "due_at": at + timedelta(seconds=row.remaining_seconds or 0), "remaining_seconds": None}
        connection.execute(timers.update().where(timers.c.id == row.id).values(**values))
