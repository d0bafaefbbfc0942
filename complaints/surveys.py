"""Satisfaction: one short survey a cycle of a case, opened by a link that works once."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Integer, Row, String, Table, Text, UniqueConstraint, select

from kesu.complaints import dangers, inbound
from kesu.complaints.inbound import Words
from kesu.complaints.tracking import base_url, hashed
from kesu.engine import clock, identity, runtime
from kesu.engine.database import Database, Instant, metadata
from kesu.engine.errors import Conflict, Invalid, NotFound, sentence

LONGEST = 5_000

surveys = Table(
    "surveys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String, ForeignKey("cases.reference"), nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("sent_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("score", Integer),  # 1 very dissatisfied .. 5 very satisfied
    Column("satisfied", Boolean),
    Column("comment", Text),
    UniqueConstraint("reference", "cycle"),
)


def invite(connection: Connection, reference: str, *, cycle: int, at: datetime) -> str:
    """Write a survey for a cycle of a case and return its token; asked again while unanswered, the former link stops working."""
    token = secrets.token_urlsafe(24)
    match = (surveys.c.reference == reference) & (surveys.c.cycle == cycle)
    known = connection.execute(select(surveys.c.id).where(match)).scalar()
    if known is None:
        connection.execute(surveys.insert().values(reference=reference, cycle=cycle, token_hash=hashed(token), sent_at=at))
    else:
        renewed = surveys.update().where(match, surveys.c.answered_at.is_(None))
        connection.execute(renewed.values(token_hash=hashed(token), sent_at=at))
    return token


def find(connection: Connection, token: str) -> Row[Any]:
    """Return the survey that a token opens, answered or not. Raises `NotFound`."""
    row = connection.execute(select(surveys).where(surveys.c.token_hash == hashed(token))).one_or_none()
    if row is None:
        raise NotFound(sentence("This survey link is not valid. Use the link from our latest letter, whole and unchanged."))
    return row


def answer(db: Database, token: str, *, score: int, satisfied: bool, comment: str = "") -> None:
    """Take a customer's answer, once, and tell the process.

    Raises `Invalid` for a score outside 1 to 5, `NotFound` for an unknown link, `Conflict` where the survey was answered before.
    """
    if score not in range(1, 6) or len(comment) > LONGEST:
        raise Invalid(sentence("Expected a score from 1 to 5 and a comment of at most {most} characters."), most=LONGEST)
    with db.read() as connection:
        survey, at = find(connection, token), clock.now()

    def write(connection: Connection) -> None:
        _take(connection, survey, {"score": score, "satisfied": satisfied, "comment": comment.strip() or None, "answered_at": at})
        if comment.strip():
            inbound.hear(connection, survey.reference, Words(comment), at=at)
        elif not satisfied:
            inbound.notify(connection, survey.reference, Words(""), key=f"survey/{survey.cycle}", at=at)

    # Scores go to the process, words stay in the case: history holds no personal data.
    told = {"score": score, "satisfied": satisfied}
    runtime.correlate(db, "satisfaction_given", {"reference": survey.reference}, told, actor=identity.CUSTOMER, writes=(write,))
    dangers.follow(db, survey.reference)


def of_case(connection: Connection, reference: str) -> list[Row[Any]]:
    """Return the surveys of a case, one a cycle."""
    return list(connection.execute(select(surveys).where(surveys.c.reference == reference).order_by(surveys.c.cycle)))


def link(token: str) -> str:
    """Return the address of the survey page for a token."""
    return f"{base_url()}/survey/{token}"


def _take(connection: Connection, survey: Row[Any], columns: dict[str, Any]) -> None:
    match = (surveys.c.id == survey.id) & surveys.c.answered_at.is_(None)
    if connection.execute(surveys.update().where(match).values(columns)).rowcount != 1:
        raise Conflict(sentence("This survey has been answered already. Thank you."))
