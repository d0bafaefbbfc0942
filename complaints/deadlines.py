"""Deadlines: plugs the case's clocks into the engine. The table `time_limits` says how long, a calendar says until when.

A deadline drawn with a duration of its own keeps that; else its kind is looked up in the decision. A case that comes back to
the same work finds its clock as it was; only a reopened case begins anew. Approvers answer for the time a proposal lay with
them, each for their own: rework in between does not count against them.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, func, select

from kesu.complaints import calendars, clocks, first_words, passing_on, working_hours
from kesu.complaints.clocks import Face
from kesu.complaints.numbers import REFERENCE
from kesu.engine import durations, instances, timers, user_tasks
from kesu.engine.deadlines import Crossing, DeadlineRequest, Due, PlainDeadlines
from kesu.engine.errors import Failed, NotFound, sentence
from kesu.engine.service_tasks import Write
from kesu.engine.user_tasks import UserTask

DECISION = "time_limits"
PERSONAL = "approval"
KINDS = ("acknowledgement", "start", "attitude_reply", "investigation", "feedback", "carrying_out", "follow_up", "first_reply",
         "containment", "reporting", PERSONAL)
DANGER = "safety"
# Where people are in danger, the clocks of these kinds of work run day and night (R5), and at most so long from when it is seen.
ROUND_THE_CLOCK = {"start": timedelta(minutes=30), "investigation": timedelta(hours=12), "containment": timedelta(hours=24),
                   "reporting": timedelta(hours=24), "first_reply": timedelta(hours=4)}


class CaseDeadlines:
    """Due instants in working time, kept as clocks of the case; plain clock time where there is no case."""

    decisions = (DECISION,)
    kinds = KINDS

    def due(self, connection: Connection, request: DeadlineRequest) -> Due:
        """Return when this kind of work on this case is due, starting its clock where it is the first time."""
        if not REFERENCE.fullmatch(request.business_key or ""):
            return PlainDeadlines().due(connection, request)
        face = _face(request)
        clock = clocks.find(connection, face.reference, face.kind, face.scope, face.cycle)
        return _first(connection, request, face) if clock is None else _again(connection, request, face, clock)

    def zone(self, connection: Connection, request: DeadlineRequest) -> tzinfo:
        """Return the zone of the calendar of whoever does the work."""
        return ZoneInfo(_calendar(connection, request).zone)

    def end_of_work(self, connection: Connection, request: DeadlineRequest, day: date) -> datetime:
        """Return when work ends on a day; on a day off, when the day does."""
        return calendars.end_of_work(_calendar(connection, request), day)

    def company_zone(self, connection: Connection) -> tzinfo:
        """Return the zone of the company's calendar."""
        return working_hours.zone(connection)

    def freeze(self, connection: Connection, reference: str, at: datetime) -> None:
        """Stop all clocks of a case that is being suspended."""
        clocks.pause(connection, reference, at=at, why=clocks.SUSPENSION)

    def thaw(self, connection: Connection, reference: str, at: datetime) -> None:
        """Let the clocks of a suspended case run on, with their tasks; one that waits for the customer goes on waiting."""
        resume(connection, reference, at=at, why=clocks.SUSPENSION)

    def crossed(self, connection: Connection, crossing: Crossing) -> None:
        """Let the clock, and the case where it was theirs, follow the work to another department."""
        passing_on.follow(connection, crossing)


def pause(connection: Connection, reference: str, *, at: datetime, scope: str = "", why: str = clocks.CUSTOMER) -> None:
    """Let the clocks of a case stand still, or only those of one scope (the department that waits for the customer)."""
    for clock in clocks.pause(connection, reference, at=at, scope=scope, why=why):
        for timer in _timers(connection, clock, timers.ARMED):
            left = max(0, int((timer.due_at - at).total_seconds()))
            _set_timer(connection, timer, state=timers.FROZEN, remaining_seconds=left)


