"""Incidents: where a case stands still until a person acts. Opened by the engine, resolved by retrying, editing or skipping."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, ForeignKey, Index, Integer, String, Table, Text, func, select

from kesu.engine.database import Instant, metadata
from kesu.engine.errors import NotFound, sentence

JOB_FAILED, TIMER_FAILED, NOBODY, SETTING = "job_failed", "timer_failed", "nobody_to_act", "setting_failed"
UNCAUGHT_ERROR, UNCAUGHT_ESCALATION, STUCK = "uncaught_error", "uncaught_escalation", "stuck"
UNDECIDED, CHAIN, CLOCK = "undecided", "endless_chain", "clock_jumped"
# what another attempt does for a kind of incident that belongs to no case and no job; rooms above put theirs in
RETRIED: dict[str, Callable[[Connection, datetime], None]] = {}

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


def listed(connection: Connection, *, definition_key: str | None = None, instance_id: int | None = None, kind: str | None = None,
           element_id: str | None = None, ids: Iterable[int] | None = None, only_open: bool = True, before: int | None = None,
           limit: int = 100) -> list[Incident]:
    """Return incidents, the latest first; `before` is the id behind which to go on."""
    shown = incidents.c
    wishes = [(definition_key, shown.definition_key == definition_key), (instance_id, shown.instance_id == instance_id), (kind, shown.kind == kind),
              (element_id, shown.element_id == element_id), (before, shown.id < (before or 0)),
              (ids, shown.id.in_(list(ids or ()))), (only_open or None, shown.resolved_at.is_(None))]
    query = select(incidents).where(*[part for wish, part in wishes if wish is not None]).order_by(shown.id.desc()).limit(limit)
    return [Incident(**row._mapping) for row in connection.execute(query)]


def count_open(connection: Connection) -> int:
    """Count the open incidents."""
    return int(connection.execute(select(func.count()).select_from(incidents).where(incidents.c.resolved_at.is_(None))).scalar_one())


def tallied(connection: Connection) -> list[tuple[str, str | None, str | None, int]]:
    """Count the open incidents by kind, process and element, the most frequent first."""
    where = (incidents.c.kind, incidents.c.definition_key, incidents.c.element_id)
    count = func.count().label("count")
    query = select(*where, count).where(incidents.c.resolved_at.is_(None)).group_by(*where).order_by(count.desc(), *where)
    return [tuple(row) for row in connection.execute(query)]


def resolve(connection: Connection, incident_id: int, *, by: str, at: datetime, resolution: str) -> bool:
    """Close an open incident; False where somebody else has."""
    match = (incidents.c.id == incident_id) & incidents.c.resolved_at.is_(None)
    return connection.execute(incidents.update().where(match).values(resolved_at=at, resolved_by=by, resolution=resolution)).rowcount == 1


def close(connection: Connection, match: ColumnElement[bool], *, at: datetime) -> int:
    """Close the open incidents that match, since nobody needs to act any more; return how many."""
    gone = {"resolved_at": at, "resolved_by": "system", "resolution": "gone"}
    return connection.execute(incidents.update().where(match, incidents.c.resolved_at.is_(None)).values(**gone)).rowcount


def drop_of(connection: Connection, instance_id: int, activity_ids: list[str], at: datetime) -> None:
    """Close the incidents of activities that are gone."""
    close(connection, (incidents.c.instance_id == instance_id) & incidents.c.activity_id.in_(activity_ids), at=at)


def drop_stuck(connection: Connection, instance_id: int, element_id: str, at: datetime) -> None:
    """Close the incident of a join that stood still and does no more."""
    close(connection, (incidents.c.instance_id == instance_id) & (incidents.c.kind == STUCK) & (incidents.c.element_id == element_id), at=at)
