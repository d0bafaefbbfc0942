"""Incidents: where a case stands still until a person acts. Opened by the engine, resolved by retrying, editing or skipping."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, String, Table, Text, select

from kesu.engine.database import Instant, metadata
from kesu.engine.errors import NotFound, sentence

JOB_FAILED, TIMER_FAILED, NOBODY = "job_failed", "timer_failed", "nobody_to_act"
UNCAUGHT_ERROR, UNCAUGHT_ESCALATION, STUCK = "uncaught_error", "uncaught_escalation", "stuck"

incidents = Table(
    "incidents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("instance_id", Integer, ForeignKey("instances.id"), index=True),
    Column("definition_key", String),
    Column("business_key", String),
    Column("element_id", String),
    Column("activity_id", String),
    Column("job_id", Integer, ForeignKey("jobs.id")),
    Column("message", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("resolved_by", String),
    Column("resolution", String),  # retried | skipped | gone
    Index("ix_incidents_resolved_at", "resolved_at", "opened_at"),
)


@dataclass(frozen=True)
class Incident:
    """An incident as read."""

    id: int
    kind: str
    instance_id: int | None
    definition_key: str | None
    business_key: str | None
    element_id: str | None
    activity_id: str | None
    job_id: int | None
    message: str
    opened_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    resolution: str | None


def open_incident(connection: Connection, **columns: Any) -> None:
    """Write a new incident."""
    connection.execute(incidents.insert().values(**columns))


def find(connection: Connection, incident_id: int) -> Incident:
    """Return an incident. Raises `NotFound`."""
    row = connection.execute(select(incidents).where(incidents.c.id == incident_id)).one_or_none()
    if row is None:
        raise NotFound(sentence("Expected the id of an incident, but there is none with id {id}."), id=incident_id)
    return Incident(**row._mapping)


def listed(connection: Connection, *, definition_key: str | None = None, instance_id: int | None = None, only_open: bool = True,
           limit: int = 100) -> list[Incident]:
    """Return incidents, the latest first."""
    query = select(incidents).order_by(incidents.c.id.desc()).limit(limit)
    if only_open:
        query = query.where(incidents.c.resolved_at.is_(None))
    if definition_key is not None:
        query = query.where(incidents.c.definition_key == definition_key)
    if instance_id is not None:
        query = query.where(incidents.c.instance_id == instance_id)
    return [Incident(**row._mapping) for row in connection.execute(query)]


def resolve(connection: Connection, incident_id: int, *, by: str, at: datetime, resolution: str) -> bool:
    """Close an open incident; False where somebody else has."""
    match = (incidents.c.id == incident_id) & incidents.c.resolved_at.is_(None)
    return connection.execute(incidents.update().where(match).values(resolved_at=at, resolved_by=by, resolution=resolution)).rowcount == 1


def drop_of(connection: Connection, instance_id: int, activity_ids: list[str], at: datetime) -> None:
    """Close the incidents of activities that are gone."""
    match = (incidents.c.instance_id == instance_id) & incidents.c.activity_id.in_(activity_ids) & incidents.c.resolved_at.is_(None)
    connection.execute(incidents.update().where(match).values(resolved_at=at, resolved_by="system", resolution="gone"))


def drop_stuck(connection: Connection, instance_id: int, element_id: str, at: datetime) -> None:
    """Close the incident of a join that stood still and does no more."""
    match = (incidents.c.instance_id == instance_id) & (incidents.c.kind == STUCK) & (incidents.c.element_id == element_id)
    open_ones = match & incidents.c.resolved_at.is_(None)
    connection.execute(incidents.update().where(open_ones).values(resolved_at=at, resolved_by="system", resolution="gone"))
