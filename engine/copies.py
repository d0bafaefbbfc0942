"""Copies (抄送): a read receipt for somebody who need not act. Never blocks anything; once per person and case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Integer, Row, String, Table, select

from kesu.engine.database import Instant, metadata

copies = Table(
    "copies",
    metadata,
    Column("instance_id", Integer, ForeignKey("instances.id"), primary_key=True),
    Column("login", String, ForeignKey("people.login"), primary_key=True, index=True),
    Column("task_id", Integer, ForeignKey("user_tasks.id"), nullable=False, index=True),
    Column("sent_by", String, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("read_at", Instant),
)


def send(connection: Connection, *, instance_id: int, task_id: int, login: str, actor: str, at: datetime) -> bool:
    """Send a copy unless this person already has one of this case; say whether one was sent."""
    known = select(copies.c.login).where(copies.c.instance_id == instance_id, copies.c.login == login)
    if connection.execute(known).one_or_none() is not None:
        return False
    connection.execute(copies.insert().values(instance_id=instance_id, login=login, task_id=task_id, sent_by=actor, sent_at=at))
    return True


def read(connection: Connection, *, task_id: int, login: str, at: datetime) -> None:
    """Record that the copy has been read."""
    match = (copies.c.task_id == task_id) & (copies.c.login == login) & copies.c.read_at.is_(None)
    connection.execute(copies.update().where(match).values(read_at=at))


def read_all(connection: Connection, login: str, *, at: datetime) -> int:
    """Record that a person has read all their copies; return how many they had not."""
    match = (copies.c.login == login) & copies.c.read_at.is_(None)
    return connection.execute(copies.update().where(match).values(read_at=at)).rowcount


def of_person(connection: Connection, login: str, task_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Return this person's copies of these tasks, by task: sent by whom, when, and when read."""
    query = select(copies).where(copies.c.login == login, copies.c.task_id.in_(task_ids))
    return {row.task_id: row for row in connection.execute(query)}


def is_copied(connection: Connection, task_id: int, login: str) -> bool:
    """Say whether this person was sent a copy of a task."""
    return connection.execute(select(copies.c.login).where(copies.c.task_id == task_id, copies.c.login == login)).one_or_none() is not None


def is_unread(connection: Connection, *, task_id: int, login: str) -> bool:
    """Say whether this person has a copy here that they have not read."""
    match = (copies.c.task_id == task_id) & (copies.c.login == login) & copies.c.read_at.is_(None)
    return connection.execute(select(copies.c.login).where(match)).first() is not None
