"""Clocks: how long one kind of work on a case may take. One row a case, kind and scope; started once, whatever is rejected later.

A clock runs in the working time of a calendar and stands still while we wait for the customer. Whether it is overdue is computed
as of an instant and never stored. A mark (warned, escalated) fires once.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Row, String, Table, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite

from kesu.complaints import calendars, working_hours
from kesu.complaints.calendars import Line
from kesu.engine.database import Instant, metadata

CUSTOMER, SUSPENSION = "customer", "suspension"

clocks = Table(
    "clocks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("scope", String, nullable=False, server_default=""),  # the department, where several work on the same case
    Column("department", String),  # who has it now, where the work was passed on to another department
    Column("cycle", Integer, nullable=False, server_default="1"),  # 2 and more: the case was reopened, and everything is due anew
    Column("calendar", String, nullable=False),
    Column("limit_seconds", Integer, nullable=False),  # of working time
    Column("limit_source", String, nullable=False),  # "diagram" or the decision that gave it
    Column("started_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("paused_at", Instant),
    Column("paused_for", String),  # customer | suspension: only what stopped a clock lets it run on
    Column("remaining_seconds", Integer),  # what was left when it was paused; negative: it was overdue
    Column("paused_seconds", Integer, nullable=False, default=0),  # of working time, all pauses together
    UniqueConstraint("reference", "kind", "scope", "cycle"),
    Index("ix_clocks_due_at", "due_at"),
)

clock_marks = Table(
    "clock_marks",
    metadata,
    Column("clock_id", Integer, ForeignKey("clocks.id"), primary_key=True, autoincrement=False),
    Column("mark", String, primary_key=True),
    Column("fired_at", Instant, nullable=False),
)


# Which rounds of user tasks a clock was running for: a clock may span several elements, and two departments may work on one.
clock_tasks = Table(
    "clock_tasks",
    metadata,
    Column("clock_id", Integer, ForeignKey("clocks.id"), primary_key=True, autoincrement=False),
    Column("task_id", Integer, ForeignKey("user_tasks.id"), primary_key=True, autoincrement=False, index=True),
)


@dataclass(frozen=True)
class Face:
    """Which clock is meant: the case, the kind of work, whose it is, and the how-manieth time the case is open."""

    reference: str
    kind: str
    scope: str = ""
    cycle: int = 1

    def __str__(self) -> str:
        return f"{self.kind}/{self.scope}/{self.cycle}"


def find(connection: Connection, reference: str, kind: str, scope: str = "", cycle: int | None = None) -> Row[Any] | None:
    """Return a clock, of the latest cycle unless one is named, or None where it was never started."""
    query = select(clocks).where(clocks.c.reference == reference, clocks.c.kind == kind, clocks.c.scope == scope)
    query = query if cycle is None else query.where(clocks.c.cycle == cycle)
    return connection.execute(query.order_by(clocks.c.cycle.desc()).limit(1)).one_or_none()


def tasks_of(connection: Connection, clock_id: int) -> list[int]:
    """Return the ids of the user tasks a clock has run for, oldest first."""
    query = select(clock_tasks.c.task_id).where(clock_tasks.c.clock_id == clock_id).order_by(clock_tasks.c.task_id)
    return list(connection.execute(query).scalars())


def of_task(connection: Connection, task_id: int) -> Row[Any] | None:
    """Return the clock that runs for a user task, or None."""
    query = select(clocks).join(clock_tasks, clock_tasks.c.clock_id == clocks.c.id).where(clock_tasks.c.task_id == task_id)
    return connection.execute(query).one_or_none()


def link(connection: Connection, clock_id: int, task_id: int) -> None:
    """Note that a clock runs for a user task."""
    connection.execute(clock_tasks.insert().values(clock_id=clock_id, task_id=task_id))


def of_case(connection: Connection, reference: str) -> list[Row[Any]]:
    """Return the clocks of a case in the order in which they were started."""
    return list(connection.execute(select(clocks).where(clocks.c.reference == reference).order_by(clocks.c.started_at, clocks.c.id)))


def start(connection: Connection, face: Face, *, calendar: str, limit: timedelta, source: str, started_at: datetime, due_at: datetime) -> None:
    """Start a clock, unless it was started before: then it runs on untouched."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {
        **asdict(face),
        "calendar": calendar,
        "limit_seconds": int(limit.total_seconds()),
        "limit_source": source,
        "started_at": started_at,
        "due_at": due_at,
    }
    connection.execute(insert(clocks).values(paused_seconds=0, **row).on_conflict_do_nothing())


