"""The calendars a company keeps: opening hours by weekday, own closed or opened days, and which department works by which."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import CheckConstraint, Column, Connection, Date, ForeignKey, Integer, String, Table, delete, select

from kesu.complaints.calendars import Calendar, OwnDay, Span
from kesu.complaints.problems import FieldProblem, refuse_if_any
from kesu.complaints.public_days import known_countries
from kesu.engine.database import metadata
from kesu.engine.errors import NotFound, sentence

DEFAULT = "working_days"
MIDNIGHT = 24 * 60
# "Within 24 hours" means: by the same time of the next working day. Office hours would make three days of it.
WORKING_DAYS = Calendar(DEFAULT, "Asia/Shanghai", "CN", {day: (Span(0, MIDNIGHT),) for day in range(5)})
# Where people are in danger the clock does not wait for Monday: every hour of every day, holidays too.
ALWAYS = Calendar("always", "Asia/Shanghai", "", {day: (Span(0, MIDNIGHT),) for day in range(7)})
BUILT_IN = {each.key: each for each in (WORKING_DAYS, ALWAYS)}
WRONG_SPAN = sentence("Minutes {start} to {end} must lie in order, after {after} and before 1440.")

calendars = Table(
    "calendars",
    metadata,
    Column("key", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("name_en", String, nullable=False, server_default=""),
    Column("zone", String, nullable=False),
    Column("country", String, nullable=False, server_default=""),
)

calendar_spans = Table(
    "calendar_spans",
    metadata,
    Column("calendar", String, ForeignKey("calendars.key", ondelete="CASCADE"), primary_key=True),
    Column("weekday", Integer, primary_key=True, autoincrement=False),  # 0 Monday .. 6, 7 a make-up workday
    Column("start", Integer, primary_key=True, autoincrement=False),  # minutes since midnight
    Column("end", Integer, nullable=False),
    CheckConstraint("weekday BETWEEN 0 AND 7", name="weekday"),
)

calendar_days = Table(
    "calendar_days",
    metadata,
    Column("calendar", String, ForeignKey("calendars.key", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("name", String, nullable=False),
    Column("spans", String, nullable=False, server_default=""),  # "540-720,780-1080"; empty: closed
)

department_calendars = Table(
    "department_calendars",
    metadata,
    Column("department", String, primary_key=True),
    Column("calendar", String, ForeignKey("calendars.key"), nullable=False),
)


def keep(connection: Connection, calendar: Calendar, *, name: str, name_en: str = "") -> None:
    """Write a calendar with its weekly spans, in place of the one of the same key.

    Raises `Invalid` listing everything wrong: zone, country, spans that end before they start or overlap.
    """
    problems = [*_place_problems(calendar), *_span_problems(calendar.weekdays)]
    refuse_if_any(problems, sentence("Calendar {calendar} was not kept: {problems_told}"), calendar=calendar.key)
    columns = {"name": name, "name_en": name_en, "zone": calendar.zone, "country": calendar.country}
    if connection.execute(calendars.update().where(calendars.c.key == calendar.key).values(columns)).rowcount == 0:
        connection.execute(calendars.insert().values(key=calendar.key, **columns))
    connection.execute(delete(calendar_spans).where(calendar_spans.c.calendar == calendar.key))
    rows = [
        {"calendar": calendar.key, "weekday": weekday, "start": span.start, "end": span.end}
        for weekday, spans in calendar.weekdays.items()
        for span in spans
    ]
    if rows:
        connection.execute(calendar_spans.insert(), rows)


def load(connection: Connection, key: str) -> Calendar:
    """Return a calendar; the default one and `always` even where nobody has kept them. Raises `NotFound`."""
    row = connection.execute(select(calendars).where(calendars.c.key == key)).one_or_none()
    if row is None and key in BUILT_IN:
        return BUILT_IN[key]
    if row is None:
        raise NotFound(sentence("Expected a calendar, but there is none called {calendar}; keep it first."), calendar=key)
    weekdays: dict[int, tuple[Span, ...]] = {}
    chosen = select(calendar_spans).where(calendar_spans.c.calendar == key)
    for span in connection.execute(chosen.order_by(calendar_spans.c.weekday, calendar_spans.c.start)):
        weekdays[span.weekday] = (*weekdays.get(span.weekday, ()), Span(span.start, span.end))
    days = connection.execute(select(calendar_days).where(calendar_days.c.calendar == key))
    return Calendar(row.key, row.zone, row.country, weekdays, {day.day: OwnDay(_spans(day.spans), day.name) for day in days})


def zone(connection: Connection) -> ZoneInfo:
    """Return the zone of the default calendar, which is the company's."""
    kept = connection.execute(select(calendars.c.zone).where(calendars.c.key == DEFAULT)).scalar()
    return ZoneInfo(kept or WORKING_DAYS.zone)


def of_department(connection: Connection, department: str | None) -> Calendar:
    """Return the calendar a department works by; the default one where it has none of its own."""
    query = select(department_calendars.c.calendar).where(department_calendars.c.department == department)
    return load(connection, connection.execute(query).scalar() or DEFAULT)


def _spans(text: str) -> tuple[Span, ...]:
    pairs = (part.split("-") for part in text.split(",") if part)
    return tuple(Span(int(start), int(end)) for start, end in pairs)


def _place_problems(calendar: Calendar) -> list[FieldProblem]:
    problems = []
    if calendar.zone not in available_timezones():
        problems.append(FieldProblem("zone", sentence("Expected a time zone like Asia/Shanghai, got {zone}."), {"zone": calendar.zone}))
    if calendar.country and calendar.country not in known_countries():
        told = {"country": calendar.country}
        problems.append(FieldProblem("country", sentence("Expected a two-letter country code like CN, got {country}."), told))
    return problems


def _span_problems(weekdays: Mapping[int, tuple[Span, ...]]) -> list[FieldProblem]:
    problems = []
    for weekday, spans in weekdays.items():
        end_before = 0
        for span in spans:
            if not end_before <= span.start < span.end <= MIDNIGHT:
                told = {"start": span.start, "end": span.end, "after": end_before}
                problems.append(FieldProblem(f"weekday {weekday}", WRONG_SPAN, told))
            end_before = span.end
    return problems
