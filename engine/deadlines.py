"""The socket for deadlines: when is this kind of work due?

The engine only knows plain durations. The complaints room plugs in clocks that belong to the case, run in working time, and survive
every reject.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from kesu.engine import durations
from kesu.engine.service_tasks import Write

ZONE: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class DeadlineRequest:
    """What is asked: the case, the kind of deadline, the element, the diagram's own duration if it gives one."""

    business_key: str | None
    kind: str
    element_id: str
    duration: str | None
    variables: Mapping[str, Any]
    now: datetime
    decide: Callable[[str, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Due:
    """When, and what must be written so that the clock is kept.

    `clock` names the clock of a case that this is read off, so that its marks fire once; `name` asks the engine to keep the date itself.
    """

    at: datetime | None
    writes: tuple[Write, ...] = ()
    clock: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Crossing:
    """Work on a case that goes from one department to another: a task or, where it is a vote, a ballot."""

    task_id: int
    business_key: str | None
    is_vote: bool
    before: tuple[str, ...]  # the departments of whoever had it
    after: str
    actor: str
    at: datetime
    reason: str


class Deadlines(Protocol):
    """Answers when something is due.

    `decisions` names the tables it asks, so that a package pins them too; `kinds` the clocks that it knows (none: any).
    """

    decisions: tuple[str, ...]
    kinds: tuple[str, ...]

    def due(self, connection: Connection, request: DeadlineRequest) -> Due: ...

    def zone(self, connection: Connection, request: DeadlineRequest) -> tzinfo | None: ...

    def end_of_work(self, connection: Connection, request: DeadlineRequest, day: date) -> datetime: ...

    def company_zone(self, connection: Connection) -> tzinfo:
        """Return the company's zone: where dates and times without one are meant."""
        ...

    def freeze(self, connection: Connection, reference: str, at: datetime) -> None: ...

    def thaw(self, connection: Connection, reference: str, at: datetime) -> None: ...

    def crossed(self, connection: Connection, crossing: Crossing) -> None:
        """Let the clock follow its work to another department: due when it was, but theirs."""
        ...


class PlainDeadlines:
    """Clock time from the first entry, as the diagram's duration says; nothing without one. Coming back does not begin anew."""

    decisions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def due(self, connection: Connection, request: DeadlineRequest) -> Due:
        """Add the ISO 8601 duration to the present instant."""
        if not request.duration:
            return Due(None)
        duration = durations.read(request.duration)
        due = None if duration is None else duration.after(request.now)
        return Due(due, name=f"{request.kind}/{request.element_id}")

    def company_zone(self, connection: Connection) -> tzinfo:
        """Return the zone of a company that has said nothing about it."""
        return ZONE

    def zone(self, connection: Connection, request: DeadlineRequest) -> tzinfo | None:
        """There is no calendar here: the zone of the program's own time holds."""
        return None

    def end_of_work(self, connection: Connection, request: DeadlineRequest, day: date) -> datetime:
        """Without a calendar the day ends when the next begins."""
        return datetime.combine(day + timedelta(days=1), time(), request.now.tzinfo or UTC).astimezone(UTC)

    def freeze(self, connection: Connection, reference: str, at: datetime) -> None:
        """Nothing is kept here that could stand still."""

    def thaw(self, connection: Connection, reference: str, at: datetime) -> None:
        """Nothing was kept that could run on."""

    def crossed(self, connection: Connection, crossing: Crossing) -> None:
        """A due date that is the task's own goes with the task."""


_deadlines: Deadlines = PlainDeadlines()


def plug(deadlines: Deadlines) -> Deadlines:
    """Put deadlines in use for the whole program and return those used before."""
    global _deadlines
    before, _deadlines = _deadlines, deadlines
    return before


def current() -> Deadlines:
    """Return the deadlines in use."""
    return _deadlines
