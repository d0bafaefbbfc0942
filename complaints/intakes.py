"""What came in, exactly as it came: channel, time and raw content of every complaint, never changed afterwards.

The hash of the content is kept beside it. A submit is known again by its idempotency key; the key is salted into the tracking
token, so that a repeated submit gets the same token back although neither key nor token is kept.
"""

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Row, String, Table, event, select, text

from kesu.engine.database import Instant, Json, metadata

intakes = Table(
    "intakes",
    metadata,
    Column("reference", String, ForeignKey("cases.reference"), primary_key=True),
    Column("channel", String, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("received_by", String, nullable=False),
    Column("payload", Json, nullable=False),
    Column("payload_sha256", String(64), nullable=False),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("salt", String(64), nullable=False),
)

STAYS = "what came in is kept as it came: a row of intakes is never changed or deleted"


@event.listens_for(intakes, "after_create")
def _let_it_stay(_table: Table, connection: Connection, **_more: Any) -> None:
    # The same triggers stand in the migrations: whoever gets past the code meets the database.
    if connection.dialect.name == "postgresql":
        body = f"BEGIN RAISE EXCEPTION '{STAYS}'; END"
        connection.execute(text(f"CREATE OR REPLACE FUNCTION intakes_stay() RETURNS trigger AS $$ {body} $$ LANGUAGE plpgsql"))
        connection.execute(text("CREATE TRIGGER intakes_stay BEFORE UPDATE OR DELETE ON intakes FOR EACH ROW EXECUTE FUNCTION intakes_stay()"))
        return
    for act in ("update", "delete"):
        connection.execute(text(f"CREATE TRIGGER intakes_stay_{act} BEFORE {act.upper()} ON intakes BEGIN SELECT RAISE(ABORT, '{STAYS}'); END"))


def new_salt() -> str:
    """Return the salt that goes into one tracking token."""
    return secrets.token_hex(32)


def key_hash(key: str) -> str:
    """Return the form in which an idempotency key is kept."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def token_of(salt: str, key: str) -> str:
    """Return the tracking token that belongs to a submit."""
    digest = hmac.new(bytes.fromhex(salt), key.encode("utf-8", "replace"), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:24]).decode()


def fingerprint(payload: Any) -> str:
    """Return the hash of a raw payload."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def write(connection: Connection, reference: str, *, key: str, salt: str, payload: Any, channel: str, at: datetime, actor: str) -> None:
    """Write what came in."""
    connection.execute(
        intakes.insert().values(
            reference=reference,
            channel=channel,
            received_at=at,
            received_by=actor,
            payload=payload,
            payload_sha256=fingerprint(payload),
            key_hash=key_hash(key),
            salt=salt,
        )
    )


def known(connection: Connection, key: str) -> Row[Any] | None:
    """Return what came in under an idempotency key before, or None."""
    return connection.execute(select(intakes).where(intakes.c.key_hash == key_hash(key))).one_or_none()


def find(connection: Connection, reference: str) -> Row[Any] | None:
    """Return what came in for a case."""
    return connection.execute(select(intakes).where(intakes.c.reference == reference)).one_or_none()


def changed(connection: Connection, reference: str | None = None) -> tuple[int, list[str]]:
    """Return how many raw contents were compared with their hashes, and the cases whose differs."""
    query = select(intakes).order_by(intakes.c.reference)
    if reference is not None:
        query = query.where(intakes.c.reference == reference)
    count, wrong = 0, []
    for row in connection.execute(query.execution_options(yield_per=200)):
        count += 1
        wrong += [] if is_untouched(row) else [str(row.reference)]
    return count, wrong


def is_untouched(row: Row[Any]) -> bool:
    """Say whether the raw content is still what was received."""
    return fingerprint(row.payload) == str(row.payload_sha256)
