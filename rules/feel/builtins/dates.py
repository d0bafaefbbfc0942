"""Built-in functions over the calendar."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from kesu.rules.feel.arithmetic import add_months
from kesu.rules.feel.builtins.conversions import date_of
from kesu.rules.feel.builtins.registry import builtin
from kesu.rules.feel.far_dates import AnyDate, FarDate, make_date

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@builtin("day of year(date: day)", "number")
def day_of_year(value: AnyDate) -> Decimal:
    """The number of the day in its year."""
    return Decimal(_near(value).timetuple().tm_yday)


@builtin("day of week(date: day)", "string")
def day_of_week(value: AnyDate) -> str:
    """The English name of the day."""
    return _DAYS[_near(value).weekday()]


@builtin("month of year(date: day)", "string")
def month_of_year(value: AnyDate) -> str:
    """The English name of the month."""
    return _MONTHS[_near(value).month - 1]


@builtin("week of year(date: day)", "number")
def week_of_year(value: AnyDate) -> Decimal:
    """The number of the week of ISO 8601."""
    return Decimal(_near(value).isocalendar().week)


@builtin("last day of month(date: day)", "date")
def last_day_of_month(value: AnyDate) -> Any:
    """The last date of the month (an extension Camunda knows)."""
    first = make_date(value.year, _near(value).month, 1)
    after = None if first is None else add_months(first, 1)
    return None if after is None else date_of(after) - timedelta(days=1) if not isinstance(after, FarDate) else None


def _near(value: AnyDate) -> Any:
    near = value.near if isinstance(value, FarDate) else value
    return near.date() if isinstance(near, datetime) else near
