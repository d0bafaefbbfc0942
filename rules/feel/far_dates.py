"""Dates whose year Python cannot hold: before 1 or after 9999, to plus or minus 999,999,999.

The Gregorian calendar repeats every 400 years, 146,097 days. A FarDate is a Python date or datetime in the years 2000 to
2399 and the number of cycles it stands away from there; all reckoning is done on the near date.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

CYCLE_YEARS = 400
CYCLE_DAYS = 146_097
YEAR_MAX = 999_999_999
_HOME = 2000


@dataclass(frozen=True, slots=True)
class FarDate:
    """`near`, moved by so many cycles of 400 years."""

    near: date | datetime
    cycles: int

    def __str__(self) -> str:
        near = self.near.isoformat()
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04d}{near[4:]}"

    @property
    def year(self) -> int:
        """The year as written."""
        return self.near.year + self.cycles * CYCLE_YEARS

    @property
    def is_datetime(self) -> bool:
        """Say whether there is a time of day."""
        return isinstance(self.near, datetime)


AnyDate = date | datetime | FarDate


def make_date(year: int, month: int, day: int) -> date | FarDate | None:
    """Make the date, near or far; None if there is no such day or year."""
    if abs(year) > YEAR_MAX:
        return None
    cycles, offset = divmod(year - _HOME, CYCLE_YEARS)
    try:
        return settle(date(_HOME + offset, month, day), cycles)
    except ValueError:
        return None


def settle(near: date | datetime, cycles: int) -> AnyDate | None:
    """Return the plain Python date if its year allows, else a FarDate, or None beyond the years of the standard."""
    year = near.year + cycles * CYCLE_YEARS
    if 1 <= year <= 9999:
        return near.replace(year=year)
    if abs(year) > YEAR_MAX:
        return None
    more, offset = divmod(near.year - _HOME, CYCLE_YEARS)
    return FarDate(near.replace(year=_HOME + offset), cycles + more)


def split(value: AnyDate) -> tuple[date | datetime, int]:
    """Return the date moved to the years 2000 to 2399, and by how many cycles."""
    if isinstance(value, FarDate):
        return value.near, value.cycles
    cycles, offset = divmod(value.year - _HOME, CYCLE_YEARS)
    return value.replace(year=_HOME + offset), cycles


def add_days(value: AnyDate, by: timedelta) -> AnyDate | None:
    """Add a duration to a date or datetime whose result or start may be far."""
    near, cycles = split(value)
    whole, days = divmod(by.days, CYCLE_DAYS)
    moved = near + timedelta(days, by.seconds, by.microseconds)
    return settle(moved, cycles + whole)