def resume(connection: Connection, reference: str, *, at: datetime, scope: str = "", why: str = clocks.CUSTOMER) -> None:
    """Let the clocks run on; open tasks show their new due dates, and the timers that hang off a clock move with it."""
    for clock, due in clocks.resume(connection, reference, at=at, scope=scope, why=why):
        for timer in _timers(connection, clock, timers.FROZEN):
            _set_timer(connection, timer, state=timers.ARMED, remaining_seconds=None, due_at=timer.due_at + (due - clock.due_at))
        for task in _tasks(connection, clock.id):
            if task.is_open and task.due_at != due:
                user_tasks.touch(connection, task, due_at=due)


def hasten(connection: Connection, reference: str, *, at: datetime) -> None:
    """A danger has turned up: what is open on the case comes before everything else, and its pressing clocks run day and night."""
    first_words.hasten(connection, reference, at=at)
    first = user_tasks.user_tasks.update().where(_open_of(reference))
    connection.execute(first.values(priority=1))
    for clock in clocks.of_case(connection, reference):
        open_ids = [task.id for task in _tasks(connection, clock.id) if task.is_open]
        if clock.kind not in ROUND_THE_CLOCK or not open_ids or clock.paused_at is not None:
            continue
        due = min(clock.due_at, at + ROUND_THE_CLOCK[clock.kind])
        clocks.bring_forward(connection, clock, calendar=working_hours.ALWAYS.key, due_at=due)
        for timer in _timers(connection, clock, timers.ARMED):
            _set_timer(connection, timer, due_at=max(at, timer.due_at + (due - clock.due_at)))
        connection.execute(first.where(user_tasks.user_tasks.c.id.in_(open_ids)).values(due_at=due))


def standing(connection: Connection, reference: str, as_of: datetime) -> list[dict[str, Any]]:
    """Return the clocks of a case, each with its `standing` then: running, paused, overdue, met, missed or dropped."""
    return [{**clock._mapping, "standing": _standing(connection, clock, as_of)} for clock in clocks.of_case(connection, reference)]


def _face(request: DeadlineRequest) -> Face:
    scope = request.element_id if request.kind == PERSONAL else str(request.variables.get("department") or "")
    return Face(request.business_key or "", request.kind, scope, 1 + int(request.variables.get("reopened") or 0))


def _first(connection: Connection, request: DeadlineRequest, face: Face) -> Due:
    limit, source = _limit(request)
    if limit is None:
        return Due(None)
    if _is_pressing(request):
        limit = min(limit, ROUND_THE_CLOCK[request.kind])
    calendar = _calendar(connection, request)
    due = calendars.add_working_time(calendar, request.now, calendars.working_amount(calendar, limit))

    def write(connection: Connection) -> None:
        clocks.start(connection, face, calendar=calendar.key, limit=limit, source=source, started_at=request.now, due_at=due)

    return Due(due, (write, _linking(face, request.element_id)), clock=_name(face))


def _is_pressing(request: DeadlineRequest) -> bool:
    return request.variables.get(DANGER) is True and request.kind in ROUND_THE_CLOCK


def _calendar(connection: Connection, request: DeadlineRequest) -> calendars.Calendar:
    """Return the calendar this work is counted in: day and night where people are in danger, else that of the department."""
    if _is_pressing(request):
        return working_hours.load(connection, working_hours.ALWAYS.key)
    return working_hours.of_department(connection, str(request.variables.get("department") or "") or None)


def _again(connection: Connection, request: DeadlineRequest, face: Face, clock: Row[Any]) -> Due:
    since = clock.paused_at or (_left_off(connection, clock) if face.kind == PERSONAL else None)
    if since is None:
        return Due(clock.due_at, (_linking(face, request.element_id),), clock=_name(face))
    # A paused clock is being resumed by the very command that opens this task, or was left by approvers who now have it back.
    due = clocks.due_after(connection, clock, since=since, at=request.now)

    def write(connection: Connection) -> None:
        row = clocks.find(connection, face.reference, face.kind, face.scope, face.cycle)
        if row is not None and row.due_at == clock.due_at and clock.paused_at is None:
            clocks.shift(connection, row, since=since, at=request.now)

    return Due(due, (write, _linking(face, request.element_id)), clock=_name(face))


