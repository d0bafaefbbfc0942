"""What a setting gives as a moment: an instant, a day, or how long after entry. Whatever it is, it is understood or refused, never guessed.

A date and time without a zone is meant in the zone of the calendar, a date means the end of work on that day, a duration counts from
entry. Texts are read as ISO 8601 writes them.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from kesu import rules
from kesu.engine import durations
from kesu.engine.errors import Invalid, sentence

WRONG = sentence("{setting}: expected a date, a date and time or a duration, such as 2026-03-02, "
                 "2026-03-02T18:00:00 or P2D, but {expression} gave {value}.")
DURATION = sentence("{setting}: expected a duration such as PT4H or P2D, but got {value}.")


def due(value: Any, *, now: datetime, zone: tzinfo, end_of_work: Callable[[date], datetime], setting: str,
        expression: str) -> datetime:
    """Return the instant that is meant, in UTC. Raises `Invalid` for anything else."""
    found = _read(value) if isinstance(value, str) else value
    try:
        if isinstance(found, datetime):
            return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        if isinstance(found, date):
            return end_of_work(found)
        if isinstance(found, timedelta) and found >= timedelta(0):
            return now + found
        if isinstance(found, rules.YearMonthDuration):
            return _later(now, found)
    except (OverflowError, ValueError):
        pass
    raise Invalid(WRONG, setting=setting, expression=expression[:200], value=_said(value))


def duration(text: str, setting: str) -> timedelta:
    """Return a duration as a setting spells it. Raises `Invalid` for what is none."""
    found = _read(text.strip())
    if not isinstance(found, timedelta) or found < timedelta(0):
        raise Invalid(DURATION, setting=setting, value=_said(text))
    return found


def _read(text: str) -> Any:
    """Return what an ISO text says, or the text itself."""
    if (span := durations.clock_time(text)) is not None:
        return span
    try:
        found = rules.evaluate(f'@"{text}"', {}) if '"' not in text and "\\" not in text else None
    except rules.RuleError:
        return text
    return text if found is None else found


def _later(now: datetime, amount: Any) -> datetime:
    found = rules.evaluate("now + amount", {"now": now, "amount": amount})
    if not isinstance(found, datetime):
        raise ValueError(str(found))
    return found.astimezone(UTC)


def _said(value: Any) -> str:
    return "null" if value is None else str(value)[:100]
