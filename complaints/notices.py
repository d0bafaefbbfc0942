"""Notices: one line for a colleague inside the program, said in the reader's language when it is read."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Row, String, Table, func, select

from kesu.engine.database import Instant, Json, metadata
from kesu.engine.errors import sentence

TEXTS = {
    "reminder": sentence("{task} in case {reference} is due."),
    "escalation": sentence("Case {reference} was escalated to you: {reason}"),
    "danger": sentence("Danger to people in case {reference}: {reason}"),
    "heard": sentence("The customer has written in case {reference}."),
    "heard_danger": sentence("The customer has written of danger to people in case {reference}."),
    "assignment": sentence("You have a new task in case {reference}: {task}."),
    "copy": sentence("You were sent a copy of case {reference}."),
    "urged": sentence("{by} asks you to see to {task} in case {reference}."),
    "transferred": sentence("{by} has passed {task} in case {reference} on to you."),
    "delegated": sentence("{by} asks for your opinion on {task} in case {reference}."),
    "asked": sentence("You were added to {task} in case {reference}."),
    "turn": sentence("It is your turn to sign: {task} in case {reference}."),
    "deputy": sentence("You act for {who} from {begins} to {ends}."),
    "answered": sentence("{by} has answered; {task} in case {reference} is yours to decide again."),
}

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String, ForeignKey("people.login"), nullable=False),
    Column("reference", String),
    Column("template", String, nullable=False),
    Column("values", Json, nullable=False),
    Column("at", Instant, nullable=False),
    Column("read_at", Instant),
    Column("key", String, nullable=False, unique=True),
    Index("ix_notices_login_read_at", "login", "read_at"),
)


def tell(connection: Connection, login: str, template: str, *, reference: str | None, values: dict[str, Any], key: str, at: datetime) -> bool:
    """Write a notice unless one of this key is there; say whether it was written."""
    if connection.execute(select(notices.c.id).where(notices.c.key == key)).one_or_none() is not None:
        return False
    row = {"login": login, "reference": reference, "template": template, "values": values, "at": at, "key": key}
    connection.execute(notices.insert().values(row))
    return True


def of_person(connection: Connection, login: str, *, limit: int = 50) -> list[Row[Any]]:
    """Return a person's notices, unread first, then the latest first."""
    query = select(notices).where(notices.c.login == login)
    return list(connection.execute(query.order_by(notices.c.read_at.is_not(None), notices.c.at.desc(), notices.c.id.desc()).limit(limit)))


def unread(connection: Connection, login: str) -> int:
    """Count a person's unread notices."""
    query = select(func.count()).where(notices.c.login == login, notices.c.read_at.is_(None))
    return int(connection.execute(query).scalar_one())


def mark_read(connection: Connection, login: str, notice_id: int, *, at: datetime) -> None:
    """Note that a person has read a notice of theirs."""
    match = (notices.c.id == notice_id) & (notices.c.login == login) & notices.c.read_at.is_(None)
    connection.execute(notices.update().where(match).values(read_at=at))
