"""What happened, in order, for ever: append-only events in one chain of hashes an instance.

Every event carries the hash of the one before it, so that changing, dropping or inserting one breaks every later hash: tamper-evident.
Personal data stays out: people by login, cases by reference. Appending takes the lock of the instance's chain, not of its
state, so that fifty voters at once never wait for the process.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, String, Table, bindparam, select

from kesu.engine.database import Instant, Json, metadata
from kesu.engine.values import plain

chains = Table(
    "chains",
    metadata,
    Column("instance_id", Integer, ForeignKey("instances.id"), primary_key=True, autoincrement=False),
    Column("length", Integer, nullable=False),
    Column("head", String(64), nullable=False),
)

history = Table(
    "history",
    metadata,
    Column("instance_id", Integer, ForeignKey("instances.id"), primary_key=True, autoincrement=False),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("on_behalf_of", String),
    Column("element_id", String),
    Column("activity_id", String),
    Column("reason", String),
    Column("details", Json, nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_history_at", "at"),
)

GENESIS = "0" * 64
HASHED = ("sequence", "at", "kind", "actor", "on_behalf_of", "element_id", "activity_id", "reason", "details")


# Built once: every command appends.
_CHAIN = select(chains.c.instance_id, chains.c.length, chains.c.head).with_for_update()
_LINK = _CHAIN.where(chains.c.instance_id == bindparam("wanted"))
_LINKS_OF = _CHAIN.where(chains.c.instance_id.in_(bindparam("wanted", expanding=True))).order_by(chains.c.instance_id)
_LENGTHEN = chains.update().where(chains.c.instance_id == bindparam("wanted"))
_BEGIN = chains.insert()
_INSERT = history.insert()


@dataclass(frozen=True)
class Event:
    """One thing that happened. `details` holds only plain JSON values."""

    kind: str
    actor: str
    at: datetime
    element_id: str | None = None
    activity_id: str | None = None
    reason: str | None = None
    on_behalf_of: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What checking a chain found: `broken_at` is the first sequence number that does not hold, or None."""

    length: int
    head: str
    broken_at: int | None

    @property
    def intact(self) -> bool:
        """Say whether every event is as it was written."""
        return self.broken_at is None


def begin(connection: Connection, instance_id: int, events: Sequence[Event]) -> None:
    """Lay the first links of a new instance's chain."""
    rows, head = _links(instance_id, 0, GENESIS, events)
    connection.execute(_BEGIN, {"instance_id": instance_id, "length": len(rows), "head": head})
    if rows:
        connection.execute(_INSERT, rows)


def append(connection: Connection, instance_id: int, events: Sequence[Event]) -> None:
    """Append events to the instance's chain, in order. Call inside a write transaction.

    The chain's row is locked first: two commands of one instance append one after the other, never interleaved.
    """
    if events:
        _extend(connection, [connection.execute(_LINK, {"wanted": instance_id}).one()], {instance_id: events})


def append_to_all(connection: Connection, told: Mapping[int, Sequence[Event]]) -> None:
    """Append events to the chains of several instances at once; locked in order of id, as whoever locks several has to."""
    wanted = sorted(instance_id for instance_id, events in told.items() if events)
    if wanted:
        _extend(connection, connection.execute(_LINKS_OF, {"wanted": wanted}).all(), told)


def _extend(connection: Connection, chains_: Iterable[Any], told: Mapping[int, Sequence[Event]]) -> None:
    rows: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    for instance_id, length, head in chains_:
        links, head = _links(instance_id, length, head, told[instance_id])
        rows += links
        heads.append({"wanted": instance_id, "length": length + len(links), "head": head})
    connection.execute(_INSERT, rows)
    connection.execute(_LENGTHEN, heads)


def link_hash(previous: str, row: dict[str, Any]) -> str:
    """Hash an event together with the hash before it (SHA-256 of canonical JSON)."""
    told = {name: row[name] for name in HASHED}
    told["at"] = told["at"].astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((previous + text).encode()).hexdigest()


def of_instance(connection: Connection, instance_id: int, *, after: int = 0, limit: int | None = None) -> list[dict[str, Any]]:
    """Return the events of an instance in order, as dicts, beginning after a sequence number."""
    query = select(history).where(history.c.instance_id == instance_id, history.c.sequence > after).order_by(history.c.sequence)
    return [dict(row) for row in connection.execute(query.limit(limit)).mappings()]


def of_activities(connection: Connection, instance_id: int, activity_ids: Iterable[str]) -> list[dict[str, Any]]:
    """Return the events of these activities of an instance in order, as dicts."""
    query = select(history).where(history.c.instance_id == instance_id, history.c.activity_id.in_(list(activity_ids))).order_by(history.c.sequence)
    return [dict(row) for row in connection.execute(query).mappings()]


def of_elements(connection: Connection, instance_id: int, element_ids: Iterable[str]) -> list[dict[str, Any]]:
    """Return the events of these elements of an instance in order, as dicts."""
    query = select(history).where(history.c.instance_id == instance_id, history.c.element_id.in_(list(element_ids))).order_by(history.c.sequence)
    return [dict(row) for row in connection.execute(query).mappings()]


def of_kinds(connection: Connection, instance_id: int, kinds: Iterable[str]) -> list[dict[str, Any]]:
    """Return the events of these kinds of an instance in order, as dicts."""
    query = select(history).where(history.c.instance_id == instance_id, history.c.kind.in_(list(kinds)))
    return [dict(row) for row in connection.execute(query.order_by(history.c.sequence)).mappings()]


def activities_with(connection: Connection, instance_id: int, kind: str) -> set[str]:
    """Return the activities of an instance about which this kind of event is told."""
    query = select(history.c.activity_id).where(history.c.instance_id == instance_id, history.c.kind == kind, history.c.activity_id.is_not(None))
    return set(connection.execute(query).scalars())


def last(connection: Connection, instance_id: int, kind: str) -> datetime | None:
    """Return when this kind of event happened last in an instance, or None."""
    query = select(history.c.at).where(history.c.instance_id == instance_id, history.c.kind == kind)
    return connection.execute(query.order_by(history.c.sequence.desc()).limit(1)).scalar()


def verify(connection: Connection, instance_id: int) -> Verdict:
    """Recompute an instance's chain from its events and compare every link and the head."""
    link = connection.execute(select(chains.c.length, chains.c.head).where(chains.c.instance_id == instance_id)).one_or_none()
    length, head = (0, GENESIS) if link is None else (link.length, link.head)
    return Verdict(length, head, _first_break(of_instance(connection, instance_id), length, head))


def _first_break(rows: Iterable[dict[str, Any]], length: int, head: str) -> int | None:
    previous, seen = GENESIS, 0
    for row in rows:
        seen += 1
        if row["sequence"] != seen or link_hash(previous, row) != row["hash"]:
            return seen
        previous = row["hash"]
    return None if (seen, previous) == (length, head) else seen + 1


def _links(instance_id: int, length: int, head: str, events: Sequence[Event]) -> tuple[list[dict[str, Any]], str]:
    rows = []
    for sequence, event in enumerate(events, length + 1):
        row = _row(instance_id, sequence, event)
        head = row["hash"] = link_hash(head, row)
        rows.append(row)
    return rows, head


def _row(instance_id: int, sequence: int, event: Event) -> dict[str, Any]:
    return {
        "instance_id": instance_id, "sequence": sequence, "at": event.at, "kind": event.kind, "actor": event.actor,
        "on_behalf_of": event.on_behalf_of, "element_id": event.element_id, "activity_id": event.activity_id,
        "reason": event.reason, "details": plain(event.details), "hash": "",
    }
