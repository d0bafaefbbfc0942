"""Built-in functions over booleans, the context of an evaluation, and identity."""

from datetime import datetime, time
from typing import Any

from kesu.rules.errors import LimitExceeded, RuleError
from kesu.rules.feel.builtins.registry import builtin
from kesu.rules.feel.comparison import is_temporal
from kesu.rules.feel.far_dates import FarDate
from kesu.rules.feel.scope import Run
from kesu.rules.feel.values import Range
from kesu.rules.limits import VALUE_DEPTH, charge


@builtin("not(negand: any)", "boolean")
def negation(negand: Any) -> bool | None:
    """True for false and false for true."""
    return not negand if type(negand) is bool else None


@builtin("all(list: list)", "boolean")
def all_true(values: list[Any]) -> bool | None:
    """Whether every element is true."""
    return _joined(values, False)


@builtin("all(b1...: any)", "boolean")
def all_true_of(*values: Any) -> bool | None:
    """Whether every value is true."""
    return _joined(values, False)


@builtin("any(list: list)", "boolean")
def any_true(values: list[Any]) -> bool | None:
    """Whether at least one element is true."""
    return _joined(values, True)


@builtin("any(b1...: any)", "boolean")
def any_true_of(*values: Any) -> bool | None:
    """Whether at least one value is true."""
    return _joined(values, True) if values != (None,) else None


@builtin("is(value1: any, value2: any)", "boolean")
def is_same(value1: Any, value2: Any) -> bool:
    """Whether two values are the same in kind, value and time zone, to the last fraction."""
    return _is_same(value1, value2, 0)


@builtin("now()", "date and time", with_run=True)
def now(run: Run) -> datetime:
    """The moment of the evaluation, told in its zone."""
    return run.moment()


@builtin("today()", "date", with_run=True)
def today(run: Run) -> Any:
    """The day of the evaluation, in the zone of its moment."""
    return run.moment().date()


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


def _is_same(left: Any, right: Any, depth: int) -> bool:
    if type(left) is not type(right):
        return False
    if is_temporal(left):
        return _same_moment(left, right)
    if not isinstance(left, (list, dict, Range)):
        return bool(left == right)
    if depth > VALUE_DEPTH:
        raise LimitExceeded(f"values nested more than {VALUE_DEPTH} deep cannot be compared")
    ours, theirs = _parts(left), _parts(right)
    charge(len(ours))
    return ours.keys() == theirs.keys() and all(
        _is_same(part, theirs[key], depth + 1) for key, part in ours.items()
    )


def _parts(value: list[Any] | dict[str, Any] | Range) -> dict[Any, Any]:
    if isinstance(value, Range):
        return {name: getattr(value, name) for name in Range.__slots__}
    return value if isinstance(value, dict) else dict(enumerate(value))


def _same_moment(left: Any, right: Any) -> bool:
    if isinstance(left, FarDate):
        return left.cycles == right.cycles and _same_moment(left.near, right.near)
    if isinstance(left, (datetime, time)):
        plain = left.replace(tzinfo=None) == right.replace(tzinfo=None)
        return bool(plain and left.tzinfo == right.tzinfo)
    return bool(left == right)
