"""Outgoing mail: written in the transaction that wants it, sent afterwards by a job, once.

Message-ID comes from the mail's own key, so that a mail sent twice by a crash is the same mail to every mailbox.
"""

import hashlib
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Column, Connection, Index, Integer, Row, String, Table, Text, or_, select

from kesu.complaints import letters
from kesu.complaints.tracking import base_url
from kesu.engine import jobs
from kesu.engine.database import Instant, metadata

WAITING, SENT, KEPT, REFUSED = "waiting", "sent", "kept", "refused"

mails = Table(
    "mails",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("reference", String, index=True),
    Column("template", String, nullable=False),
    Column("locale", String, nullable=False),
    Column("to_address", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("message_id", String, nullable=False, unique=True),
    Column("state", String, nullable=False),  # waiting | sent | kept (no mail server is set) | refused (for good, or for days)
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("reason", Text),  # the last answer of the mail server that was no yes
    Column("tried_since", Instant),  # the first attempt that failed; pauses grow from here
    Column("again_at", Instant),  # when a waiting mail is tried next
    Column("trouble", String),  # what a waiting mail waits for: see mail_troubles; None where for its recipient only
    Index("ix_mails_created_at", "created_at"),
)


def post(
    connection: Connection,
    *,
    key: str,
    template: str,
    to: str,
    locale: str,
    values: dict[str, Any],
    reference: str | None,
    at: datetime,
) -> int | None:
    """Write a mail with the job that sends it; return its id, or None where one of this key is there already."""
    if connection.execute(select(mails.c.id).where(mails.c.key == key)).one_or_none() is not None:
        return None
    letter = letters.write(template, locale, values)
    row = {
        "key": key,
        "reference": reference,
        "template": template,
        "locale": locale,
        "to_address": to,
        "subject": letter.subject,
        "body": letter.body,
        "message_id": message_id(key),
        "state": WAITING,
        "created_at": at,
    }
    mail_id = int(connection.execute(mails.insert().values(row).returning(mails.c.id)).scalar_one())
    jobs.enqueue(connection, "send_mail", {"mail_id": mail_id}, key=f"mail/{key}", run_at=at)
    return mail_id


def message_id(key: str) -> str:
    """Return the Message-ID that belongs to a key, always the same."""
    host = urlsplit(base_url()).hostname or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{host}>"


def find(connection: Connection, mail_id: int) -> Row[Any] | None:
    """Return a mail, or None."""
    return connection.execute(select(mails).where(mails.c.id == mail_id)).one_or_none()


def settle(connection: Connection, mail_id: int, state: str, *, at: datetime, reason: str | None = None) -> None:
    """Note what became of a mail that was waiting, or had been refused and was tried again."""
    match = (mails.c.id == mail_id) & mails.c.state.in_([WAITING, REFUSED])
    values = {"state": state, "reason": reason, "sent_at": at if state == SENT else None}
    none = {"tried_since": None, "again_at": None, "trouble": None}
    connection.execute(mails.update().where(match).values(**values, **none))


def put_off(
    connection: Connection,
    mail: Row[Any],
    until: datetime,
    *,
    at: datetime,
    reason: str,
    trouble: str | None = None,
) -> None:
    """Note that a mail could not go now, why, and when it is tried again."""
    values = {"state": WAITING, "reason": reason, "trouble": trouble, "again_at": until}
    match = (mails.c.id == mail.id) & mails.c.state.in_([WAITING, REFUSED])
    connection.execute(mails.update().where(match).values(**values, tried_since=since(mail, trouble, at)))


def since(mail: Row[Any], trouble: str | None, at: datetime) -> datetime:
    """Return since when a mail meets this trouble: days without a server are no days of patience with a mailbox."""
    known: datetime | None = mail.tried_since
    return known if known is not None and mail.trouble == trouble else at


def latest(connection: Connection, *, reference: str | None = None, before: int | None = None, limit: int = 50, state: str = "",
           text: str = "") -> list[Row[Any]]:
    """Return mails, the latest first, of one case or of all; `before` is the id where the last page ended.

    `state` and `text` (in case, receiver or subject) narrow them.
    """
    query = select(mails).order_by(mails.c.id.desc()).limit(limit)
    if state:
        query = query.where(mails.c.state == state)
    if text:
        places = (mails.c.reference, mails.c.to_address, mails.c.subject)
        query = query.where(or_(*(place.icontains(text, autoescape=True) for place in places)))
    if reference is not None:
        query = query.where(mails.c.reference == reference)
    return list(connection.execute(query if before is None else query.where(mails.c.id < before)))
