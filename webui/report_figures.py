"""Figures behind the dashboard that stand across cases, tasks and clocks: what was closed, how old what is open is, which limits were kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from kesu.complaints.cases import cases
from kesu.complaints.clocks import clock_tasks, clocks
from kesu.complaints.remedies import remedies
from kesu.complaints.statuses import OPEN
from kesu.complaints.surveys import surveys
from kesu.engine.user_tasks import COMPLETED, user_tasks

AGES = (1, 3, 7, 14)  # days; the last band is open


@dataclass(frozen=True)
class Period:
    """The days looked at, both included, in the reader's zone."""

    first: date
    last: date
    zone: tzinfo

    @property
    def since(self) -> datetime:
        """The instant at which the first day begins."""
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=self.zone)

    @property
    def until(self) -> datetime:
        """The instant at which the last day has ended."""
        after = self.last + timedelta(days=1)
        return datetime(after.year, after.month, after.day, tzinfo=self.zone)

    @property
    def days(self) -> list[date]:
        """Every day, in order."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


def closed_by_day(connection: Connection, period: Period) -> dict[str, int]:
    """Count the cases solved or ended on each day."""
    ended = func.coalesce(cases.c.resolved_at, cases.c.closed_at).label("at")
    query = select(ended).where(ended >= period.since, ended < period.until)
    days: dict[str, int] = {}
    for at in connection.execute(query).scalars():
        day = at.astimezone(period.zone).date().isoformat()
        days[day] = days.get(day, 0) + 1
    return days


def ages(connection: Connection, now: datetime) -> list[int]:
    """Count the open cases by age: under one day, under three, seven, fourteen days, older."""
    bands = [0] * (len(AGES) + 1)
    for at in connection.execute(select(cases.c.received_at).where(cases.c.status.in_(OPEN))).scalars():
        days = (now - at) / timedelta(days=1)
        bands[next((place for place, limit in enumerate(AGES) if days < limit), len(AGES))] += 1
    return bands


def overdue_cases(connection: Connection, now: datetime) -> int:
    """Count the open cases on which some task is past its time limit."""
    late = select(user_tasks.c.business_key).where(user_tasks.c.ended_at.is_(None), user_tasks.c.due_at < now)
    query = select(func.count()).select_from(cases).where(cases.c.status.in_(OPEN), cases.c.reference.in_(late))
    return int(connection.execute(query).scalar_one())


def limits_kept(connection: Connection, period: Period, now: datetime) -> dict[str, tuple[int, int]]:
    """Count, by kind of work, the time limits kept and missed of the cases received in the period; what is open and not late counts not."""
    ended = _ended(period)
    found: dict[str, tuple[int, int]] = {}
    for kind, due_at, done_at, paused_at in connection.execute(ended):
        if done_at is None and (paused_at or now) <= due_at:
            continue
        kept, missed = found.get(kind, (0, 0))
        found[kind] = (kept, missed + 1) if done_at is None or done_at > due_at else (kept + 1, missed)
    return found


def cost_by_category(connection: Connection, period: Period) -> dict[str, dict[str | None, Decimal]]:
    """Sum up what the remedies confirmed for cases received in the period cost: by currency, never two in one sum, and category."""
    query = select(remedies.c.currency, cases.c.category, func.sum(remedies.c.amount)).join(cases, remedies.c.reference == cases.c.reference)
    query = query.where(*_received(period), remedies.c.confirmed_at.is_not(None)).group_by(remedies.c.currency, cases.c.category)
    found: dict[str, dict[str | None, Decimal]] = {}
    for currency, category, amount in connection.execute(query.order_by(remedies.c.currency)):
        if amount:
            found.setdefault(currency, {})[category] = amount
    return found


def scores(connection: Connection, period: Period) -> list[int]:
    """Count the answers to surveys answered in the period by score, 1 to 5."""
    query = select(surveys.c.score, func.count()).where(surveys.c.answered_at >= period.since, surveys.c.answered_at < period.until)
    counted: Mapping[Any, int] = {score: count for score, count in connection.execute(query.group_by(surveys.c.score))}
    return [counted.get(score, 0) for score in range(1, 6)]


def _ended(period: Period) -> Select[Any]:
    linked = clock_tasks.join(user_tasks, user_tasks.c.id == clock_tasks.c.task_id)
    dones = select(clock_tasks.c.clock_id, func.max(user_tasks.c.ended_at).label("done_at")).select_from(linked)
    dones = dones.where(user_tasks.c.state == COMPLETED).group_by(clock_tasks.c.clock_id).subquery("dones")
    still = select(clock_tasks.c.clock_id).select_from(linked).where(user_tasks.c.ended_at.is_(None))
    is_open = clocks.c.id.in_(still)
    done_at = case((is_open, None), else_=dones.c.done_at)
    query = select(clocks.c.kind, clocks.c.due_at, done_at, clocks.c.paused_at).join(cases, cases.c.reference == clocks.c.reference)
    return query.outerjoin(dones, dones.c.clock_id == clocks.c.id).where(*_received(period), dones.c.done_at.is_not(None) | is_open)


def _received(period: Period) -> tuple[Any, Any]:
    return cases.c.received_at >= period.since, cases.c.received_at < period.until
