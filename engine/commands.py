"""Idempotency: a command that carries a key is applied once; the same key again gets the first answer."""

from typing import Any

from sqlalchemy import Column, Connection, Integer, String, Table, bindparam, select
from sqlalchemy.exc import IntegrityError

from kesu.engine.database import Instant, Json, metadata
from kesu.engine.instances import Stale

commands = Table(
    "commands",
    metadata,
    Column("key", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("instance_id", Integer),
    Column("result", Json, nullable=False),
    Column("at", Instant, nullable=False),
)


_ANSWERED = select(commands.c.result).where(commands.c.key == bindparam("wanted"))


def answered(connection: Connection, key: str | None) -> dict[str, Any] | None:
    """Return the result that a command of this key had, or None where it is new."""
    if key is None:
        return None
    return connection.execute(_ANSWERED, {"wanted": key}).scalar()


def record(connection: Connection, key: str | None, **columns: Any) -> None:
    """Record a command with its result. Raises `Stale` where the same key came through at the same time: read again, then answer from it."""
    if key is None:
        return
    try:
        connection.execute(commands.insert().values(key=key, **columns))
    except IntegrityError as error:
        raise Stale from error
