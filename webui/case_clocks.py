"""The clocks of a case for people: how each stands in words, drawn from start to due with its pauses, and computed line by line."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection, Row, select

from kesu.complaints import cases, clocks, contacts, deadlines, first_words, statuses
from kesu.complaints.calendars import Line
from kesu.engine import clock
from kesu.engine.errors import sentence
from kesu.engine.user_tasks import user_tasks
from kesu.webui.department_names import department_names
from kesu.webui.languages import named
from kesu.webui.moments import clock_time, due_words, span

NAMES = {
    "acknowledgement": sentence("Receipt of the complaint"),
    "first_reply": sentence("First answer by a person"),
    "containment": sentence("Containment"),
    "reporting": sentence("Reporting to authorities"),
    "start": sentence("Start of work"),
    "carrying_out": sentence("Carrying out"),
    "attitude_reply": sentence("Reply on conduct"),
    "investigation": sentence("Investigation"),
    "approval": sentence("Approval"),
    "feedback": sentence("Answer to the customer"),
    "follow_up": sentence("Follow-up"),
}
EXPECTED = (("acknowledgement",), ("first_reply",), ("start", "attitude_reply"), ("investigation",), ("feedback",))
ASKED_FOR = ("acknowledgement", "first_reply", "investigation", "feedback")  # shown whether or not they have begun
STANDINGS = {
    "running": sentence("running"),
    "paused": sentence("standing still"),
    "overdue": sentence("overdue"),
    "met": sentence("kept"),
    "missed": sentence("missed"),
    "dropped": sentence("not needed"),
}
LEVELS = {"running": "info", "paused": "warn", "overdue": "bad", "met": "good", "missed": "bad", "dropped": ""}


@dataclass(frozen=True)
class Stretch:
    """A part of the drawn clock, in hundredths of its whole length."""

    kind: str  # passed | paused
    start: float
    length: float


@dataclass(frozen=True)
class Pause:
    """A time in which the clock stood still; `until` is None while it still does."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class DayLine:
    """One line of the computation."""

    day: Any
    kind: str
    hours: str
    counted: str
    total: str


@dataclass(frozen=True)
class ClockView:
    """One clock as the case page shows it; `started_at` is None for one that has not begun."""

    title: str
    standing: str = ""
    level: str = ""
    words: str = ""
    started_at: datetime | None = None
    due_at: datetime | None = None
    limit: str = ""
    source: str = ""
    stretches: tuple[Stretch, ...] = ()
    due_mark: float = 100
    pauses: tuple[Pause, ...] = ()
    lines: tuple[DayLine, ...] = ()


def views(connection: Connection, reference: str) -> list[ClockView]:
    """Return the clocks of a case, those that everybody asks for first, whether or not they have begun."""
    now = clock.now()
    rows = deadlines.standing(connection, reference, now)
    stood = _pauses(connection, reference)
    names = department_names(connection) | _step_names(connection, reference)
    shown = [(row["kind"], _view(connection, row, stood, names, now)) for row in rows]
    begun = {kind for kind, _shown in shown}
    shown += [(kind, _not_begun(connection, reference, kind)) for kind in ASKED_FOR if kind not in begun]
    return [view for _kind, view in sorted(shown, key=lambda pair: _place(pair[0]))]


def _step_names(connection: Connection, reference: str) -> dict[str, str]:
    # an approval's clock belongs to its step, not to a department
    query = select(user_tasks.c.element_id, user_tasks.c.name, user_tasks.c.name_en).where(user_tasks.c.business_key == reference)
    return {row.element_id: named(row) for row in connection.execute(query)}


def _place(kind: str) -> int:
    return next((place for place, kinds in enumerate(EXPECTED) if kind in kinds), len(EXPECTED))


def _not_begun(connection: Connection, reference: str, kind: str) -> ClockView:
    told = [line for line in contacts.for_customer(connection, reference) if line.kind == contacts.TO_CUSTOMER and _answers(kind, line)]
    if not told:
        return ClockView(_(NAMES[kind]))
    case = cases.find(connection, reference)
    return ClockView(_(NAMES[kind]), _("given"), "good", _("after %(time)s", time=span(told[0].at - case.received_at)))


