"""The contact log: what was said to and by the customer, and internal notes that the customer must never see.

The two kinds are told apart by one column that every reading verb demands, so that a note cannot slip onto the customer's page.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Row, String, Table, Text, select

from kesu.engine.database import Instant, metadata
from kesu.engine.errors import Invalid, sentence

INTERNAL, TO_CUSTOMER, FROM_CUSTOMER = "internal", "to_customer", "from_customer"
KINDS = (INTERNAL, TO_CUSTOMER, FROM_CUSTOMER)
BY_PEOPLE = (None, "question", "reply", "result")  # letters that carry what a person wrote; the others write themselves
VISIBLE = (TO_CUSTOMER, FROM_CUSTOMER)
LONGEST = 20_000

contacts = Table(
    "contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String, ForeignKey("cases.reference"), nullable=False),
    Column("kind", String, nullable=False),
    Column("channel", String, nullable=False),  # note, phone, mail, portal, sms, visit
    Column("text", Text, nullable=False),
    Column("template", String),  # the letter this was, if it was one of ours
    Column("at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Index("ix_contacts_reference_at", "reference", "at"),
)


def log(
    connection: Connection,
    reference: str,
    kind: str,
    text: str,
    *,
    channel: str,
    actor: str,
    at: datetime,
    template: str | None = None,
) -> int:
    """Write an entry and return its id. Raises `Invalid` for an unknown kind and for an empty or endless text."""
    if kind not in KINDS:
        raise Invalid(sentence("Expected one of {kinds}, got {kind}."), kinds=", ".join(KINDS), kind=kind)
    clean = text.strip()
    if not 0 < len(clean) <= LONGEST or "\x00" in clean:
        raise Invalid(sentence("Expected a text of 1 to {most} characters."), most=LONGEST)
    row = {
        "reference": reference,
        "kind": kind,
        "channel": channel,
        "text": clean,
        "template": template,
        "at": at,
        "actor": actor,
    }
    return int(connection.execute(contacts.insert().values(row).returning(contacts.c.id)).scalar_one())


def for_customer(connection: Connection, reference: str) -> list[Row[Any]]:
    """Return what the customer may read, oldest first."""
    return _of(connection, reference, VISIBLE)


def for_staff(connection: Connection, reference: str) -> list[Row[Any]]:
    """Return everything, internal notes included, oldest first."""
    return _of(connection, reference, KINDS)


def was_told(connection: Connection, reference: str, template: str) -> bool:
    """Say whether the customer has been sent this letter."""
    query = select(contacts.c.id).where(contacts.c.reference == reference, contacts.c.template == template)
    return connection.execute(query.limit(1)).first() is not None


def _of(connection: Connection, reference: str, kinds: tuple[str, ...]) -> list[Row[Any]]:
    query = select(contacts).where(contacts.c.reference == reference, contacts.c.kind.in_(kinds))
    return list(connection.execute(query.order_by(contacts.c.at, contacts.c.id)))
