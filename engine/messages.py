"""Messages and signals: who waits for which, and messages that came before anybody waited.

A subscription takes a message of its name whose correlation values are equal; one without correlation of its own takes what is meant for
its instance's business key, never another case's message; where neither side says anything, the name alone decides.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, String, Table, UniqueConstraint, func, or_, select

from kesu.engine.database import Instant, Json, metadata
from kesu.engine.identity import CUSTOMER, SYSTEM
from kesu.engine.instances import Stale, instances
from kesu.engine.turns import one_at_a_time
from kesu.engine.values import plain

TRUSTED = (CUSTOMER, SYSTEM)  # our own pages, and what diagrams throw: they only speak of what is there
KEPT = timedelta(days=7)  # how long an early message is kept for somebody to wait for it

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("instance_id", Integer, ForeignKey("instances.id"), nullable=False),
    Column("activity_id", String, nullable=False),
    Column("element_id", String, nullable=False),
    Column("kind", String, nullable=False),  # message | signal
    Column("name", String, nullable=False),
    Column("correlation", String, nullable=False),
    UniqueConstraint("instance_id", "activity_id"),
    Index("ix_subscriptions_kind_name", "kind", "name", "correlation"),
)

buffered = Table(
    "buffered_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("correlation", String, nullable=False),
    Column("variables", Json, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("sent_by", String),  # None: kept before senders were
    Column("newest_instance", Integer),  # nobody who began after the message takes it; None: from a trusted sender
    Index("ix_buffered_messages_name", "name", "correlation"),
)


@dataclass(frozen=True)
class Subscription:
    """Somebody waiting for a message or signal."""

    id: int
    instance_id: int
    activity_id: str
    element_id: str
    kind: str
    name: str
    correlation: str


@dataclass(frozen=True)
class Sent:
    """A message on its way: what it says, to whom, by whom."""

    name: str
    correlation: Mapping[str, Any]
    variables: Mapping[str, Any]
    actor: str


def canonical(correlation: Mapping[str, Any]) -> str:
    """Return correlation values in the one form in which they are compared."""
    return json.dumps({name: str(plain(value)) for name, value in correlation.items()}, sort_keys=True, ensure_ascii=False)


def own(business_key: str | None, instance_id: int) -> str:
    """Return the correlation of a subscription that names none: its instance's business key, or the instance itself."""
    return "=" + (business_key or f"#{instance_id}")


def taking(correlation: Mapping[str, Any]) -> list[str]:
    """Return every form of subscription that a message with these values fits."""
    return [canonical(correlation), *("=" + str(plain(value)) for value in correlation.values())]


def subscribe(connection: Connection, row: dict[str, Any], at: datetime) -> None:
    """Write a new subscription. Raises `Stale` where a message for it has been kept since it was looked for."""
    if row["kind"] == "message":
        one_at_a_time(connection, row["name"])
        if early(connection, row["name"], row["correlation"], at, row["instance_id"]) is not None:
            raise Stale
    connection.execute(subscriptions.insert().values(row))


def unsubscribe(connection: Connection, instance_id: int, activity_ids: list[str]) -> None:
    """Drop the subscriptions of these activities."""
    connection.execute(subscriptions.delete().where(subscriptions.c.instance_id == instance_id, subscriptions.c.activity_id.in_(activity_ids)))


def waiting(connection: Connection, name: str, correlation: Mapping[str, Any], instance_id: int | None = None) -> list[Subscription]:
    """Return who waits for this message, the longest waiting first. A message without values fits instances without a business key."""
    query = select(subscriptions).where(subscriptions.c.kind == "message", subscriptions.c.name == name)
    if instance_id is not None:
        query = query.where(subscriptions.c.instance_id == instance_id)
    elif correlation:
        query = query.where(subscriptions.c.correlation.in_(taking(correlation)))
    else:
        query = query.where(or_(subscriptions.c.correlation == "{}", subscriptions.c.correlation.like("=#%")))
    return [Subscription(**row._mapping) for row in connection.execute(query.order_by(subscriptions.c.id))]


def listening(connection: Connection, signal: str) -> list[Subscription]:
    """Return everybody who waits for this signal."""
    query = select(subscriptions).where(subscriptions.c.kind == "signal", subscriptions.c.name == signal).order_by(subscriptions.c.id)
    return [Subscription(**row._mapping) for row in connection.execute(query)]


def keep(connection: Connection, sent: Sent, at: datetime) -> None:
    """Keep a message that nobody waits for yet: for those who run now, or, from a trusted sender, also for one that begins just now."""
    newest = None if sent.actor in TRUSTED else connection.execute(select(func.max(instances.c.id))).scalar() or 0
    values = {"name": sent.name, "correlation": canonical(sent.correlation), "variables": plain(sent.variables), "sent_by": sent.actor}
    connection.execute(buffered.insert().values(**values, sent_at=at, expires_at=at + KEPT, newest_instance=newest))


def early(connection: Connection, name: str, correlation: str, at: datetime, instance_id: int | None) -> Any:
    """Return the oldest kept message that fits a new subscription of an instance (None: one that begins now), or None."""
    trusted = buffered.c.newest_instance.is_(None)
    began_before = trusted if instance_id is None else or_(trusted, buffered.c.newest_instance >= instance_id)
    query = select(buffered).where(buffered.c.name == name, buffered.c.expires_at > at, began_before)
    for row in connection.execute(query.order_by(buffered.c.id)):
        values = json.loads(row.correlation)
        if row.correlation == correlation or _meant(values, correlation):
            return row
    return None


def _meant(values: Mapping[str, str], correlation: str) -> bool:
    if correlation.startswith("=#"):
        return not values
    return correlation.startswith("=") and correlation[1:] in values.values()


def take(connection: Connection, message_id: int) -> None:
    """Take a kept message. Raises `Stale` where somebody else has."""
    if connection.execute(buffered.delete().where(buffered.c.id == message_id)).rowcount != 1:
        raise Stale
