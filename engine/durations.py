"""ISO 8601 durations as diagrams and other tools write them: weeks, fractions, and calendar parts beside clock parts.

FEEL's own `duration()` knows either years and months or days and time (DMN 1.5, 10.3.2.3.4); what stands in an attribute may be
both at once.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from kesu import rules

_NUMBER: Final = r"(\d{1,9}(?:[.,]\d{1,9})?)"
_ISO: Final = re.compile(
    rf"P(?=.)(?:(\d{{1,5}})Y)?(?:(\d{{1,6}})M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_UNITS: Final = ("weeks", "days", "hours", "minutes", "seconds")
NOTHING: Final = timedelta(0)


@dataclass(frozen=True)
class Duration:
    """Months by the calendar, and time by the clock after them."""

    months: int
    rest: timedelta

    def after(self, start: datetime) -> datetime:
        """Return the instant this much later. Raises `OverflowError` beyond the year 9999."""
        if self.months:
            months = rules.YearMonthDuration(self.months)
            moved = rules.evaluate("start + months", {"start": start, "months": months})
            if not isinstance(moved, datetime):
                raise OverflowError(moved)
            start = moved
        return (start.astimezone(UTC) + self.rest).astimezone(start.tzinfo)  # by the clock: 24 hours, though summer time ends


def read(text: str) -> Duration | None:
    """Return the duration that a text means; None where it is none, or leads into the past."""
    found = _ISO.fullmatch(text.strip())
    if found is None:
        return None
    years, months, *others = found.groups()
    counts = {unit: float((count or "0").replace(",", ".")) for unit, count in zip(_UNITS, others, strict=True)}
    try:
        return Duration(12 * int(years or 0) + int(months or 0), timedelta(**counts))
    except OverflowError:
        return None


def of(value: Any) -> Duration | None:
    """Return what a text or a FEEL duration means; None for anything else."""
    if isinstance(value, str):
        return read(value)
    if isinstance(value, timedelta):
        return Duration(0, value)
    return Duration(value.months, NOTHING) if isinstance(value, rules.YearMonthDuration) else None


def clock_time(text: str) -> timedelta | None:
    """Return a duration that the clock alone measures, such as PT24H or P2W; None where it is none."""
    found = read(text)
    return found.rest if found is not None and not found.months else None


def span(text: str, start: datetime) -> timedelta | None:
    """Return how long a duration is that begins at `start`, months by the calendar; None where it is none, or never ends."""
    found = read(text)
    try:
        return None if found is None else found.after(start) - start
    except OverflowError:
        return None
