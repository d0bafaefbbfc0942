"""Routings: which departments a case was sent to, when and by whom. A department reads the cases that were sent to it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, UniqueConstraint, select

from kesu.engine.database import Instant, metadata

routings = Table(
    "routings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String, ForeignKey("cases.reference"), nullable=False),
    Column("department", String, nullable=False, index=True),
    Column("routed_at", Instant, nullable=False),
    Column("routed_by", String, nullable=False),
    UniqueConstraint("reference", "department"),
)


def route(connection: Connection, reference: str, departments: Iterable[str], *, at: datetime, actor: str) -> list[str]:
    """Send a case to departments; return those it had not been sent to before."""
    known = set(of_case(connection, reference))
    fresh = [department for department in dict.fromkeys(departments) if department not in known]
    for department in fresh:
        connection.execute(routings.insert().values(reference=reference, department=department, routed_at=at, routed_by=actor))
    return fresh


def of_case(connection: Connection, reference: str) -> list[str]:
    """Return the departments a case was sent to, in order."""
    query = select(routings.c.department).where(routings.c.reference == reference).order_by(routings.c.id)
    return list(connection.execute(query).scalars())
