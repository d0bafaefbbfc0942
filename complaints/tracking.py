"""Tracking links: random tokens that open one complaint to whoever holds them, kept only as hashes.

Every letter carries a token of its own, so that a link can be sent again although none can be read back.
"""

import hashlib
import os
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Row, String, Table, select

from kesu.complaints.cases import cases
from kesu.engine.database import Instant, metadata
from kesu.engine.errors import NotFound, sentence

tracking_tokens = Table(
    "tracking_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("reference", String, ForeignKey("cases.reference"), nullable=False, index=True),
    Column("issued_at", Instant, nullable=False),
)


def issue(connection: Connection, reference: str, *, at: datetime, token: str | None = None) -> str:
    """Write a token for a case and return it; this is the only time it can be read."""
    token = token or secrets.token_urlsafe(24)
    connection.execute(tracking_tokens.insert().values(token_hash=hashed(token), reference=reference, issued_at=at))
    return token


def hashed(token: str) -> str:
    """Return the form in which a token is kept, from which it cannot be read back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def find_case(connection: Connection, token: str) -> Row[Any]:
    """Return the case that a token opens.

    Raises `NotFound`, with the same sentence whatever is wrong with the token.
    """
    query = select(cases).join(tracking_tokens, tracking_tokens.c.reference == cases.c.reference)
    row = connection.execute(query.where(tracking_tokens.c.token_hash == hashed(token))).one_or_none()
    if row is None:
        raise NotFound(sentence("This tracking link opens no complaint. Use the link from our confirmation, whole and unchanged."))
    return row


def link(token: str) -> str:
    """Return the address of the tracking page for a token (KESU_BASE_URL names the server)."""
    return f"{base_url()}/track/{token}"


def base_url() -> str:
    """Return the address under which people reach this server."""
    return os.environ.get("KESU_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
