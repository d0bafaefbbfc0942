"""Timers that start processes: one row a timer start event of the newest version, with the instant of its next round.

A new version replaces the rows of the one before it. Rounds that passed while no worker ran are one firing, not many.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, String, Table, select

from kesu.engine.database import Instant, Json, metadata

start_timers = Table(
    "start_timers",
    metadata,
    Column("definition_key", String, primary_key=True),
    Column("element_id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("due_at", Instant),  # empty: its last round has been
    Column("setting", Json, nullable=False),
    Index("ix_start_timers_due_at", "due_at"),
)


@dataclass(frozen=True)
class StartTimer:
    """A start timer as read."""

    definition_key: str
    element_id: str
    version: int
    due_at: datetime
    setting: dict[str, Any]


def replace(connection: Connection, key: str, version: int, settings: Mapping[str, dict[str, Any] | None]) -> None:
    """Put the timers of a process's new version (element -> setting of the next round) in the place of the old one's."""
    connection.execute(start_timers.delete().where(start_timers.c.definition_key == key))
    rows = [{"definition_key": key, "element_id": element, "version": version, "setting": setting or {}, "due_at": _due(setting)}
            for element, setting in settings.items()]
    if rows:
        connection.execute(start_timers.insert(), rows)


def due(connection: Connection, as_of: datetime) -> StartTimer | None:
    """Return the start timer that is longest overdue, or None."""
    row = connection.execute(select(start_timers).where(start_timers.c.due_at <= as_of).order_by(start_timers.c.due_at).limit(1)).one_or_none()
    return None if row is None else StartTimer(**row._mapping)


def advance(connection: Connection, timer: StartTimer, setting: dict[str, Any] | None) -> bool:
    """Move a start timer on to its next round, or to its end; False where somebody else was first."""
    match = (start_timers.c.definition_key == timer.definition_key) & (start_timers.c.element_id == timer.element_id)
    seen = match & (start_timers.c.version == timer.version) & (start_timers.c.due_at == timer.due_at)
    return connection.execute(start_timers.update().where(seen).values(due_at=_due(setting), setting=setting or {})).rowcount == 1


def known(connection: Connection, key: str, element_id: str) -> bool:
    """Say whether the newest version of a process still has this timer start event."""
    match = (start_timers.c.definition_key == key) & (start_timers.c.element_id == element_id)
    return connection.execute(select(start_timers.c.version).where(match)).one_or_none() is not None


def _due(setting: Mapping[str, Any] | None) -> datetime | None:
    return datetime.fromisoformat(setting["due"]) if setting else None
