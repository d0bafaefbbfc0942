"""Urges (催办): somebody asks for a task to be done. Recorded, told to whoever has it, at most once an hour a person and task; touches no clock."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Row, String, Table, select

from kesu.engine.database import Instant, metadata
from kesu.engine.errors import Conflict, sentence

PAUSE = timedelta(hours=1)

urges = Table(
    "urges",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("task_id", Integer, ForeignKey("user_tasks.id"), nullable=False),
    Column("urged_by", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", String),
    Index("ix_urges_task_id", "task_id", "urged_by", "at"),
)


def urge(connection: Connection, task_id: int, *, actor: str, at: datetime, reason: str | None) -> None:
    """Record an urge. Raises `Conflict` where this person has urged the same task within the last hour."""
    query = select(urges.c.at).where(urges.c.task_id == task_id, urges.c.urged_by == actor).order_by(urges.c.at.desc()).limit(1)
    last = connection.execute(query).scalar()
    if last is not None and at < last + PAUSE:
        raise Conflict(sentence("You have urged this at {last}; you can urge again from {next}."), last=last.isoformat(timespec="minutes"),
                       next=(last + PAUSE).isoformat(timespec="minutes"))
    connection.execute(urges.insert().values(task_id=task_id, urged_by=actor, at=at, reason=reason))


def of_task(connection: Connection, task_id: int) -> list[tuple[str, datetime]]:
    """Return who urged a task and when, in order."""
    query = select(urges.c.urged_by, urges.c.at).where(urges.c.task_id == task_id).order_by(urges.c.id)
    return [(row.urged_by, row.at) for row in connection.execute(query)]


def of_tasks(connection: Connection, task_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Return the urges of several tasks, by task, the latest first: by whom, when, and why."""
    found: dict[int, list[Row[Any]]] = {}
    query = select(urges).where(urges.c.task_id.in_(task_ids)).order_by(urges.c.at.desc(), urges.c.id.desc())
    for row in connection.execute(query):
        found.setdefault(row.task_id, []).append(row)
    return found
