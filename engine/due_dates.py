"""When work without a case clock is due: fixed the first time an element is entered, and the same however often it comes back.

Beside it the marks: a reminder or an escalation of one deadline is fired once, whatever is rejected, withdrawn or transferred meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from kesu.engine.database import Instant, metadata

due_dates = Table(
    "due_dates",
    metadata,
    Column("instance_id", Integer, ForeignKey("instances.id"), primary_key=True, autoincrement=False),
    Column("name", String, primary_key=True),  # the element, and which instance of it where there are several
    Column("started_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
)

due_marks = Table(
    "due_marks",
    metadata,
    Column("instance_id", Integer, ForeignKey("instances.id"), primary_key=True, autoincrement=False),
    Column("mark", String, primary_key=True),
    Column("fired_at", Instant, nullable=False),
)


def known(connection: Connection, instance_id: int | None, name: str) -> datetime | None:
    """Return when this work is due, or None where it was never begun."""
    query = select(due_dates.c.due_at).where(due_dates.c.instance_id == instance_id, due_dates.c.name == name)
    return connection.execute(query).scalar()


def keep(connection: Connection, instance_id: int, name: str, *, started_at: datetime, due_at: datetime) -> None:
    """Write a due date down, unless it was before: then it stays."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {"instance_id": instance_id, "name": name, "started_at": started_at, "due_at": due_at}
    connection.execute(insert(due_dates).values(row).on_conflict_do_nothing())


@dataclass(frozen=True)
class Shifted:
    """A due date that was moved: of which element, from when to when."""

    element_id: str
    before: datetime
    after: datetime


def shift(connection: Connection, instance_id: int, *, since: datetime, at: datetime) -> list[Shifted]:
    """Move what was not due yet by the time for which the instance stood still; return what was moved."""
    query = select(due_dates).where(due_dates.c.instance_id == instance_id, due_dates.c.due_at > since)
    moved = []
    for row in connection.execute(query).all():
        match = (due_dates.c.instance_id == instance_id) & (due_dates.c.name == row.name)
        later = row.due_at + (at - since)
        connection.execute(due_dates.update().where(match).values(due_at=later))
        moved.append(Shifted(row.name.rpartition("#")[0].rpartition("/")[2], row.due_at, later))
    return moved


def fired(connection: Connection, instance_id: int | None, mark: str) -> bool:
    """Say whether a mark has been fired."""
    return connection.execute(select(due_marks.c.mark).where(due_marks.c.instance_id == instance_id, due_marks.c.mark == mark)).first() is not None


def fire(connection: Connection, instance_id: int, mark: str, *, at: datetime) -> None:
    """Fire a mark, once for ever."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = insert(due_marks).values(instance_id=instance_id, mark=mark, fired_at=at).on_conflict_do_nothing()
    connection.execute(row)
