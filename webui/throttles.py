"""How often strangers may send something: counted per sender and kind in the database, so that several web processes share one count.

The sender's address is kept only as a digest keyed with the application's secret, and only for the length of the window.
"""

import hashlib
import hmac
from datetime import timedelta

from flask import current_app
from sqlalchemy import Column, Connection, Index, Integer, String, Table, func, select

from kesu.engine import clock
from kesu.engine.database import Instant, metadata
from kesu.engine.errors import Rejected, sentence
from kesu.engine.turns import one_at_a_time
from kesu.webui import proxies

throttled = Table(
    "throttled",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("sender", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_throttled_sender_kind_at", "sender", "kind", "at"),
)


class TooMany(Rejected):
    """The same sender has sent too many in too short a time."""

    status = 429


def count(connection: Connection, kind: str, *, most: int, within: timedelta) -> None:
    """Count one more of this kind from the present sender; raises `TooMany` where there have been `most` within that time."""
    now, sender = clock.now(), _sender()
    one_at_a_time(connection, f"throttled:{kind}:{sender}")  # what is counted at once is counted too
    connection.execute(throttled.delete().where(throttled.c.kind == kind, throttled.c.at <= now - within))
    recent = select(func.count()).select_from(throttled).where(throttled.c.kind == kind, throttled.c.sender == sender)
    if connection.execute(recent).scalar_one() >= most:
        raise TooMany(
            sentence(
                "There have been many submissions from your connection just now. Please wait {minutes} minutes and send it "
                "again, or call us; what you typed is still in the form."
            ),
            minutes=int(within.total_seconds() // 60),
        )
    connection.execute(throttled.insert().values(kind=kind, sender=sender, at=now))


def _sender() -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, proxies.sender().encode(), hashlib.sha256).hexdigest()
