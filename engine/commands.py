"""Idempotency: a command that carries a key is applied once; the same key again gets the first answer.

A key belongs to what it was first given to: who, which command, on what, with which content. With anything else it is refused, since the
first answer would be a lie (as in the IETF's draft of the `Idempotency-Key` header).
"""

import hashlib
import json
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Integer, String, Table, bindparam, select
from sqlalchemy.exc import IntegrityError

from kesu.engine import values
from kesu.engine.database import Instant, Json, metadata
from kesu.engine.errors import Conflict, sentence
from kesu.engine.instances import Stale

commands = Table(
    "commands",
    metadata,
    Column("key", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("instance_id", Integer),
    Column("result", Json, nullable=False),
    Column("at", Instant, nullable=False),
    Column("content_sha256", String),  # not there before migration 0004
)


_ANSWERED = select(commands.c.result, commands.c.kind, commands.c.content_sha256).where(commands.c.key == bindparam("wanted"))


class Key(NamedTuple):
    """An idempotency key with what it was given to."""

    value: str
    kind: str
    content_sha256: str


def bound(key: str | None, kind: str, *content: Any) -> Key | None:
    """Bind a key to a command and its content (who, on what, with what); None where there is no key. Raises `Invalid` for nesting without end."""
    if key is None:
        return None
    written = json.dumps(values.plain(content), sort_keys=True)
    return Key(key, kind, hashlib.sha256(written.encode()).hexdigest())


def answered(connection: Connection, key: Key | None) -> dict[str, Any] | None:
    """Return the result that a command of this key had, or None where it is new. Raises `Conflict` where it was given to something else."""
    if key is None:
        return None
    known = connection.execute(_ANSWERED, {"wanted": key.value}).one_or_none()
    if known is None:
        return None
    if (known.kind, known.content_sha256 or key.content_sha256) != (key.kind, key.content_sha256):
        raise Conflict(sentence("This was sent once before with something else in it, and what was sent first stands. Open it again to send more."))
    return dict(known.result)


def record(connection: Connection, key: Key | None, **columns: Any) -> None:
    """Record a command with its result. Raises `Stale` where the same key came through at the same time: read again, then answer from it."""
    if key is None:
        return
    try:
        connection.execute(commands.insert().values(key=key.value, kind=key.kind, content_sha256=key.content_sha256, **columns))
    except IntegrityError as error:
        raise Stale from error
