"""The few words for where a case stands, what the customer is told, and the step from one to the next."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, String, Table, select

from kesu.complaints.cases import cases, find
from kesu.engine.database import Instant, metadata
from kesu.engine.errors import Invalid, Rejected, sentence

WORDS = {
    "received": sentence("Received"),
    "in_progress": sentence("In progress"),
    "waiting_customer": sentence("Waiting for the customer"),
    "awaiting_approval": sentence("Awaiting approval"),
    "carrying_out": sentence("Being carried out"),
    "resolved": sentence("Resolved"),
    "closed": sentence("Closed"),
    "withdrawn": sentence("Withdrawn"),
}
CUSTOMER_WORDS = {
    "received": sentence("We have received your complaint and are reading it."),
    "in_progress": sentence("We are finding out what went wrong."),
    "waiting_customer": sentence("We need an answer from you before we can go on."),
    "awaiting_approval": sentence("We have a proposal; it is being approved."),
    "carrying_out": sentence("The solution is approved and being carried out."),
    "resolved": sentence("The solution has been carried out. Please tell us whether you are satisfied."),
    "closed": sentence("Your complaint is closed."),
    "withdrawn": sentence("You have withdrawn your complaint."),
}
OPEN = ("received", "in_progress", "waiting_customer", "awaiting_approval", "carrying_out", "resolved")
FINAL = ("closed", "withdrawn")

status_changes = Table(
    "status_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String, ForeignKey("cases.reference"), nullable=False),
    Column("before", String),
    Column("after", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Index("ix_status_changes_reference_at", "reference", "at"),
)


def check(status: str) -> None:
    """Raise `Invalid` unless this is one of the status words."""
    if status not in WORDS:
        raise Invalid(sentence("Expected one of the status words {words}, got {status}."), words=", ".join(WORDS), status=status)


def begin(connection: Connection, reference: str, *, actor: str, at: datetime) -> None:
    """Note that a case was received."""
    connection.execute(status_changes.insert().values(reference=reference, before=None, after="received", at=at, actor=actor))


def mark(connection: Connection, reference: str, status: str, *, actor: str, at: datetime) -> None:
    """Move a case to a status and note who did so; back from resolved begins a new cycle; a closed case stays closed.

    Raises `Invalid` for an unknown word, `Rejected` where the case has ended.
    """
    check(status)
    case = find(connection, reference)
    if case.status == status:
        return
    if case.status in FINAL:
        raise Rejected(
            sentence("Case {reference} has ended ({status}); it cannot become {wanted}. File a follow-up case instead."),
            reference=reference,
            status=case.status,
            wanted=status,
        )
    connection.execute(cases.update().where(cases.c.reference == reference).values(_columns(case, status, at)))
    connection.execute(status_changes.insert().values(reference=reference, before=case.status, after=status, at=at, actor=actor))


def history_of(connection: Connection, reference: str) -> list[Any]:
    """Return every change of status of a case, oldest first."""
    query = select(status_changes).where(status_changes.c.reference == reference)
    return list(connection.execute(query.order_by(status_changes.c.at, status_changes.c.id)))


def _columns(case: Any, status: str, at: datetime) -> dict[str, Any]:
    columns: dict[str, Any] = {"status": status, "status_since": at, "version": case.version + 1}
    if status == "resolved":
        columns["resolved_at"] = at
    if status in FINAL:
        columns["closed_at"] = at
    if case.status == "resolved" and status in OPEN:
        columns |= {"resolved_at": None, "cycle": case.cycle + 1}
    return columns
