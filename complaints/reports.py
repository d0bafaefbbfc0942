"""Figures over cases received in a stretch of time: how many, how long, how satisfied, what was late. Computed when asked."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, extract, func, select

from kesu.complaints.cases import cases
from kesu.complaints.remedies import remedies
from kesu.complaints.statuses import OPEN
from kesu.complaints.surveys import surveys

BY = ("category", "subcategory", "status", "channel", "grade", "product", "owner_department")


def counts(connection: Connection, by: str, since: datetime, until: datetime) -> list[tuple[str | None, int]]:
    """Count the cases received in a stretch of time by one of `BY`, the most first. Raises `KeyError` for another column."""
    column = {name: cases.c[name] for name in BY}[by]
    query = select(column, func.count()).where(*_received(since, until)).group_by(column).order_by(func.count().desc(), column)
    return [(value, count) for value, count in connection.execute(query)]


def by_day(connection: Connection, since: datetime, until: datetime, zone: Any) -> dict[str, int]:
    """Count the cases received on each day of a stretch of time, by the days of a zone."""
    days: dict[str, int] = {}
    for at in connection.execute(select(cases.c.received_at).where(*_received(since, until)).order_by(cases.c.received_at)).scalars():
        day = at.astimezone(zone).date().isoformat()
        days[day] = days.get(day, 0) + 1
    return days


def totals(connection: Connection, since: datetime, until: datetime) -> dict[str, Any]:
    """Return received, open, resolved, reopened and safety cases, the mean hours to the solution, and what the remedies cost by currency."""
    seconds = _seconds(connection, cases.c.resolved_at) - _seconds(connection, cases.c.received_at)
    query = select(
        func.count().label("received"),
        func.count().filter(cases.c.status.in_(OPEN)).label("open"),
        func.count(cases.c.resolved_at).label("resolved"),
        func.count().filter(cases.c.cycle > 1).label("reopened"),
        func.count().filter(cases.c.safety).label("safety"),
        func.avg(seconds).label("seconds"),
    ).where(*_received(since, until))
    row = connection.execute(query).one()
    mean = None if row.seconds is None else round(float(row.seconds) / 3600, 1)
    found = {name: value for name, value in row._mapping.items() if name != "seconds"}
    return {**found, "mean_hours": mean, "costs": _costs(connection, since, until), **satisfaction(connection, since, until)}


def satisfaction(connection: Connection, since: datetime, until: datetime) -> dict[str, Any]:
    """Return how many surveys of these cases were sent and answered, the mean score, and the share of satisfied answers."""
    query = (
        select(
            func.count().label("sent"),
            func.count(surveys.c.answered_at).label("answered"),
            func.avg(surveys.c.score).label("score"),
            func.count().filter(surveys.c.satisfied).label("satisfied"),
        )
        .select_from(surveys.join(cases, cases.c.reference == surveys.c.reference))
        .where(*_received(since, until))
    )
    row = connection.execute(query).one()
    return {
        "surveys_sent": row.sent,
        "surveys_answered": row.answered,
        "mean_score": None if row.score is None else round(float(row.score), 2),
        "satisfied_share": round(row.satisfied / row.answered, 3) if row.answered else None,
    }


def _received(since: datetime, until: datetime) -> tuple[Any, Any]:
    return cases.c.received_at >= since, cases.c.received_at < until


def _seconds(connection: Connection, column: Any) -> Any:
    if connection.dialect.name == "sqlite":
        return (func.julianday(column) - 2440587.5) * 86400
    return extract("epoch", column)


def _costs(connection: Connection, since: datetime, until: datetime) -> dict[str, Decimal]:
    query = select(remedies.c.currency, func.sum(remedies.c.amount)).join(cases, cases.c.reference == remedies.c.reference)
    query = query.where(*_received(since, until), remedies.c.confirmed_at.is_not(None)).group_by(remedies.c.currency)
    return {currency: amount for currency, amount in connection.execute(query.order_by(remedies.c.currency)) if amount}
