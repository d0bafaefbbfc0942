"""How built-in functions are declared: a signature as the standard writes it, above a plain Python function.

`[...]` marks what may be left out, `?` what may be null, `...` any number of values. An argument that does not fit makes
the call null; before that a single element stands for a list of one, a list of one for its element, and a date for its
midnight, as the standard converts them. A name may be declared several times: the first signature that fits is called.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from kesu.rules.feel.comparison import is_date, is_datetime
from kesu.rules.feel.far_dates import FarDate
from kesu.rules.feel.scope import Run
from kesu.rules.feel.temporal import combine
from kesu.rules.feel.values import Function, Range, YearMonthDuration

_SIGNATURE = re.compile(r"(?P<name>[^(]+)\((?P<parameters>.*)\)")
_NOTHING = object()
_SIZED = frozenset({list, str, dict})
Body = TypeVar("Body", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class BuiltinParameter:
    """A name, a kind, and what may be missing."""

    name: str
    kind: str
    optional: bool = False
    nullable: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One way of calling a built-in."""

    parameters: tuple[BuiltinParameter, ...]
    body: Callable[..., Any]
    result: str
    with_run: bool

    def call(self, arguments: list[Any], run: Run) -> Any:
        """Call with fitted arguments."""
        return self.body(run, *arguments) if self.with_run else self.body(*arguments)

    def fit(self, arguments: list[Any]) -> list[Any] | None:
        """Convert positional arguments, or return None if they do not fit."""
        parameters = self.parameters
        if parameters and parameters[-1].repeated:
            return self._fit_repeated(arguments)
        if len(arguments) > len(parameters):
            return None
        fitted = []
        for index, parameter in enumerate(parameters):
            value = _fit(arguments[index], parameter) if index < len(arguments) else _left_out(parameter)
            if value is _NOTHING:
                return None
            fitted.append(value)
        return fitted

    def fit_named(self, arguments: Mapping[str, Any]) -> list[Any] | None:
        """Convert arguments passed by name, or return None if they do not fit."""
        if not arguments.keys() <= {parameter.name for parameter in self.parameters}:
            return None
        fitted = []
        for parameter in self.parameters:
            if parameter.repeated:
                return None
            given = parameter.name in arguments
            value = _fit(arguments[parameter.name], parameter) if given else _left_out(parameter)
            if value is _NOTHING:
                return None
            fitted.append(value)
        return fitted

    def _fit_repeated(self, arguments: list[Any]) -> list[Any] | None:
        fixed = len(self.parameters) - 1
        if len(arguments) < fixed + 1:
            return None
        by = [*self.parameters[:fixed], *[self.parameters[-1]] * (len(arguments) - fixed)]
        fitted = [_fit(value, parameter) for value, parameter in zip(arguments, by, strict=True)]
        return None if any(value is _NOTHING for value in fitted) else fitted


@dataclass(slots=True)
class Builtin:
    """A built-in function with all its signatures."""

    name: str
    signatures: list[Signature] = field(default_factory=list)

    def call(self, arguments: list[Any], run: Run) -> Any:
        """Call by position; null if no signature fits."""
        run.spend(1 + sum(len(value) for value in arguments if type(value) in _SIZED))
        for signature in self.signatures:
            fitted = signature.fit(arguments)
            if fitted is not None:
                return signature.call(fitted, run)
        return None

    def call_named(self, arguments: Mapping[str, Any], run: Run) -> Any:
        """Call by name; null if no signature fits."""
        run.spend(1 + sum(len(value) for value in arguments.values() if type(value) in _SIZED))
        for signature in self.signatures:
            fitted = signature.fit_named(arguments)
            if fitted is not None:
                return signature.call(fitted, run)
        return None

    def as_function(self, run: Run) -> Function:
        """Return the built-in as a value that can be passed around."""
        names = tuple(parameter.name for parameter in self.signatures[0].parameters)
        return Function(self.name, names, lambda arguments: self.call(arguments, run))


BUILTINS: dict[str, Builtin] = {}


def builtin(signature: str, result: str = "Any", with_run: bool = False) -> Callable[[Body], Body]:
    """Declare a function as a built-in with this signature, returning values of kind `result`."""
    match = _SIGNATURE.fullmatch(signature)
    assert match is not None, signature
    name = match["name"].strip()
    parameters = tuple(_parameter(part.strip()) for part in match["parameters"].split(",") if part.strip())

    def declare(body: Body) -> Body:
        BUILTINS.setdefault(name, Builtin(name)).signatures.append(Signature(parameters, body, result, with_run))
        return body

    return declare


def _parameter(text: str) -> BuiltinParameter:
    optional = text.startswith("[")
    name, _, kind = text.strip("[]").partition(":")
    kind = kind.strip()
    return BuiltinParameter(
        name.strip().removesuffix("..."), kind.rstrip("?"), optional, kind.endswith("?"), name.strip().endswith("...")
    )


def _left_out(parameter: BuiltinParameter) -> Any:
    return None if parameter.optional else _NOTHING


def _fit(value: Any, parameter: BuiltinParameter) -> Any:
    kind = parameter.kind
    if kind == "any":
        return value
    if value is None:
        return None if parameter.nullable else _NOTHING
    test = KINDS[kind]
    if test(value):
        return value
    return _converted(value, kind, test)


def _converted(value: Any, kind: str, test: Callable[[Any], bool]) -> Any:
    if kind == "list":
        return [value]
    if type(value) is list and len(value) == 1 and value[0] is not None and test(value[0]):
        return value[0]
    if kind == "date and time" and is_date(value):
        return midnight(value)
    return _NOTHING


def midnight(value: Any) -> Any:
    """Turn a date into the date and time of its midnight in UTC."""
    if isinstance(value, FarDate):
        return FarDate(datetime.combine(value.near, time(tzinfo=UTC)), value.cycles)
    return combine(value, time(tzinfo=UTC))


def _is_temporal_day(value: Any) -> bool:
    return is_date(value) or is_datetime(value)


KINDS: dict[str, Callable[[Any], bool]] = {
    "any": lambda value: True,
    "point": lambda value: not isinstance(value, Range),
    "number": lambda value: type(value) is Decimal,
    "string": lambda value: type(value) is str,
    "boolean": lambda value: type(value) is bool,
    "list": lambda value: type(value) is list,
    "context": lambda value: type(value) is dict,
    "function": lambda value: isinstance(value, Function),
    "range": lambda value: isinstance(value, Range),
    "date": is_date,
    "time": lambda value: isinstance(value, time),
    "date and time": is_datetime,
    "day": _is_temporal_day,
    "duration": lambda value: isinstance(value, (timedelta, YearMonthDuration)),
    "days and time duration": lambda value: isinstance(value, timedelta),
    "years and months duration": lambda value: isinstance(value, YearMonthDuration),
}