def _answers(kind: str, line: Row[Any]) -> bool:
    """Say whether something we told the customer meets a clock: any letter is a receipt, but only a person's words are a first answer (R7)."""
    return kind == "acknowledgement" or kind == "first_reply" and line.template in contacts.BY_PEOPLE


def _view(connection: Connection, row: dict[str, Any], stood: list[Pause], names: dict[str, str], now: datetime) -> ClockView:
    pauses = tuple(pause for pause in stood if (pause.until or now) > row["started_at"] and pause.since < max(row["due_at"], now))
    title = _(NAMES.get(row["kind"], row["kind"]))
    whose = row["department"] or row["scope"]
    full = f"{title} · {names.get(whose, whose)}" if whose else title
    standing = row["standing"]
    stretches, mark = _drawn(row, pauses, now)
    return ClockView(
        full,
        _(STANDINGS[standing]),
        LEVELS[standing],
        _words(row, standing) or _written(connection, row),
        row["started_at"],
        row["due_at"],
        span(timedelta(seconds=row["limit_seconds"])),
        _source(row["limit_source"]),
        stretches,
        mark,
        pauses,
        _lines(connection, row),
    )


def _words(row: dict[str, Any], standing: str) -> str:
    if standing == "paused":
        return _("%(time)s left when it stopped", time=span(timedelta(seconds=max(row["remaining_seconds"] or 0, 0))))
    if standing in ("running", "overdue"):
        return due_words(row["due_at"]).text
    return ""


def _written(connection: Connection, row: dict[str, Any]) -> str:
    """Say how long the customer waited for the words that a clock asks for; empty for clocks of other work."""
    if row["kind"] not in first_words.KINDS:
        return ""
    kept = next(clock for clock in clocks.of_case(connection, row["reference"]) if clock.id == row["id"])
    met = first_words.met_at(connection, kept)
    return _("after %(time)s", time=span(met - row["started_at"])) if met else ""


def _source(source: str) -> str:
    return _("drawn in the process") if source == "diagram" else _("from the table of time limits")


def _drawn(row: dict[str, Any], pauses: tuple[Pause, ...], now: datetime) -> tuple[tuple[Stretch, ...], float]:
    start, due = row["started_at"], row["due_at"]
    ended = row["standing"] in ("met", "missed", "dropped")
    end = max(due, now) if not ended else due
    whole = max((end - start).total_seconds(), 1)

    def place(at: datetime) -> float:
        return round(100 * min(max((at - start).total_seconds() / whole, 0), 1), 2)

    passed = Stretch("passed", 0, place(now if not ended else due))
    stood = [Stretch("paused", place(pause.since), round(place(pause.until or now) - place(pause.since), 2)) for pause in pauses]
    return (passed, *stood), place(due)


def _pauses(connection: Connection, reference: str) -> list[Pause]:
    changes = statuses.history_of(connection, reference)
    followed = zip(changes, [*changes[1:], None], strict=True)
    return [Pause(change.at, after.at if after else None) for change, after in followed if change.after == "waiting_customer"]


def _lines(connection: Connection, row: dict[str, Any]) -> tuple[DayLine, ...]:
    kept = next(clock for clock in clocks.of_case(connection, row["reference"]) if clock.id == row["id"])
    return tuple(_line(line) for line in clocks.explained(connection, kept))


def _line(line: Line) -> DayLine:
    hours = ", ".join(f"{clock_time(since)}–{clock_time(till)}" for since, till in line.spans)
    values = {name: _(value) if isinstance(value, str) else value for name, value in line.kind.values.items()}
    words = _(line.kind.template).format(**values)
    return DayLine(line.day, words, hours, _counted(line.counted), _counted(line.total))


def _counted(length: timedelta) -> str:
    return span(length) if length else "–"  # of a weekend nothing counts, not a minute
