"""Values that stand in a diagram for good: read at Check as the run would read them, so that a run never meets a bad one."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, get_args

from kesu import rules
from kesu.engine.spiff import expressions
from kesu.engine.spiff.extensions import Holds, VariableType
from kesu.rules.errors import RuleError

_NUMBER: Final = re.compile(r"\d{1,9}(\.\d{1,9})?")
_COUNT: Final = re.compile(r"\d{1,2}")
_NAME: Final = re.compile(r"[^\W\d][\w ]*")
_TYPED: Final = re.compile(rf"[^\W\d]\w*\s*(:\s*({'|'.join(get_args(VariableType))}))?")


def is_feel(value: str) -> bool:
    """Say whether a value is computed: what begins with `=` is."""
    return value.lstrip().startswith("=")


def expected(holds: Holds, value: str) -> str | None:
    """Return what was expected in place of a value (a key of `EXPECTED`); None where the value holds."""
    if is_feel(value):
        return _expected_of_feel(holds, value)
    reader = _CONSTANTS.get(holds.kind)
    return holds.kind if reader is not None and not reader(value.strip()) else None


def feel_fault(value: str) -> str | None:
    """Say what is wrong with an expression, None if nothing is."""
    try:
        found = expressions.feel(value)
    except ValueError as wrong:
        return str(wrong)
    return "nothing stands after the =" if not found else expressions.fault(found)


def is_duration(value: str) -> bool:
    """Say whether a text is an ISO 8601 duration longer than nothing."""
    found = _read("duration(v)", value)
    return found is not None and _is_forward(found)


def is_time(value: str) -> bool:
    """Say whether a text is a date, a date and time, or a duration to be counted from entry."""
    moment = _read("date and time(v)" if "T" in value and not value.startswith("P") else "date(v)", value)
    return isinstance(moment, (datetime, date)) or is_duration(value)


def is_number(value: str) -> bool:
    """Say whether a text is a decimal number above 0."""
    return _NUMBER.fullmatch(value) is not None and float(value) > 0


def _is_forward(duration: Any) -> bool:
    start = datetime.fromisoformat("2026-01-31T00:00:00+00:00")
    try:
        return bool(rules.evaluate("start + duration > start", {"start": start, "duration": duration}))
    except RuleError:
        return False


def _expected_of_feel(holds: Holds, value: str) -> str | None:
    if not holds.feel:
        return "constant"
    if feel_fault(value) is not None:
        return "feel"
    source = expressions.feel(value) or "null"
    kinds = _KINDS.get(holds.kind)
    return holds.kind if kinds and is_constant(source) and not _gives(source, kinds) else None


def is_constant(value: str) -> bool:
    """Say whether an expression reads nothing, so that it is the same in every case: neither a variable nor the clock."""
    source = expressions.feel(value) or "null"
    return expressions.fault(source) is None and not rules.names(source) and not re.search(r"\b(now|today)\s*\(", source)


def _gives(source: str, kinds: tuple[type, ...]) -> bool:
    try:
        found = rules.evaluate(source, {})
    except RuleError:
        return False
    if isinstance(found, str) and timedelta in kinds:
        return is_time(found) if date in kinds else is_duration(found)
    return isinstance(found, kinds) and not isinstance(found, bool)


def _read(expression: str, value: str) -> Any:
    try:
        return rules.evaluate(expression, {"v": value})
    except RuleError:
        return None


_LENGTHS: Final = (timedelta, rules.YearMonthDuration)
_KINDS: Final[dict[str, tuple[type, ...]]] = {  # what a constant expression has to give
    "duration": _LENGTHS, "time": (datetime, date, *_LENGTHS), "count": (int, float, Decimal), "expression": (dict,),
}  # fmt: skip
_CONSTANTS: Final[dict[str, Callable[[str], bool]]] = {
    "duration": is_duration,
    "time": is_time,
    "count": lambda value: _COUNT.fullmatch(value) is not None,
    "number": is_number,
    "variable": lambda value: _NAME.fullmatch(value) is not None,
    "typed_variables": lambda value: all(_TYPED.fullmatch(each.strip()) for each in value.split(",")),
    "expression": lambda value: feel_fault(value) is None,
}
