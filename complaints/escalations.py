"""Escalations: who above was called in, at which level, when and why. A level fires once for a cause."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Integer, Row, String, Table, Text, select

from kesu.engine.database import Instant, metadata

escalations = Table(
    "escalations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String, ForeignKey("cases.reference"), nullable=False, index=True),
    Column("level", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("to", String),  # login of whoever was told; None where nobody stands above
    Column("at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Column("key", String, nullable=False, unique=True),
)


def escalate(connection: Connection, reference: str, *, level: int, reason: str, to: str | None, key: str, actor: str, at: datetime) -> bool:
    """Write an escalation unless one of this key is there; say whether it was written."""
    if connection.execute(select(escalations.c.id).where(escalations.c.key == key)).one_or_none() is not None:
        return False
    row = {"reference": reference, "level": level, "reason": reason, "to": to, "at": at, "actor": actor, "key": key}
    connection.execute(escalations.insert().values(row))
    return True


def of_case(connection: Connection, reference: str) -> list[Row[Any]]:
    """Return the escalations of a case, oldest first."""
    return list(connection.execute(select(escalations).where(escalations.c.reference == reference).order_by(escalations.c.id)))
