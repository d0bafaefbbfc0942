"""Bearer tokens for programs: shown once when made, kept only as a hash, tied to a person and revocable."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, select

from kesu.engine.database import Instant, metadata

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("login", String, ForeignKey("people.login"), nullable=False, index=True),
    Column("label", String, nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)


def issue(connection: Connection, login: str, *, at: datetime, label: str = "") -> str:
    """Make a token for a person and return it; it cannot be shown again."""
    token = "kesu_" + secrets.token_urlsafe(32)
    connection.execute(tokens.insert().values(hash=_hash(token), login=login, label=label, created_at=at))
    return token


def bearer(connection: Connection, token: str) -> str | None:
    """Return the login a token speaks for, or None where it is unknown or revoked."""
    query = select(tokens.c.login).where(tokens.c.hash == _hash(token), tokens.c.revoked_at.is_(None))
    return connection.execute(query).scalar()


def revoke(connection: Connection, token_id: int, *, at: datetime) -> None:
    """Make a token worthless from now on."""
    connection.execute(tokens.update().where(tokens.c.id == token_id, tokens.c.revoked_at.is_(None)).values(revoked_at=at))


def _hash(token: str) -> str:
    # A random 256-bit token needs no salt and no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()
