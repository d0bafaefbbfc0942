"""Questions to the customer and their answers: the one asked first is answered first, and wakes whoever has waited longest."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Integer, Row, String, Table, Text, select

from kesu.complaints import attachments, contacts
from kesu.complaints.attachments import Upload
from kesu.engine import clock, identity, runtime
from kesu.engine.database import Database, Instant, metadata
from kesu.engine.errors import Conflict, Invalid, sentence

LONGEST = 20_000

questions = Table(
    "questions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String, ForeignKey("cases.reference"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("answer", Text),
    Column("answered_at", Instant),
)


def ask(connection: Connection, reference: str, text: str, *, actor: str, at: datetime) -> int:
    """Write a question and return its id; the same question still open is that question."""
    same = select(questions.c.id).where(questions.c.reference == reference, questions.c.text == text.strip(), questions.c.answered_at.is_(None))
    known = connection.execute(same).scalar()
    if known is not None:
        return int(known)
    contacts.log(connection, reference, contacts.TO_CUSTOMER, text, channel="portal", actor=actor, at=at)
    row = {"reference": reference, "text": text.strip(), "asked_at": at, "asked_by": actor}
    return int(connection.execute(questions.insert().values(row).returning(questions.c.id)).scalar_one())


def unanswered(connection: Connection, reference: str) -> Row[Any] | None:
    """Return the question that has waited longest for an answer, or None."""
    query = select(questions).where(questions.c.reference == reference, questions.c.answered_at.is_(None))
    return connection.execute(query.order_by(questions.c.id).limit(1)).one_or_none()


def of_case(connection: Connection, reference: str) -> list[Row[Any]]:
    """Return all questions of a case with their answers, oldest first."""
    return list(connection.execute(select(questions).where(questions.c.reference == reference).order_by(questions.c.id)))


def answer(db: Database, reference: str, text: str, *, actor: str = identity.CUSTOMER, uploads: tuple[Upload, ...] = ()) -> None:
    """Take the customer's answer to the open question, with files, and let the process go on.

    Raises `Invalid` for an empty answer or a wrong file, `Conflict` where no question is open.
    """
    if not 0 < len(text.strip()) <= LONGEST:
        raise Invalid(sentence("Please write an answer of at most {most} characters."), most=LONGEST)
    files, at = attachments.accept(uploads), clock.now()

    def write(connection: Connection) -> None:
        _take(connection, reference, text.strip(), at)
        contacts.log(connection, reference, contacts.FROM_CUSTOMER, text, channel="portal", actor=actor, at=at)
        attachments.add(connection, reference, files, at=at, actor=actor)

    runtime.correlate(db, "customer_answered", {"reference": reference}, actor=actor, writes=(write,))


def _take(connection: Connection, reference: str, text: str, at: datetime) -> None:
    pending = unanswered(connection, reference)
    match = (questions.c.id == (pending.id if pending else None)) & questions.c.answered_at.is_(None)
    if connection.execute(questions.update().where(match).values(answer=text, answered_at=at)).rowcount == 0:
        raise Conflict(
            sentence("There is no open question about complaint {reference}; it may have been answered already."),
            reference=reference,
        )
