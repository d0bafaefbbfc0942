"""Addition to exponentiation, over numbers, strings, dates and durations; what has no meaning is null."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from kesu.rules.feel.comparison import elapsed, is_date, is_datetime, same_zoning, seconds_of_day
from kesu.rules.feel.far_dates import AnyDate, FarDate, add_days, make_date
from kesu.rules.feel.numbers import NUMBERS
from kesu.rules.feel.temporal import combine
from kesu.rules.feel.values import YearMonthDuration
from kesu.rules.limits import charge, charge_text, check_string

_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)
_MONTHS_MAX = 12 * 10**9
_EXPONENT_MAX = 999_999_999
_TEMPORAL_STEPS, _POWER_STEPS, _ROOT_STEPS = 2, 4, 60  # what each takes, in steps


def add(left: Any, right: Any) -> Any:
    """left + right"""
    if type(left) is Decimal and type(right) is Decimal:
        return _number(NUMBERS.add, left, right)
    if type(left) is str and type(right) is str:
        check_string(len(left) + len(right))
        charge_text(len(left) + len(right))
        return left + right
    charge(_TEMPORAL_STEPS)
    if isinstance(left, (timedelta, YearMonthDuration)) and not isinstance(right, type(left)):
        left, right = right, left
    return _shift(left, right, 1)


def subtract(left: Any, right: Any) -> Any:
    """left - right"""
    if type(left) is Decimal and type(right) is Decimal:
        return _number(NUMBERS.subtract, left, right)
    charge(_TEMPORAL_STEPS)
    if isinstance(right, (timedelta, YearMonthDuration)):
        return _shift(left, right, -1)
    if isinstance(left, time) and isinstance(right, time):
        return seconds_of_day(left) - seconds_of_day(right) if same_zoning(left, right) else None
    if _is_day(left) and _is_day(right):
        return elapsed(left, right)
    return None


def multiply(left: Any, right: Any) -> Any:
    """left * right"""
    if type(left) is Decimal and type(right) is Decimal:
        return _number(NUMBERS.multiply, left, right)
    charge(_TEMPORAL_STEPS)
    if type(left) is Decimal:
        left, right = right, left
    return _scaled(left, right, NUMBERS.multiply) if type(right) is Decimal else None


def divide(left: Any, right: Any) -> Any:
    """left / right"""
    if type(left) is Decimal and type(right) is Decimal:
        return _number(NUMBERS.divide, left, right)
    charge(_TEMPORAL_STEPS)
    if type(right) is Decimal:
        return _scaled(left, right, NUMBERS.divide)
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return _number(NUMBERS.divide, Decimal(left // _MICROSECOND), Decimal(right // _MICROSECOND))
    if isinstance(left, YearMonthDuration) and isinstance(right, YearMonthDuration):
        return _number(NUMBERS.divide, Decimal(left.months), Decimal(right.months))
    return None


def power(left: Any, right: Any) -> Any:
    """left ** right"""
    if type(left) is not Decimal or type(right) is not Decimal or abs(right) > _EXPONENT_MAX:
        return None
    charge(_POWER_STEPS if right == right.to_integral_value() else _ROOT_STEPS)
    return _number(NUMBERS.power, left, right)


def negate(value: Any) -> Any:
    """-value"""
    if type(value) is Decimal:
        return NUMBERS.minus(value)
    if isinstance(value, (timedelta, YearMonthDuration)):
        try:
            return -value
        except OverflowError:
            return None
    return None


def add_months(value: AnyDate, months: int) -> AnyDate | None:
    """Move a date or date and time by months; a day the month does not have becomes its last."""
    near: Any = value.near if isinstance(value, FarDate) else value
    year, month = divmod(value.year * 12 + near.month - 1 + months, 12)
    lasts = (near.day, 30, 29, 28)
    day = next((found for last in lasts if last <= near.day and (found := make_date(year, month + 1, last))), None)
    if day is None or not isinstance(near, datetime):
        return day
    return combine(day, near.timetz())


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power}


def _number(operation: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal) -> Decimal | None:
    try:
        return operation(left, right)
    except ArithmeticError:
        return None


def _is_day(value: Any) -> bool:
    return isinstance(value, (date, FarDate))


def _shift(value: Any, by: Any, sign: int) -> Any:
    if isinstance(by, YearMonthDuration):
        return _shift_months(value, by.months * sign)
    if isinstance(by, timedelta):
        try:
            return _shift_seconds(value, by * sign)
        except OverflowError:
            return None
    return None


def _shift_months(value: Any, months: int) -> Any:
    if isinstance(value, YearMonthDuration):
        return _months(value.months + months)
    return add_months(value, months) if _is_day(value) else None


def _shift_seconds(value: Any, by: timedelta) -> Any:
    if isinstance(value, timedelta):
        return value + by
    if isinstance(value, time):
        since = datetime.combine(date(2000, 1, 1), value.replace(tzinfo=None)) + by % _DAY
        return since.time().replace(tzinfo=value.tzinfo)
    if is_date(value):
        return add_days(value, timedelta(days=by.days))
    return _shift_instant(value, by) if is_datetime(value) else None


def _shift_instant(value: Any, by: timedelta) -> Any:
    # A zoned time moves on the time line, not on the clock: an hour after 01:30 is 03:30 on the night the clock jumps.
    if isinstance(value, datetime) and value.tzinfo is not None:
        try:
            return (value.astimezone(UTC) + by).astimezone(value.tzinfo)
        except OverflowError:
            return add_days(value, by)
    return add_days(value, by)


def _scaled(duration: Any, factor: Decimal, operation: Callable[[Decimal, Decimal], Decimal]) -> Any:
    if isinstance(duration, YearMonthDuration):
        months = _number(operation, Decimal(duration.months), factor)
        return None if months is None else _months(int(months) if abs(months) < _MONTHS_MAX else _MONTHS_MAX + 1)
    if isinstance(duration, timedelta):
        micros = _number(operation, Decimal(duration // _MICROSECOND), factor)
        try:
            return None if micros is None else timedelta(microseconds=int(micros))
        except (OverflowError, ValueError):
            return None
    return None


def _months(months: int) -> YearMonthDuration | None:
    return YearMonthDuration(months) if abs(months) <= _MONTHS_MAX else None
