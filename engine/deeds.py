"""What somebody did with a task short of finishing it: sent it back, passed it on, asked others, took it back, withdrew its case.

One row a person and task, the latest: it is how such a task comes into the box of what they have done. The whole story is the history's.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Row, String, Table, select

from kesu.engine.database import Instant, metadata

KINDS = frozenset({"reject", "jump", "take_back", "withdraw", "task_transferred", "task_delegated", "sign_added", "sign_removed"})

deeds = Table(
    "deeds",
    metadata,
    Column("login", String, primary_key=True),
    Column("task_id", Integer, ForeignKey("user_tasks.id"), primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_deeds_login", "login", "at"),
    Index("ix_deeds_task_id", "task_id"),
)


def note(connection: Connection, login: str, task_id: int, kind: str, at: datetime) -> None:
    """Keep what somebody did last with a task; kinds that are none of `KINDS` are let be."""
    if kind not in KINDS:
        return
    connection.execute(deeds.delete().where(deeds.c.login == login, deeds.c.task_id == task_id))
    connection.execute(deeds.insert().values(login=login, task_id=task_id, kind=kind, at=at))


def of_person(connection: Connection, login: str, task_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Return what somebody did last with each of these tasks."""
    query = select(deeds).where(deeds.c.login == login, deeds.c.task_id.in_(task_ids))
    return {row.task_id: row for row in connection.execute(query)}
