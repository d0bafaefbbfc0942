"""Complainants: who complained, how to reach them, and what they complained about before.

Phone numbers and addresses are also kept in a normal form, so that a caller is found however the number was typed.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, Row, String, Table, Text, and_, or_, select

from kesu.complaints import phones
from kesu.complaints.cases import cases
from kesu.complaints.phones import key as phone_key
from kesu.engine.database import Instant, metadata

complainants = Table(
    "complainants",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("phone", String, nullable=False, server_default=""),
    Column("phone_key", String, nullable=False, server_default="", index=True),
    Column("email", String, nullable=False, server_default=""),
    Column("email_key", String, nullable=False, server_default="", index=True),
    Column("address", Text, nullable=False, server_default=""),
    Column("locale", String, nullable=False, server_default="zh"),
    Column("vip", Boolean, nullable=False, default=False),
    Column("created_at", Instant, nullable=False),
)


def email_key(text: str) -> str:
    """Return the address by which a mailbox is looked up."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


@dataclass(frozen=True)
class Contact:
    """Who complained and how to reach them, as given with one complaint."""

    name: str
    phone: str = ""
    email: str = ""
    locale: str = "zh"
    address: str = ""
    vip: bool = False


def keep(connection: Connection, contact: Contact, *, at: datetime, trusted: bool) -> int:
    """Return the id of the complainant this is, written anew where there is none.

    Only colleagues (`trusted`) add a way of reaching somebody we know: else a stranger who knows a name and a number could have that
    person's letters sent to an address of his own.
    """
    known = next((row for row in _alike(connection, contact) if _is_same(row, contact, trusted)), None)
    if known is not None:
        _fill_in(connection, known, contact)
        return int(known.id)
    row = {**asdict(contact), "phone_key": phone_key(contact.phone), "email_key": email_key(contact.email), "created_at": at}
    return int(connection.execute(complainants.insert().values(row).returning(complainants.c.id)).scalar_one())


def change(connection: Connection, complainant_id: int, columns: Mapping[str, str]) -> None:
    """Set name, phone, e-mail or address of a complainant right; they are found by the new ones from now on."""
    keys = {"phone": ("phone_key", phone_key), "email": ("email_key", email_key)}
    derived = {keys[name][0]: keys[name][1](text) for name, text in columns.items() if name in keys}
    connection.execute(complainants.update().where(complainants.c.id == complainant_id).values({**columns, **derived}))


def is_vip(connection: Connection, contact: Contact) -> bool:
    """Say whether somebody of this name and phone or e-mail is known as an important customer."""
    return any(row.vip for row in _alike(connection, contact))


def look_up(connection: Connection, *, phone: str = "", email: str = "", limit: int = 20) -> list[dict[str, Any]]:
    """Return everybody with this phone number or e-mail, each with their earlier cases, newest first."""
    wanted = _reached_by(phones.keys(phone), email_key(email))
    if wanted is None:
        return []
    found = list(connection.execute(select(complainants).where(wanted).order_by(complainants.c.id.desc()).limit(limit)))
    earlier = _cases_of(connection, [person.id for person in found])
    return [{**person._mapping, "cases": earlier.get(person.id, [])} for person in found]


def find(connection: Connection, complainant_id: int) -> Row[Any]:
    """Return a complainant by id."""
    return connection.execute(select(complainants).where(complainants.c.id == complainant_id)).one()


def of_case(connection: Connection, reference: str) -> Row[Any]:
    """Return the complainant of a case."""
    query = select(complainants).join(cases, cases.c.complainant_id == complainants.c.id).where(cases.c.reference == reference)
    return connection.execute(query).one()


def other_cases(connection: Connection, reference: str) -> list[str]:
    """Return the references of the other cases of a case's complainant, oldest first."""
    same = select(cases.c.complainant_id).where(cases.c.reference == reference).scalar_subquery()
    others = (cases.c.complainant_id == same) & (cases.c.reference != reference)
    query = select(cases.c.reference).where(others).order_by(cases.c.received_at, cases.c.reference)
    return list(connection.execute(query).scalars())


def _alike(connection: Connection, contact: Contact) -> list[Row[Any]]:
    # The name must agree too: a family shares a phone, and one must not read the other's cases as their own.
    wanted = _reached_by(phones.keys(contact.phone), email_key(contact.email))
    if wanted is None:
        return []
    query = select(complainants).where(and_(wanted, complainants.c.name == contact.name))
    return list(connection.execute(query.order_by(complainants.c.id)))


def _is_same(known: Row[Any], contact: Contact, trusted: bool) -> bool:
    for given, kept in ((phone_key(contact.phone), known.phone_key), (email_key(contact.email), known.email_key)):
        if given and given != kept and (kept or not trusted):
            return False
    return True


def _reached_by(numbers: Sequence[str], email: str) -> Any:
    ways: list[Any] = [complainants.c.phone_key.in_(numbers)] if numbers else []
    ways += [complainants.c.email_key == email] if email else []
    return or_(*ways) if ways else None


def _fill_in(connection: Connection, known: Row[Any], contact: Contact) -> None:
    columns: dict[str, Any] = {"vip": True} if contact.vip and not known.vip else {}
    if contact.phone and not known.phone:
        columns |= {"phone": contact.phone, "phone_key": phone_key(contact.phone)}
    if contact.email and not known.email:
        columns |= {"email": contact.email, "email_key": email_key(contact.email)}
    if contact.address and not known.address:
        columns["address"] = contact.address
    if columns:
        connection.execute(complainants.update().where(complainants.c.id == known.id).values(columns))


def _cases_of(connection: Connection, ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    chosen = [cases.c.complainant_id, cases.c.reference, cases.c.status, cases.c.title, cases.c.category, cases.c.received_at]
    query = select(*chosen).where(cases.c.complainant_id.in_(list(ids))).order_by(cases.c.received_at.desc(), cases.c.reference.desc())
    earlier: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(query):
        earlier.setdefault(row.complainant_id, []).append(dict(row._mapping))
    return earlier
