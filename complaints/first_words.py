"""The two clocks that words to the customer meet: the receipt, which may write itself, and the first words of a person (R7).

Both run from the receipt of the complaint. What meets them is read off the contact log, so nothing else can. No task hangs off
them, so the worker looks after them: it calls somebody in where nobody has written in time, and starts the clocks of cases that
were received before there were such clocks.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from kesu import rules
from kesu.complaints import calendars, clocks, contacts, summons, working_hours
from kesu.complaints.cases import cases
from kesu.complaints.clocks import Face
from kesu.complaints.statuses import FINAL
from kesu.complaints.summons import Summons
from kesu.engine import clock, resources
from kesu.engine.database import Database
from kesu.engine.identity import SYSTEM

RECEIPT, REPLY = "acknowledgement", "first_reply"
KINDS = (RECEIPT, REPLY)
TABLE = "time_limits"
# Where a table of before says nothing of the clock, and where people are in danger.
PLAIN = {RECEIPT: timedelta(hours=24), REPLY: timedelta(hours=24)}
IN_DANGER = timedelta(hours=2)
FRONT, ESCALATE, MOST = "customer_service", "escalate", 200
REASON = "尚无人亲自答复客户 / nobody has answered the customer in person yet"


def begin(connection: Connection, reference: str) -> None:
    """Start both clocks of a case at its receipt; one that runs is left alone."""
    case = connection.execute(select(cases).where(cases.c.reference == reference)).one()
    for kind in KINDS:
        limit, source = _limit(connection, kind, case)
        calendar = _calendar(connection, kind, case)
        due = calendars.add_working_time(calendar, case.received_at, calendars.working_amount(calendar, limit))
        clocks.start(connection, Face(reference, kind), calendar=calendar.key, limit=limit, source=source,
                     started_at=case.received_at, due_at=due)


def hasten(connection: Connection, reference: str, *, at: datetime | None = None) -> None:
    """A danger has turned up (`at`), or the case was graded: whoever has not written yet has no longer than that allows."""
    case = connection.execute(select(cases).where(cases.c.reference == reference)).one()
    kept = clocks.find(connection, reference, REPLY, cycle=1)
    if kept is None or kept.paused_at is not None or met_at(connection, kept) is not None:
        return
    limit, _ = _limit(connection, REPLY, case)
    calendar = _calendar(connection, REPLY, case)
    due = calendars.add_working_time(calendar, at or case.received_at, calendars.working_amount(calendar, limit))
    if due < kept.due_at:
        clocks.bring_forward(connection, kept, calendar=calendar.key, due_at=due)


def met_at(connection: Connection, kept: Row[Any]) -> datetime | None:
    """Return when the words were written that a clock asks for, or None."""
    query = _words(kept.kind).where(contacts.contacts.c.reference == kept.reference)
    return connection.execute(query.order_by(contacts.contacts.c.at).limit(1)).scalar()


def standing(connection: Connection, kept: Row[Any], as_of: datetime) -> str:
    """Return how a clock stands as of an instant: met, missed, paused, overdue, running, or dropped where the case ended first."""
    met = met_at(connection, kept)
    if met is not None:
        return "met" if met <= kept.due_at else "missed"
    case = connection.execute(select(cases.c.status).where(cases.c.reference == kept.reference)).one()
    if case.status in FINAL:
        return "dropped"
    return "overdue" if clocks.is_overdue(kept, as_of) else "paused" if kept.paused_at else "running"


def unmet() -> ColumnElement[bool]:
    """Return the condition on clocks that still wait for words to the customer, in cases that are open."""
    is_open = select(cases.c.reference).where(cases.c.reference == clocks.clocks.c.reference, cases.c.status.not_in(FINAL))
    waits = [(clocks.clocks.c.kind == kind) & ~_of_clock(kind).exists() for kind in KINDS]
    return (waits[0] | waits[1]) & is_open.exists()


def look_after(db: Database) -> int:
    """Start the clocks that are missing and call in whoever stands above where nobody has written in time; return how many calls."""
    with db.write() as connection:
        for reference in _without(connection):
            begin(connection, reference)
            _hush(connection, reference)
        return sum(_call_in(connection, kept) for kept in _late(connection))


def _words(kind: str) -> Select[datetime]:
    table = contacts.contacts.c
    query = select(table.at).where(table.kind == contacts.TO_CUSTOMER)
    if kind == RECEIPT:
        return query
    return query.where(table.template.is_(None) | table.template.in_([each for each in contacts.BY_PEOPLE if each]))


def _of_clock(kind: str) -> Select[datetime]:
    return _words(kind).where(contacts.contacts.c.reference == clocks.clocks.c.reference)


def _limit(connection: Connection, kind: str, case: Row[Any]) -> tuple[timedelta, str]:
    found = resources.offering(connection, resources.DMN, TABLE)
    facts = {"kind": kind, "grade": case.grade, "category": case.category, "subcategory": case.subcategory, "safety": case.safety}
    value = _decided(resources.find(connection, found).content, facts) if found is not None else None
    hours = next(iter(value.values()), None) if isinstance(value, Mapping) else value
    limit = timedelta(seconds=int(hours * 3600)) if hours else PLAIN[kind]
    return (min(limit, IN_DANGER) if case.safety and kind == REPLY else limit), TABLE


def _decided(content: bytes, facts: Mapping[str, Any]) -> Any:
    return _table(content).evaluate(TABLE, facts).value


@lru_cache(maxsize=4)
def _table(content: bytes) -> Any:
    return rules.load_decisions(content)


def _calendar(connection: Connection, kind: str, case: Row[Any]) -> calendars.Calendar:
    if case.safety and kind == REPLY:
        return working_hours.load(connection, working_hours.ALWAYS.key)
    return working_hours.of_department(connection, case.owner_department or FRONT)


def _without(connection: Connection) -> list[str]:
    started = select(clocks.clocks.c.id).where(clocks.clocks.c.reference == cases.c.reference, clocks.clocks.c.kind == REPLY)
    query = select(cases.c.reference).where(cases.c.status.not_in(FINAL), ~started.exists()).order_by(cases.c.reference)
    return list(connection.execute(query.limit(MOST)).scalars())


def _hush(connection: Connection, reference: str) -> None:
    """Call nobody in for what was late before anybody could know: the page and the reports say it."""
    kept = clocks.find(connection, reference, REPLY)
    if kept is not None and clocks.is_overdue(kept, clock.now()):
        clocks.fire_mark(connection, kept.id, ESCALATE, at=clock.now())


def _late(connection: Connection) -> list[Row[Any]]:
    table, marks = clocks.clocks, clocks.clock_marks
    fired = select(marks.c.mark).where(marks.c.clock_id == table.c.id, marks.c.mark == ESCALATE)
    query = select(table).where(table.c.kind == REPLY, table.c.paused_at.is_(None), table.c.due_at < clock.now(), unmet(), ~fired.exists())
    return list(connection.execute(query.order_by(table.c.due_at).limit(MOST)))


def _call_in(connection: Connection, kept: Row[Any]) -> bool:
    now = clock.now()
    if not clocks.fire_mark(connection, kept.id, ESCALATE, at=now):
        return False
    owner = connection.execute(select(cases.c.owner_department).where(cases.c.reference == kept.reference)).scalar()
    to = summons.above(connection, owner or FRONT, 1)
    return summons.call_in(connection, Summons(kept.reference, REASON, 1, f"{kept.reference}/{REPLY}", SYSTEM, now), to)
