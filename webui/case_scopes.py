"""Who may read which case, and who of them the customer's name and number. For everybody else a case does not exist.

Agents, overseers and executives read all cases; a department those it owns or that were sent to it, its head too; a person those
they work or worked on, and those they were told of. Whoever is called in may look (R2), and so may whoever stands above them.
"""

import re
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select, true

from kesu.complaints.cases import cases, find
from kesu.complaints.escalations import escalations
from kesu.complaints.notices import notices
from kesu.complaints.numbers import REFERENCE
from kesu.complaints.routings import routings
from kesu.engine import parties
from kesu.engine.errors import NotFound, sentence
from kesu.engine.identity import Person, groups, people

READ_ALL = ("agent", "manager", "auditor", "owner", "executive")
KNOW_CUSTOMERS = ("agent", "manager")


def readable(person: Person) -> ColumnElement[bool]:
    """Return the condition under which a person may read a row of `cases`."""
    if person.is_in(*READ_ALL):
        return true()
    return or_(cases.c.owner_department.in_(person.groups), _works_on(person), _was_told(person))


def case_for(connection: Connection, reference: str, person: Person) -> Row[Any]:
    """Return a case for a reader; raises the same `NotFound` for one that is not there and one that is not theirs to see."""
    query = select(cases).where(cases.c.reference == reference, readable(person))
    row = connection.execute(query).one_or_none() if REFERENCE.fullmatch(reference) else None
    if row is None:
        raise NotFound(sentence("Expected the reference of a case, like KS-2026-000123, but there is no case {reference}."), reference=reference)
    return row


def knows_customer(connection: Connection, person: Person, reference: str) -> bool:
    """Say whether a person needs the customer's name and number: agents, managers, and those who work on the case."""
    if person.is_in(*KNOW_CUSTOMERS):
        return True
    if find(connection, reference).owner_department in person.groups:
        return True
    theirs = select(cases.c.reference).where(cases.c.reference == reference, _works_on(person))
    return connection.execute(theirs).first() is not None


def departments_of(connection: Connection, person: Person) -> list[str]:
    """Return the departments a person belongs to."""
    query = select(groups.c.key).where(groups.c.kind == "department", groups.c.key.in_(person.groups)).order_by(groups.c.position)
    return list(connection.execute(query).scalars())


def masked(text: str) -> str:
    """Return a name, number or address of which only so much is left that two can be told apart."""
    if "@" in text:
        return f"{text[:1]}***@{text.partition('@')[2]}"
    if len(re.sub(r"\D", "", text)) >= 7:
        return f"{text[:3]}****{text[-2:]}"
    return f"{text[:1]}**" if text else ""


def _was_told(person: Person) -> ColumnElement[bool]:
    """Cases that a person, or somebody below them, was called in to, or that a notice told them of."""
    below = select(people.c.login).where(people.c.login == person.login).cte("below", recursive=True)
    below = below.union(select(people.c.login).where(people.c.superior == below.c.login))
    called = select(escalations.c.reference).where(escalations.c.to.in_(select(below.c.login)))
    told = select(notices.c.reference).where(notices.c.login == person.login, notices.c.reference.is_not(None))
    return or_(cases.c.reference.in_(called), cases.c.reference.in_(told))


def _works_on(person: Person) -> ColumnElement[bool]:
    routed = select(routings.c.reference).where(routings.c.department.in_(person.groups))
    return or_(cases.c.reference.in_(routed), cases.c.reference.in_(parties.business_keys(person)))