def pause(connection: Connection, reference: str, *, at: datetime, scope: str = "", why: str = CUSTOMER) -> list[Row[Any]]:
    """Stop the running clocks of a case, or only those of one scope; return those that were stopped."""
    running = [clock for clock in of_case(connection, reference) if clock.paused_at is None and scope in ("", clock.scope)]
    for clock in running:
        left = calendars.working_time_between(working_hours.load(connection, clock.calendar), at, clock.due_at)
        columns = {"paused_at": at, "paused_for": why, "remaining_seconds": int(left.total_seconds())}
        connection.execute(clocks.update().where(clocks.c.id == clock.id).values(columns))
    return running


def resume(connection: Connection, reference: str, *, at: datetime, scope: str = "", why: str = CUSTOMER) -> list[tuple[Row[Any], datetime]]:
    """Let clocks that were stopped for this reason run on with what they had left; return each with its new due instant."""
    paused = [clock for clock in of_case(connection, reference) if clock.paused_for == why and scope in ("", clock.scope)]
    return [(clock, shift(connection, clock, since=clock.paused_at, at=at)) for clock in paused]


def bring_forward(connection: Connection, clock: Row[Any], *, calendar: str, due_at: datetime) -> None:
    """Let a clock run by another calendar and be due earlier."""
    connection.execute(clocks.update().where(clocks.c.id == clock.id).values(calendar=calendar, due_at=due_at))


def belong(connection: Connection, clock_id: int, department: str) -> None:
    """Let a clock be that of another department; it is due when it was."""
    connection.execute(clocks.update().where(clocks.c.id == clock_id).values(department=department))


def held_by(connection: Connection, reference: str, scope: str) -> str:
    """Return which department has the work of a scope now: the latest it was passed on to, else the scope itself."""
    query = select(clocks.c.department).where(clocks.c.reference == reference, clocks.c.scope == scope)
    query = query.where(clocks.c.department.is_not(None)).order_by(clocks.c.id.desc())
    return connection.execute(query.limit(1)).scalar() or scope


def due_after(connection: Connection, clock: Row[Any], *, since: datetime, at: datetime) -> datetime:
    """Return when a clock is due if the time from `since` to `at` does not count; one overdue at `since` stays as it was."""
    calendar = working_hours.load(connection, clock.calendar)
    left = calendars.working_time_between(calendar, since, clock.due_at)
    return calendars.add_working_time(calendar, at, left) if left > timedelta(0) else clock.due_at


def shift(connection: Connection, clock: Row[Any], *, since: datetime, at: datetime) -> datetime:
    """Let a clock run on from `at` with what it had left at `since`; return the new due instant."""
    due = due_after(connection, clock, since=since, at=at)
    stood = calendars.working_time_between(working_hours.load(connection, clock.calendar), since, at)
    columns = {
        "paused_at": None,
        "paused_for": None,
        "remaining_seconds": None,
        "due_at": due,
        "paused_seconds": clock.paused_seconds + int(stood.total_seconds()),
    }
    connection.execute(clocks.update().where(clocks.c.id == clock.id).values(columns))
    return due


def fire_mark(connection: Connection, clock_id: int, mark: str, *, at: datetime) -> bool:
    """Fire a mark of a clock; False where it has fired before."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = insert(clock_marks).values(clock_id=clock_id, mark=mark, fired_at=at).on_conflict_do_nothing()
    return connection.execute(row.returning(clock_marks.c.mark)).one_or_none() is not None


def is_overdue(clock: Row[Any], as_of: datetime) -> bool:
    """Say whether a clock has run out as of an instant; a paused one only if it had before it was paused."""
    return bool((clock.paused_at or as_of) > clock.due_at)


def explained(connection: Connection, clock: Row[Any]) -> list[Line]:
    """Return the computation of a clock's due instant day by day, pauses counted as more time."""
    calendar = working_hours.load(connection, clock.calendar)
    # Measured, not limit plus pauses: a pause that began when the clock was overdue gives no more time.
    return calendars.explain(calendar, clock.started_at, calendars.working_time_between(calendar, clock.started_at, clock.due_at))
