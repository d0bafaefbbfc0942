"""Questions to the customer and their answers: each department asks its own, and an answer wakes whoever asked that question.

A message has one receiver, so that two departments which wait at once wait under keys of their own: case and department.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Integer, Row, String, Table, Text, select

from kesu.complaints import attachments, contacts, dangers, inbound
from kesu.complaints.attachments import Upload
from kesu.complaints.inbound import Words
from kesu.engine import clock, identity, runtime
from kesu.engine.database import Database, Instant, metadata
from kesu.engine.errors import Conflict, Invalid, NotFound, sentence
from kesu.engine.service_tasks import Write

LONGEST = 20_000
MESSAGE = "customer_answered"

questions = Table(
    "questions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String, ForeignKey("cases.reference"), nullable=False, index=True),
    Column("department", String, nullable=False, server_default=""),  # who asks; empty where the process does not say
    Column("text", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("answer", Text),
    Column("answered_at", Instant),
)


def ask(connection: Connection, reference: str, text: str, *, actor: str, at: datetime, department: str = "") -> int:
    """Write a question and return its id; the same question of the same department still open is that question."""
    same = select(questions.c.id).where(questions.c.reference == reference, questions.c.text == text.strip(), questions.c.answered_at.is_(None))
    known = connection.execute(same.where(questions.c.department == department)).scalar()
    if known is not None:
        return int(known)
    contacts.log(connection, reference, contacts.TO_CUSTOMER, text, channel="portal", actor=actor, at=at)
    row = {"reference": reference, "department": department, "text": text.strip(), "asked_at": at, "asked_by": actor}
    return int(connection.execute(questions.insert().values(row).returning(questions.c.id)).scalar_one())


def unanswered(connection: Connection, reference: str) -> list[Row[Any]]:
    """Return the questions that wait for an answer, the one asked first before the others."""
    query = select(questions).where(questions.c.reference == reference, questions.c.answered_at.is_(None))
    return list(connection.execute(query.order_by(questions.c.id)))


def of_case(connection: Connection, reference: str) -> list[Row[Any]]:
    """Return all questions of a case with their answers, oldest first."""
    return list(connection.execute(select(questions).where(questions.c.reference == reference).order_by(questions.c.id)))


def answer(db: Database, reference: str, text: str, *, question_id: int | None = None, actor: str = identity.CUSTOMER,
           uploads: tuple[Upload, ...] = ()) -> None:
    """Take the customer's answer to a question (the one asked first where none is named), with files, and let whoever asked go on.

    Raises `Invalid` for an empty answer or a wrong file, `Conflict` where the question is not open.
    """
    if not 0 < len(text.strip()) <= LONGEST:
        raise Invalid(sentence("Please write an answer of at most {most} characters."), most=LONGEST)
    files, at = attachments.accept(uploads), clock.now()
    with db.read() as connection:
        question = next((each for each in unanswered(connection, reference) if question_id in (None, each.id)), None)
    if question is None:
        raise _closed(reference)

    def write(connection: Connection) -> None:
        _take(connection, question, text.strip(), at)
        asked_by = identity.members(connection, question.department) if question.department else ()
        words = Words(text, files, (question.asked_by, *asked_by), actor=actor)
        inbound.hear(connection, reference, words, at=at)

    _tell(db, question, actor, write)
    dangers.follow(db, reference)


def _tell(db: Database, question: Row[Any], actor: str, write: Write) -> None:
    """Wake whoever asked; a diagram may wait for its own question or, plainly, for any answer about the case. After days nobody may wait."""
    keys = ({"question": f"{question.reference}/{question.department}"}, {"reference": question.reference})
    for correlation in keys:
        try:
            runtime.correlate(db, MESSAGE, correlation, actor=actor, writes=(write,), keep=False)
        except NotFound:
            continue
        return
    with db.write() as connection:
        write(connection)


def _take(connection: Connection, question: Row[Any], text: str, at: datetime) -> None:
    match = (questions.c.id == question.id) & questions.c.answered_at.is_(None)
    if connection.execute(questions.update().where(match).values(answer=text, answered_at=at)).rowcount == 0:
        raise _closed(question.reference)


def _closed(reference: str) -> Conflict:
    return Conflict(sentence("There is no open question about complaint {reference}; it may have been answered already."), reference=reference)
