"""The values of FEEL that Python has no type for, and the way of Python values in and out.

Inside there are only None, bool, Decimal, str, date, time, datetime, timedelta, FarDate, YearMonthDuration, Range, Function,
list and dict; `to_feel` lets nothing else in.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from kesu.rules.errors import LimitExceeded, RuleError
from kesu.rules.feel.far_dates import FarDate
from kesu.rules.feel.numbers import NUMBERS
from kesu.rules.feel.tree import TypeNode
from kesu.rules.limits import VALUE_DEPTH, VALUE_ITEMS, check_list, check_string


@dataclass(frozen=True, slots=True, order=True)
class YearMonthDuration:
    """A duration of years and months, which has no fixed number of days."""

    months: int

    @property
    def years(self) -> int:
        """The whole years, towards zero."""
        return abs(self.months) // 12 * (1 if self.months > 0 else -1)

    def __neg__(self) -> "YearMonthDuration":
        return YearMonthDuration(-self.months)

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return ("-" if self.months < 0 else "") + "P" + text


@dataclass(frozen=True, slots=True)
class Range:
    """The values between two endpoints, or, with an operator, those on one side of (or equal or unequal to) one."""

    start: Any
    end: Any
    start_included: bool
    end_included: bool
    operator: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """Something that FEEL can call: `invoke(arguments)` with exactly one value a parameter, in order."""

    name: str
    parameters: tuple[str, ...]
    invoke: Callable[[list[Any]], Any]
    types: tuple[TypeNode | None, ...] = ()
    result: Any = None  # what static typing says of the result, if anything
    by_name: Callable[[Sequence[str], list[Any]], Any] | None = None  # where names choose what is called


_SCALARS = frozenset({type(None), bool, Decimal, date, time, timedelta, FarDate, YearMonthDuration, Range, Function})


def to_feel(value: Any) -> Any:
    """Turn a Python value into one of FEEL; raises RuleError when there is no such value or it is too large."""
    kind = type(value)
    if kind is str:
        check_string(len(value))
        return value
    if kind is int:
        return number(value)
    if kind in _SCALARS and kind is not Decimal:
        return value
    return _Entrance().let_in(value, 0)


def number(value: int | float | Decimal) -> Decimal | None:
    """Turn a Python number into one of FEEL: 34 significant digits; NaN and infinities are null."""
    if type(value) is int and -(10**34) < value < 10**34:
        return Decimal(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        value = int(value) if value.is_integer() and abs(value) < 1e16 else Decimal(repr(value))
    if isinstance(value, int) and value.bit_length() > 25_000:
        raise LimitExceeded("a number is too large")
    try:
        decimal = NUMBERS.plus(Decimal(value))
    except ArithmeticError:
        return None
    return decimal if decimal.is_finite() else None


def check_size(value: Any) -> Any:
    """Return a result; raises LimitExceeded if, written out, it would be too deep or too large.

    Few elements can stand for many: a list of twice the same list of twice the same list has a million leaves at depth 20.
    """
    level = [value] if type(value) is list or type(value) is dict else []
    left = VALUE_ITEMS
    for _ in range(VALUE_DEPTH):
        if not level:
            return value
        below: list[Any] = []
        for one in level:
            left -= len(one)
            if left < 0:
                raise LimitExceeded(f"the result would have more than {VALUE_ITEMS:,} elements")
            inside = one.values() if type(one) is dict else one
            below.extend(part for part in inside if type(part) is list or type(part) is dict)
        level = below
    raise LimitExceeded(f"the result is nested more than {VALUE_DEPTH} deep")


class _Entrance:
    """Lets one value and everything inside it in, counting."""

    def __init__(self) -> None:
        self.left = VALUE_ITEMS

    def let_in(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind is str:
            check_string(len(value))
            return value
        if kind is int or kind is Decimal or kind is float:
            return number(value)
        if kind in _SCALARS:
            return value
        if kind is datetime:
            return value
        return self._let_in_other(value, depth)

    def _let_in_other(self, value: Any, depth: int) -> Any:
        if depth > VALUE_DEPTH:
            raise LimitExceeded(f"a value is nested more than {VALUE_DEPTH} deep")
        if isinstance(value, Mapping):
            self._count(len(value))
            return {_key(key): self.let_in(entry, depth + 1) for key, entry in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            check_list(len(value))
            self._count(len(value))
            return [self.let_in(element, depth + 1) for element in value]
        return _plain(value)

    def _count(self, items: int) -> None:
        self.left -= items
        if self.left < 0:
            raise LimitExceeded(f"the values handed in have more than {VALUE_ITEMS} elements")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise RuleError(f"expected the keys of a context to be strings, but one is a {type(key).__name__}")
    return str(key)


def _plain(value: Any) -> Any:
    for base, plain in _SUBCLASSES:
        if isinstance(value, base):
            return plain(value)
    raise RuleError(f"expected a value that FEEL knows, but got a {type(value).__name__}")


def _plain_datetime(value: datetime) -> datetime:
    return datetime.combine(value.date(), value.timetz())


_SUBCLASSES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str),
    (int, lambda value: number(int(value))),
    (float, lambda value: number(float(value))),
    (Decimal, lambda value: number(Decimal(value))),
    (datetime, _plain_datetime),
    (date, lambda value: date(value.year, value.month, value.day)),
    (timedelta, lambda value: timedelta(value.days, value.seconds, value.microseconds)),
)