def _name(face: Face) -> str:
    return f"{face.kind}/{face.scope}/{face.cycle}"


def _linking(face: Face, element_id: str) -> Write:
    def write(connection: Connection) -> None:
        # The engine writes the task first and then what the deadline wants written, so the task meant is the case's latest.
        tasks = user_tasks.user_tasks
        latest = select(func.max(tasks.c.id)).where(tasks.c.business_key == face.reference, tasks.c.element_id == element_id)
        task_id = connection.execute(latest).scalar()
        clock = clocks.find(connection, face.reference, face.kind, face.scope, face.cycle)
        if task_id is not None and clock is not None and clocks.of_task(connection, task_id) is None:
            clocks.link(connection, clock.id, task_id)

    return write


def _limit(request: DeadlineRequest) -> tuple[timedelta | None, str]:
    if request.duration:
        span = durations.span(request.duration, request.now)
        return _as_duration(request.duration if span is None else span, request), "diagram"
    context = {name: request.variables.get(name) for name in ("grade", "category", "subcategory", DANGER)}
    try:
        found = request.decide(DECISION, {"kind": request.kind, **context})
    except NotFound:
        return None, DECISION
    return _as_duration(found, request), DECISION


def _as_duration(found: Any, request: DeadlineRequest) -> timedelta | None:
    value = found.get("hours", next(iter(found.values()), None)) if isinstance(found, Mapping) else found
    if value is None or isinstance(value, timedelta):
        return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and value > 0:
        return timedelta(seconds=int(value * 3600))
    raise Failed(
        sentence("Expected the time limit for {kind} as hours above 0 or as a duration, got {value}."),
        permanent=True,
        kind=request.kind,
        value=str(value),
    )


def _timers(connection: Connection, clock: Row[Any], state: str) -> list[Row[Any]]:
    instance = instances.by_business_key(connection, clock.reference)
    own = f"{Face(clock.reference, clock.kind, clock.scope, clock.cycle)}/"
    table = timers.timers
    query = select(table).where(table.c.instance_id == (instance.id if instance else None), table.c.state == state)
    return [timer for timer in connection.execute(query).all() if (timer.mark or "").startswith(own)]


def _set_timer(connection: Connection, timer: Row[Any], **columns: Any) -> None:
    connection.execute(timers.timers.update().where(timers.timers.c.id == timer.id).values(**columns))


def _tasks(connection: Connection, clock_id: int) -> list[UserTask]:
    return [user_tasks.find(connection, task_id) for task_id in clocks.tasks_of(connection, clock_id)]


def _left_off(connection: Connection, clock: Row[Any]) -> datetime | None:
    return max((task.ended_at for task in _tasks(connection, clock.id) if task.ended_at), default=None)


def _standing(connection: Connection, clock: Row[Any], as_of: datetime) -> str:
    if clock.kind in first_words.KINDS and not clocks.tasks_of(connection, clock.id):
        return first_words.standing(connection, clock, as_of)
    tasks = _tasks(connection, clock.id)
    if any(task.is_open for task in tasks):
        late = clocks.is_overdue(clock, as_of)
        return "overdue" if late else "paused" if clock.paused_at else "running"
    if clock.paused_at is not None:
        return "paused"
    ended = [task.ended_at for task in tasks if task.state == user_tasks.COMPLETED and task.ended_at]
    if not ended:
        return "dropped"
    return "met" if max(ended) <= clock.due_at else "missed"


def _open_of(reference: str) -> ColumnElement[bool]:
    return (user_tasks.user_tasks.c.business_key == reference) & user_tasks.user_tasks.c.state.in_(user_tasks.OPEN)
