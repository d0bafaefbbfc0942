"""The list of cases: what is wanted stands in the address, the earliest time limit comes first, a page ends where the next begins.

The next page is found by the last row's place, not by counting, so that nothing is skipped or shown twice while cases move.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, literal, or_, select

from kesu.complaints import categories, products, statuses
from kesu.complaints.cases import cases
from kesu.complaints.complainants import complainants, phone_key
from kesu.complaints.intake_checks import CHANNELS
from kesu.complaints.routings import routings
from kesu.engine import clock
from kesu.engine.identity import Person
from kesu.engine.user_tasks import OPEN, user_tasks
from kesu.webui import case_scopes
from kesu.webui.department_names import department_names, offered_to
from kesu.webui.languages import named, zone
from kesu.webui.moments import DueWords, due_words
from kesu.webui.status_words import status_words
from kesu.webui.task_cards import people_names

LIMIT = 40
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # the place of cases with no time limit: after all others
GRADES = ("major", "urgent", "general")
MOST_WORDS = 8  # of one search


@dataclass(frozen=True)
class Wish:
    """What is to be listed, as the address says it; an empty one means all open cases."""

    q: str = ""
    status: str = "open"
    category: str = ""
    department: str = ""
    grade: str = ""
    channel: str = ""
    product: str = ""
    overdue: str = ""
    since: str = ""
    until: str = ""
    after: str = ""

    @staticmethod
    def read(args: Mapping[str, str]) -> "Wish":
        """Read a wish from the parameters of an address; unknown ones are left out."""
        known = {each.name: text for each in fields(Wish) if (text := UNPRINTABLE.sub("", args.get(each.name, "")).strip()[:120])}
        return Wish(**{"status": "all" if known.get("q") else "open", **known})

    def address(self, **changes: str) -> str:
        """Return the address of this list with changes, from its first page."""
        wanted = {each.name: getattr(self, each.name) for each in fields(self)} | {"after": ""} | changes
        told = {name: value for name, value in wanted.items() if value and not (name == "status" and value == "open" and not wanted["q"])}
        return url_for("cases.index", **told)

    @property
    def narrows(self) -> bool:
        """Say whether anything beyond the state of a case was asked for."""
        return any((self.q, self.category, self.department, self.grade, self.channel, self.product, self.overdue, self.since, self.until))


@dataclass(frozen=True)
class CaseRow:
    """One row: the case, who complained, its next time limit in words, and with whom it is."""

    case: Row[Any]
    customer: str
    due: DueWords
    tasks: list[str]
    people: list[str]
    offered: list[str]


@dataclass(frozen=True)
class Page:
    """One page of the list, with the number of cases in each of the usual views."""

    rows: list[CaseRow]
    following: str
    counts: dict[str, int]


def page(connection: Connection, person: Person, wish: Wish) -> Page:
    """Return a page of cases."""
    found = list(connection.execute(_paged(_query(person, wish), wish.after).limit(LIMIT + 1)))
    shown = found[:LIMIT]
    following = wish.address(after=_cursor(shown[-1])) if len(found) > LIMIT else ""
    return Page(_rows(connection, person, shown), following, _counts(connection, person))


def choices(connection: Connection) -> dict[str, list[tuple[str, str]]]:
    """Return what the filters offer, as pairs of value and word."""
    grades = {"major": _("Major"), "urgent": _("Urgent"), "general": _("General")}
    return {
        "category": [(node["code"], named(node)) for node in categories.tree(connection)],
        "department": list(department_names(connection).items()),
        "grade": [(grade, grades[grade]) for grade in GRADES],
        "channel": [(channel, _(word)) for channel, word in CHANNELS.items()],
        "product": [(product["code"], named(product)) for product in products.offered(connection)],
        "status": [("open", _("All open")), *((status, status_words(status)) for status in statuses.WORDS), ("all", _("All, closed ones too"))],
    }


def _due() -> Any:
    query = select(user_tasks.c.business_key.label("reference"), func.min(user_tasks.c.due_at).label("due_at"))
    return query.where(user_tasks.c.state.in_(OPEN)).group_by(user_tasks.c.business_key).subquery("dues")


def _query(person: Person, wish: Wish) -> Select[Any]:
    dues = _due()
    place = func.coalesce(dues.c.due_at, literal(NEVER, user_tasks.c.due_at.type)).label("place")
    query = select(cases, complainants.c.name.label("complainant"), place)
    query = query.join(complainants, complainants.c.id == cases.c.complainant_id).outerjoin(dues, dues.c.reference == cases.c.reference)
    conditions = [case_scopes.readable(person), *_conditions(wish), *([_matches(person, wish.q)] if wish.q else [])]
    if wish.overdue:
        conditions.append(dues.c.due_at < clock.now())
    return query.where(and_(*conditions))


def _conditions(wish: Wish) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wish.status == "open":
        found.append(or_(cases.c.status.in_(statuses.OPEN), cases.c.unread_since.is_not(None)))  # words wait to be read
    elif wish.status in statuses.WORDS:
        found.append(cases.c.status == wish.status)
    found += [cases.c[name] == getattr(wish, name) for name in ("category", "grade", "channel", "product") if getattr(wish, name)]
    if wish.department:
        sent = select(routings.c.reference).where(routings.c.department == wish.department)
        found.append(or_(cases.c.owner_department == wish.department, cases.c.reference.in_(sent)))
    since, until = _midnight(wish.since), _midnight(wish.until)
    found += [cases.c.received_at >= since] if since else []
    return found + ([cases.c.received_at < until + timedelta(days=1)] if until else [])


def _matches(person: Person, text: str) -> ColumnElement[bool]:
    """Return that every word of a search stands somewhere in the case, or all of it together."""
    each = and_(*(_has(person, word) for word in text.split()[:MOST_WORDS]))
    return or_(each, _has(person, text)) if len(text.split()) > 1 else each


def _has(person: Person, text: str) -> ColumnElement[bool]:
    columns = [
        cases.c.reference,
        cases.c.title,
        cases.c.description,
        cases.c.product,
        cases.c.model,
        cases.c.batch,
        cases.c.serial,
        cases.c.order_number,
    ]
    ways: list[ColumnElement[bool]] = [column.icontains(text, autoescape=True) for column in columns]
    if not _masks(person):
        digits = phone_key(text)
        ways.append(complainants.c.name.icontains(text, autoescape=True))
        ways += [complainants.c.phone_key.contains(digits, autoescape=True)] if len(digits) >= 5 else []
        ways += [complainants.c.email_key == text.casefold()] if "@" in text else []
    return or_(*ways)


def _paged(query: Select[Any], after: str) -> Select[Any]:
    inner = query.subquery("listed")
    paged = select(inner).order_by(inner.c.place, inner.c.received_at.desc(), inner.c.reference.desc())
    place = _place(after)
    if place is None:
        return paged
    due, received, reference = place
    later = or_(inner.c.received_at < received, and_(inner.c.received_at == received, inner.c.reference < reference))
    return paged.where(or_(inner.c.place > due, and_(inner.c.place == due, later)))


def _cursor(row: Row[Any]) -> str:
    return f"{row.place.isoformat()}~{row.received_at.isoformat()}~{row.reference}"


def _place(after: str) -> tuple[datetime, datetime, str] | None:
    due, _tilde, rest = after.partition("~")
    received, _tilde, reference = rest.partition("~")
    try:
        return datetime.fromisoformat(due), datetime.fromisoformat(received), reference
    except ValueError:
        return None  # a cut or invented address: the first page


def _rows(connection: Connection, person: Person, found: list[Row[Any]]) -> list[CaseRow]:
    open_tasks: dict[str, list[Row[Any]]] = {}
    query = select(user_tasks).where(user_tasks.c.business_key.in_([row.reference for row in found]), user_tasks.c.state.in_(OPEN))
    for task in connection.execute(query.order_by(user_tasks.c.due_at, user_tasks.c.id)):
        open_tasks.setdefault(task.business_key, []).append(task)
    names = people_names(connection, {task.assignee for tasks in open_tasks.values() for task in tasks})
    offers = offered_to(connection, [task.id for tasks in open_tasks.values() for task in tasks])
    return [_row(row, open_tasks.get(row.reference, []), names, offers, _masks(person)) for row in found]


def _row(row: Row[Any], tasks: list[Row[Any]], names: dict[str, str], offers: dict[int, list[str]], masks: bool) -> CaseRow:
    due = due_words(row.place) if row.place.year < NEVER.year - 1 else DueWords("", "none", None)
    doing = list(dict.fromkeys(named(task) for task in tasks))
    people = list(dict.fromkeys(names[task.assignee] for task in tasks if task.assignee))
    offered = list(dict.fromkeys(name for task in tasks for name in offers.get(task.id, ())))
    return CaseRow(row, case_scopes.masked(row.complainant) if masks else row.complainant, due, doing, people, offered)


def _masks(person: Person) -> bool:
    return person.is_in(*case_scopes.READ_ALL) and not person.is_in(*case_scopes.KNOW_CUSTOMERS)


def _counts(connection: Connection, person: Person) -> dict[str, int]:
    dues = _due()
    query = select(cases.c.status, func.count(), func.count().filter(dues.c.due_at < clock.now()))
    query = query.outerjoin(dues, dues.c.reference == cases.c.reference).where(case_scopes.readable(person)).group_by(cases.c.status)
    counted = {status: (total, late) for status, total, late in connection.execute(query)}
    found = {status: counted.get(status, (0, 0))[0] for status in statuses.WORDS}
    return found | {
        "open": sum(found[status] for status in statuses.OPEN),
        "all": sum(found.values()),
        "overdue": sum(late for _total, late in counted.values()),
    }


def _midnight(text: str) -> datetime | None:
    try:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=zone())
    except ValueError:
        return None
