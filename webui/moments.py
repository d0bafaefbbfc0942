"""How times are said: short in the reader's zone, the whole truth in `title`, due dates in words rather than colours."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date, format_datetime, format_time, format_timedelta, get_timezone_gmt
from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from kesu.engine import clock
from kesu.webui.languages import zone

UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))
DIGIT_THEN_HAN = re.compile(r"(\d)([\u4e00-\u9fff])")  # Chinese typography puts a space between a number and its word
SOON = timedelta(hours=2)
EXACT = 1e9  # Babel would say one week for ten days


@dataclass(frozen=True)
class DueWords:
    """A time limit in words; `level` is overdue, soon, today, later or none and only adds a colour to them."""

    text: str
    level: str
    at: datetime | None


def init(app: Flask) -> None:
    """Give templates the ways to say times."""
    app.jinja_env.globals.update(due_words=due_words, now=clock.now)
    app.jinja_env.filters.update(moment=moment, day=day, span=span, exactly=exactly, clock_time=clock_time, in_full=in_full)


def moment(at: datetime | None) -> Markup:
    """Show an instant as briefly as it stays clear: the time today, day and time this year, else all of it."""
    if at is None:
        return Markup("")
    there, here = at.astimezone(zone()), clock.now().astimezone(zone())
    before = "" if there.date() == here.date() else f"{_brief_day(there.date(), here.date())} "
    return _timed(at, before + clock_time(at))


def day(value: date | datetime | None) -> Markup:
    """Show the day of an instant, or a date."""
    if value is None:
        return Markup("")
    if not isinstance(value, datetime):
        text = format_date(value, "medium", locale=get_locale())
        return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), text)
    return _timed(value, _brief_day(value.astimezone(zone()).date(), clock.now().astimezone(zone()).date()))


def in_full(at: datetime) -> Markup:
    """Show an instant with its year and second, as a record has to read whenever it is read."""
    return _timed(at, format_datetime(at, "medium", tzinfo=zone(), locale=get_locale()))


def exactly(at: datetime) -> str:
    """Say an instant in full, with the zone."""
    text = format_datetime(at, "medium", tzinfo=zone(), locale=get_locale())
    return f"{text} ({get_timezone_gmt(at.astimezone(zone()), locale=get_locale())})"


def exactly_day(value: date | datetime) -> str:
    """Say a day in full words: `Wednesday, 4 March 2026`."""
    there = value.astimezone(zone()).date() if isinstance(value, datetime) else value
    return format_date(there, "full", locale=get_locale())


def clock_time(at: datetime) -> str:
    """Say the hour and minute of an instant."""
    return format_time(at, "HH:mm", tzinfo=zone(), locale=get_locale())


def span(length: timedelta) -> str:
    """Say a length of time in its two largest units, rounded down: `1 day 2 hours`."""
    left, words = max(int(length.total_seconds()), 60), []
    for seconds, unit in UNITS:
        count, left = divmod(left, seconds)
        if count:
            words.append(format_timedelta(timedelta(seconds=count * seconds), unit, threshold=EXACT, locale=get_locale()))
        elif words:
            break
    return DIGIT_THEN_HAN.sub(r"\1 \2", " ".join(words[:2]))


def due_words(due_at: datetime | None, done_at: datetime | None = None) -> DueWords:
    """Say a time limit as a reader feels it now, or as it was when the work was done."""
    now = done_at or clock.now()
    if due_at is None:
        return DueWords(_("No time limit"), "none", None)
    if due_at < now:
        return DueWords(_("Overdue by %(time)s", time=span(now - due_at)), "overdue", due_at)
    days = (due_day(due_at) - now.astimezone(zone()).date()).days
    text = _whole_day(due_at, days) if clock_time(due_at) == "00:00" else _deadline(due_at, days)
    return DueWords(text, "soon" if due_at - now < SOON else "today" if days == 0 else "later", due_at)


def due_day(due_at: datetime) -> date:
    """Return the last day on which something can be done in time: midnight belongs to the day it ends."""
    return (due_at.astimezone(zone()) - timedelta(microseconds=1)).date()


def _whole_day(due_at: datetime, days: int) -> str:
    if days <= 1:
        return _("By the end of today") if days == 0 else _("By the end of tomorrow")
    return _("By the end of %(day)s", day=format_date(due_day(due_at), _("EEE d MMM"), locale=get_locale()))


def _deadline(due_at: datetime, days: int) -> str:
    time = clock_time(due_at)
    if days <= 1:
        return _("By %(time)s today", time=time) if days == 0 else _("By %(time)s tomorrow", time=time)
    return _("By %(day)s, %(time)s", day=format_date(due_day(due_at), _("EEE d MMM"), locale=get_locale()), time=time)


def _brief_day(there: date, here: date) -> str:
    if there == here:
        return _("today")
    if there == here - timedelta(days=1):
        return _("yesterday")
    return format_date(there, _("d MMM") if there.year == here.year else "medium", locale=get_locale())


def _timed(at: datetime, text: str) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(timespec="seconds"), exactly(at), text)
