"""Cases: what was complained about, where it stands, and how it ended. One row each, under the reference the customer knows.

The process moves a case; this row is what people read and search. Corrections are made by compare-and-set on `version` and every
one is kept with its before, after and reason.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    select,
)

from kesu.complaints import safety
from kesu.complaints.amounts import Money
from kesu.engine.database import Instant, Json, metadata
from kesu.engine.errors import Conflict, NotFound, Overtaken, sentence

CORRECTABLE = frozenset(
    {
        "title",
        "description",
        "amount",
        "currency",
        "product",
        "model",
        "batch",
        "serial",
        "order_number",
        "purchased_on",
        "vip",
        "details",
        "category",
        "subcategory",
        "grade",
        "priority",
        "owner_department",
        "cause",
        "measure",
        "prevention",
        "waiver",
    }
)

IN_WORDS = ("title", "description", "details")  # a correction of these may tell of a danger

cases = Table(
    "cases",
    metadata,
    Column("reference", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("status_since", Instant, nullable=False),
    Column("category", String, ForeignKey("categories.code")),
    Column("subcategory", String, ForeignKey("categories.code")),
    Column("classified_by", String),  # rule, model, customer, or a login
    Column("confidence", Float),
    Column("grade", String),  # general | urgent | major
    Column("priority", Integer),  # 1 most pressing .. 5
    Column("safety", Boolean, nullable=False, default=False),
    Column("demand", String),  # what the customer wants: repair, replace, refund, compensation, apology, resend
    Column("channel", String, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("received_by", String, nullable=False),
    Column("title", String, nullable=False),
    Column("description", Text, nullable=False),
    Column("amount", Money),
    Column("currency", String(3), nullable=False, server_default="CNY"),
    Column("product", String, ForeignKey("products.code")),
    Column("model", String),
    Column("batch", String),
    Column("serial", String),
    Column("order_number", String),
    Column("purchased_on", Date),
    Column("details", Json, nullable=False),  # the fields that the category asks for
    Column("complainant_id", Integer, ForeignKey("complainants.id"), nullable=False, index=True),
    Column("vip", Boolean, nullable=False, default=False),
    Column("owner_department", String),
    Column("cycle", Integer, nullable=False, default=1),  # 2 and more: reopened
    Column("cause", Text),
    Column("measure", Text),
    Column("prevention", Text),
    Column("waiver", Text),  # why no follow-up with the customer was needed
    Column("resolved_at", Instant),
    Column("closed_at", Instant),
    Column("closed_by", String),
    Column("archived_at", Instant),
    Column("unread_since", Instant),  # the customer has written and nobody has read it yet
    Column("version", Integer, nullable=False, default=1),
    Index("ix_cases_status_received_at", "status", "received_at"),
    Index("ix_cases_received_at", "received_at"),
    Index("ix_cases_category_received_at", "category", "received_at"),
    Index("ix_cases_product_batch", "product", "batch"),
    Index("ix_cases_owner_department", "owner_department", "reference"),
)

case_changes = Table(
    "case_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String, ForeignKey("cases.reference"), nullable=False, index=True),
    Column("field", String, nullable=False),
    Column("before", Json),
    Column("after", Json),
    Column("at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Column("reason", Text, nullable=False),
)


def insert(connection: Connection, reference: str, *, at: datetime, **columns: Any) -> None:
    """Write a new case as received."""
    connection.execute(cases.insert().values(reference=reference, status="received", status_since=at, received_at=at, **columns))


def find(connection: Connection, reference: str) -> Row[Any]:
    """Return a case.

    Raises `NotFound`.
    """
    row = connection.execute(select(cases).where(cases.c.reference == reference)).one_or_none()
    if row is None:
        raise NotFound(
            sentence("Expected the reference of a case, like KS-2026-000123, but there is no case {reference}."),
            reference=reference,
        )
    return row


def exists(connection: Connection, reference: str) -> bool:
    """Say whether there is a case of this reference."""
    return connection.execute(select(cases.c.reference).where(cases.c.reference == reference)).first() is not None


def set_columns(connection: Connection, reference: str, **columns: Any) -> None:
    """Write what the process found out about a case; not kept as a correction, because the process history tells it.

    A danger is only ever raised here: a process that says otherwise does not lower it.
    """
    if not columns.get("safety", True):
        del columns["safety"]
    connection.execute(cases.update().where(cases.c.reference == reference).values(version=cases.c.version + 1, **columns))


def correct(connection: Connection, reference: str, changes: Mapping[str, Any], *, actor: str, at: datetime, seen: int, reason: str) -> None:
    """Change fields of a case that somebody read at version `seen`, and keep before, after and reason of each.

    Raises `Conflict` where somebody else changed the case meanwhile.
    """
    before = find(connection, reference)
    changed = {name: value for name, value in changes.items() if name in CORRECTABLE and getattr(before, name) != value}
    if not before.safety and safety.is_concern("\n".join(str(changed[name]) for name in IN_WORDS if name in changed)):
        changed["safety"] = True
    match = (cases.c.reference == reference) & (cases.c.version == seen)
    if connection.execute(cases.update().where(match).values(version=seen + 1, **changed)).rowcount != 1:
        raise Overtaken(
            sentence("Case {reference} was changed by somebody else meanwhile. Load it again and repeat your change."),
            reference=reference,
        )
    note_changes(connection, reference, {name: (getattr(before, name), value) for name, value in changed.items()}, actor=actor, at=at, reason=reason)


def lower_safety(connection: Connection, reference: str, *, asked_by: str, actor: str, at: datetime, reason: str) -> None:
    """Take a danger back after two people have said so: the only verb that does; `complaints/all_clears.py` guards it.

    Raises `Conflict` where the two are one.
    """
    if asked_by == actor:
        raise Conflict(sentence("You asked for it yourself: a second person has to look (four eyes)."))
    connection.execute(cases.update().where(cases.c.reference == reference).values(version=cases.c.version + 1, safety=False))
    note_changes(connection, reference, {"safety": (True, False)}, actor=actor, at=at, reason=f"{asked_by}: {reason}")


def note_changes(connection: Connection, reference: str, changes: Mapping[str, tuple[Any, Any]], *, actor: str, at: datetime, reason: str) -> None:
    """Keep before and after of fields that were corrected, of the case or of its customer."""
    rows = [{"reference": reference, "field": name, "before": _told(before), "after": _told(after), "at": at, "actor": actor, "reason": reason}
            for name, (before, after) in changes.items()]
    if rows:
        connection.execute(case_changes.insert(), rows)


def changes_of(connection: Connection, reference: str) -> list[Row[Any]]:
    """Return the corrections of a case, oldest first."""
    return list(connection.execute(select(case_changes).where(case_changes.c.reference == reference).order_by(case_changes.c.id)))


def _told(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str | dict | list) else str(value)
