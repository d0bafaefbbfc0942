"""Built-in functions over booleans, the context of an evaluation, and identity."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from kesu.rules.errors import RuleError
from kesu.rules.feel.builtins.registry import builtin
from kesu.rules.feel.comparison import is_temporal
from kesu.rules.feel.far_dates import FarDate
from kesu.rules.feel.scope import Run
from kesu.rules.feel.values import YearMonthDuration


@builtin("not(negand: any)", "boolean")
def negation(negand: Any) -> bool | None:
    """True for false and false for true."""
    return not negand if type(negand) is bool else None


@builtin("all(list: list)", "boolean")
def all_true(values: list[Any]) -> bool | None:
    """Whether every element is true."""
    return _joined(values, False)


@builtin("all(list...: any)", "boolean")
def all_true_of(*values: Any) -> bool | None:
    """Whether every value is true."""
    return _joined(values, False)


@builtin("any(list: list)", "boolean")
def any_true(values: list[Any]) -> bool | None:
    """Whether at least one element is true."""
    return _joined(values, True)


@builtin("any(list...: any)", "boolean")
def any_true_of(*values: Any) -> bool | None:
    """Whether at least one value is true."""
    return _joined(values, True) if values != (None,) else None


@builtin("is(value1: any, value2: any)", "boolean")
def is_same(value1: Any, value2: Any) -> bool:
    """Whether two values are the same in kind, value and time zone, to the last fraction."""
    if type(value1) is not type(value2):
        return False
    if is_temporal(value1):
        return _same_moment(value1, value2)
    if isinstance(value1, (Decimal, str, bool, timedelta, YearMonthDuration, type(None))):
        return bool(value1 == value2)
    return bool(value1 == value2)


@builtin("now()", "date and time", with_run=True)
def now(run: Run) -> datetime:
    """The moment of the evaluation."""
    return moment(run)


@builtin("today()", "date", with_run=True)
def today(run: Run) -> Any:
    """The day of the evaluation, in the time zone of its moment."""
    return moment(run).date()


def moment(run: Run) -> datetime:
    """Return the moment handed in with the evaluation, or the machine's where the language stands alone.

    The engine always hands its own clock in; asked twice in one evaluation, the answer is the same.
    """
    if run.now is None:
        run.now = datetime.now(UTC)
    return run.now


@builtin("is defined(value: any)", "boolean")
def is_defined(value: Any) -> bool:
    """Whether a value is there (an extension Camunda knows)."""
    return value is not None


@builtin("get or else(value: any, default: any)")
def get_or_else(value: Any, default: Any) -> Any:
    """The value, or the default for null (an extension Camunda knows)."""
    return default if value is None else value


@builtin("assert(value: any, condition: any)")
def assert_that(value: Any, condition: Any) -> Any:
    """The value if the condition is true; otherwise the evaluation fails (an extension Camunda knows)."""
    if condition is not True:
        raise RuleError("an assert() of the expression does not hold")
    return value


@builtin("assert(value: any, condition: any, cause: string)")
def assert_that_because(value: Any, condition: Any, cause: str) -> Any:
    """The value if the condition is true; otherwise the evaluation fails with a cause."""
    if condition is not True:
        raise RuleError(cause)
    return value


def _joined(values: Any, decisive: bool) -> bool | None:
    if any(value is decisive for value in values):
        return decisive
    return (not decisive) if all(value is (not decisive) for value in values) else None


def _same_moment(left: Any, right: Any) -> bool:
    if isinstance(left, FarDate):
        return left.cycles == right.cycles and _same_moment(left.near, right.near)
    if isinstance(left, (datetime, time)):
        plain = left.replace(tzinfo=None) == right.replace(tzinfo=None)
        return bool(plain and left.tzinfo == right.tzinfo)
    return bool(left == right)
