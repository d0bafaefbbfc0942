"""Process instances: one row each, moved only by compare-and-set on its version.

`body` is the run without its diagram, `book` what the last command left waiting (so that the next one need not look it up).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, String, Table, Text, bindparam, func, select

from kesu.engine.database import Instant, Json, metadata
from kesu.engine.errors import Conflict, NotFound, sentence

ACTIVE, SUSPENDED, COMPLETED, CANCELLED, TERMINATED = "active", "suspended", "completed", "cancelled", "terminated"
REVOKED = "revoked"  # completed, and taken back by those who had approved
ENDED = frozenset({COMPLETED, CANCELLED, TERMINATED, REVOKED})

instances = Table(
    "instances",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("package_id", Integer, ForeignKey("packages.id"), nullable=False, index=True),
    Column("definition_key", String, nullable=False),
    Column("definition_version", Integer, nullable=False),
    Column("business_key", String, index=True),
    Column("state", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("book", Json, nullable=False),
    Column("variables", Json, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("started_by", String, nullable=False),
    Column("ended_at", Instant),
    Index("ix_instances_definition_key_state", "definition_key", "state"),
)

_RUNS = instances.c.state == "active"
Index("ix_instances_started_by", instances.c.started_by, sqlite_where=_RUNS, postgresql_where=_RUNS)


# Built once: putting a statement together costs more than running it on the path that every command takes.
_BY_ID = select(instances).where(instances.c.id == bindparam("wanted"))
_BY_IDS = select(instances).where(instances.c.id.in_(bindparam("wanted", expanding=True)))
_STATE = select(instances.c.state, instances.c.business_key).where(instances.c.id == bindparam("wanted"))
_BOOK = select(instances.c.book).where(instances.c.id == bindparam("wanted"))
_COMPARE_AND_SET = instances.update().where(instances.c.id == bindparam("wanted"), instances.c.version == bindparam("seen"))
_INSERT = instances.insert().returning(instances.c.id)


@dataclass(frozen=True)
class Instance:
    """A process instance as read."""

    id: int
    package_id: int
    definition_key: str
    definition_version: int
    business_key: str | None
    state: str
    version: int
    body: str
    book: dict[str, Any]
    variables: dict[str, Any]
    started_at: datetime
    started_by: str
    ended_at: datetime | None


class Stale(Exception):
    """Somebody else moved the instance between our reading and our writing; start again from reading."""


def find(connection: Connection, instance_id: int) -> Instance:
    """Return an instance.

    Raises `NotFound`.
    """
    row = connection.execute(_BY_ID, {"wanted": instance_id}).one_or_none()
    if row is None:
        raise NotFound(sentence("Expected the id of a process instance, but there is none with id {id}."), id=instance_id)
    return Instance(*row)


def of_ids(connection: Connection, instance_ids: Sequence[int]) -> dict[int, Instance]:
    """Return several instances at once, by id."""
    return {row.id: Instance(*row) for row in connection.execute(_BY_IDS, {"wanted": instance_ids})}


def by_business_key(connection: Connection, business_key: str) -> Instance | None:
    """Return the latest instance started for a business key, or None."""
    query = select(instances).where(instances.c.business_key == business_key).order_by(instances.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else Instance(*row)


def listed(connection: Connection, *, definition_key: str | None = None, business_key: str | None = None, after: int = 0,
           limit: int | None = None) -> list[Instance]:
    """Return instances in order of id, beginning after one."""
    query = select(instances).where(instances.c.id > after).order_by(instances.c.id).limit(limit)
    if definition_key is not None:
        query = query.where(instances.c.definition_key == definition_key)
    if business_key is not None:
        query = query.where(instances.c.business_key == business_key)
    return [Instance(*row) for row in connection.execute(query)]


def check_active(instance: Instance) -> None:
    """Raise `Conflict` unless the instance can move."""
    _check_state(instance.state, instance.business_key or str(instance.id))


def active_state(connection: Connection, instance_id: int) -> str:
    """Return the state of an instance that can move, without reading its run, however long that is. Raises `Conflict`."""
    state, business_key = connection.execute(_STATE, {"wanted": instance_id}).one()
    _check_state(state, business_key or str(instance_id))
    return str(state)


def subject(connection: Connection, instance_id: int) -> dict[str, Any] | None:
    """Return what is proposed in an instance, with its digest, without reading its run; None where nothing is."""
    found: dict[str, Any] | None = connection.execute(_BOOK, {"wanted": instance_id}).scalar_one().get("subject")
    return found


def insert(connection: Connection, **columns: Any) -> int:
    """Write a new instance and return its id."""
    return int(connection.execute(_INSERT, {"version": 1, **columns}).scalar_one())


def compare_and_set(connection: Connection, instance: Instance, **columns: Any) -> None:
    """Write the new state if nobody else has moved the instance since it was read.

    Raises `Stale` otherwise.
    """
    result = connection.execute(_COMPARE_AND_SET, {"wanted": instance.id, "seen": instance.version, "version": instance.version + 1, **columns})
    if result.rowcount != 1:
        raise Stale


def running_by_version(connection: Connection, key: str) -> dict[int, int]:
    """Count the instances of a definition that have not ended, by version."""
    query = (
        select(instances.c.definition_version, func.count())
        .where(instances.c.definition_key == key, instances.c.state.in_([ACTIVE, SUSPENDED]))
        .group_by(instances.c.definition_version)
    )
    return {version: count for version, count in connection.execute(query)}


def _check_state(state: str, key: str) -> None:
    if state == SUSPENDED:
        raise Conflict(sentence("Case {key} is suspended: nothing can be done on it until it is activated again."), key=key)
    if state in ENDED:
        raise Conflict(sentence("Case {key} is already {state}; nothing more can be done on it."), key=key, state=state)
