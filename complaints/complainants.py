"""Complainants: who complained, how to reach them, and what they complained about before.

Phone numbers and addresses are also kept in a normal form, so that a caller is found however the number was typed.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, Row, String, Table, Text, and_, or_, select

from kesu.complaints.cases import cases
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


def phone_key(text: str) -> str:
    """Return the digits by which a phone number is looked up: without 86 or 0086 in front of a Chinese number."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text))
    digits = digits.removeprefix("00")
    return digits[2:] if digits.startswith("86") and len(digits) > 11 else digits


def email_key(text: str) -> str:
    """Return the address by which a mailbox is looked up."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def keep(connection: Connection, *, name: str, phone: str, email: str, locale: str, at: datetime, address: str = "", vip: bool = False) -> int:
    """Return the id of the complainant with this name and phone or e-mail, written anew where there is none."""
    known = _same_person(connection, name, phone_key(phone), email_key(email))
    if known is not None:
        _fill_in(connection, known, phone=phone, email=email, address=address, vip=vip)
        return int(known.id)
    row = {
        "name": name,
        "phone": phone,
        "phone_key": phone_key(phone),
        "email": email,
        "email_key": email_key(email),
        "address": address,
        "locale": locale,
        "vip": vip,
        "created_at": at,
    }
    return int(connection.execute(complainants.insert().values(row).returning(complainants.c.id)).scalar_one())


def look_up(connection: Connection, *, phone: str = "", email: str = "", limit: int = 20) -> list[dict[str, Any]]:
    """Return everybody with this phone number or e-mail, each with their earlier cases, newest first."""
    wanted = _reached_by(phone_key(phone), email_key(email))
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


def _same_person(connection: Connection, name: str, phone: str, email: str) -> Row[Any] | None:
    # The name must agree too: a family shares a phone, and one must not read the other's cases as their own.
    wanted = _reached_by(phone, email)
    if wanted is None:
        return None
    query = select(complainants).where(and_(wanted, complainants.c.name == name)).order_by(complainants.c.id).limit(1)
    return connection.execute(query).one_or_none()


def _reached_by(phone: str, email: str) -> Any:
    ways = [complainants.c.phone_key == phone] if phone else []
    ways += [complainants.c.email_key == email] if email else []
    return or_(*ways) if ways else None


def _fill_in(connection: Connection, known: Row[Any], *, phone: str, email: str, address: str, vip: bool) -> None:
    columns: dict[str, Any] = {"vip": True} if vip and not known.vip else {}
    if phone and not known.phone:
        columns |= {"phone": phone, "phone_key": phone_key(phone)}
    if email and not known.email:
        columns |= {"email": email, "email_key": email_key(email)}
    if address and not known.address:
        columns["address"] = address
    if columns:
        connection.execute(complainants.update().where(complainants.c.id == known.id).values(columns))


def _cases_of(connection: Connection, ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    chosen = [cases.c.complainant_id, cases.c.reference, cases.c.status, cases.c.title, cases.c.category, cases.c.received_at]
    query = select(*chosen).where(cases.c.complainant_id.in_(list(ids))).order_by(cases.c.received_at.desc(), cases.c.reference.desc())
    earlier: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(query):
        earlier.setdefault(row.complainant_id, []).append(dict(row._mapping))
    return earlier
