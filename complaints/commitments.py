"""Commitments: what was promised to a customer by which day. Kept or not is computed as of a day, never stored."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Connection, Date, ForeignKey, Index, Integer, Row, String, Table, Text, select

from kesu.engine.database import Instant, metadata

commitments = Table(
    "commitments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String, ForeignKey("cases.reference"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("kept_at", Instant),
    Index("ix_commitments_due_on", "due_on", "kept_at"),
)


def make(connection: Connection, reference: str, text: str, *, due_on: date, key: str, actor: str, at: datetime) -> None:
    """Write a promise; one of the same key not yet kept is changed."""
    known = connection.execute(select(commitments.c.id).where(commitments.c.key == key)).scalar()
    if known is None:
        row = {"reference": reference, "text": text, "due_on": due_on, "made_at": at, "made_by": actor, "key": key}
        connection.execute(commitments.insert().values(row))
    else:
        match = (commitments.c.id == known) & commitments.c.kept_at.is_(None)
        connection.execute(commitments.update().where(match).values(text=text, due_on=due_on))


def keep(connection: Connection, key: str, *, at: datetime) -> None:
    """Note that a promise was kept."""
    connection.execute(commitments.update().where(commitments.c.key == key, commitments.c.kept_at.is_(None)).values(kept_at=at))


def of_case(connection: Connection, reference: str) -> list[Row[Any]]:
    """Return the promises of a case by day."""
    query = select(commitments).where(commitments.c.reference == reference)
    return list(connection.execute(query.order_by(commitments.c.due_on, commitments.c.id)))
