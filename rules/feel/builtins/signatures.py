"""One way of calling a built-in function: its parameters, and how arguments are fitted to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, time, timedelta
from decimal import Decimal
from typing import Any

from kesu.rules.feel.comparison import is_date, is_datetime
from kesu.rules.feel.scope import Run, zone_of_evaluation
from kesu.rules.feel.temporal import combine
from kesu.rules.feel.values import Function, Range, YearMonthDuration

_NOTHING = object()
_NUMBER_SIZE = 6  # digits behind the name of a repeated argument


@dataclass(frozen=True, slots=True)
class BuiltinParameter:
    """A name, a kind, and what may be missing."""

    name: str
    kind: str
    optional: bool = False
    nullable: bool = False
    repeated: bool = False
    numbered: bool = False  # a repeated one that is only ever called c1, c2, ...

    def place(self, name: str) -> int | None:
        """Return which of its values a name means, from 0 on; None if the name is not its own."""
        number = name.removeprefix(self.name)
        if not number and not self.numbered:
            return 0
        if not self.repeated or number == name or len(number) > _NUMBER_SIZE:
            return None
        whole = number.isascii() and number.isdigit() and not number.startswith("0")
        return int(number) - 1 if whole else None


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

    def places(self, names: Sequence[str]) -> list[int] | None:
        """Return the place of every name; None if one is no parameter, or two mean the same."""
        found = [self._place(name) for name in names]
        places = [place for place in found if place is not None]
        return places if len(set(places)) == len(names) and self._without_gap(places) else None

    def lacks(self, places: Sequence[int]) -> bool:
        """Say whether a parameter that should be given is not at one of these places."""
        needed = {place for place, one in enumerate(self.parameters) if not one.optional}
        return not needed <= set(places)

    def fit_named(self, places: Sequence[int], values: Sequence[Any]) -> list[Any] | None:
        """Convert arguments for these places, or return None if they do not fit.

        One that is not given is null, as with a function written in FEEL.
        """
        given = dict(zip(places, values, strict=True))
        fitted = []
        for place in range(max([len(self.parameters), *(place + 1 for place in places)])):
            parameter = self.parameter(place)
            value = _fit(given[place], parameter) if place in given else _missing(parameter)
            if value is _NOTHING:
                return None
            fitted.append(value)
        return fitted

    def parameter(self, place: int) -> BuiltinParameter:
        """Return the parameter for the argument at a place."""
        return self.parameters[min(place, len(self.parameters) - 1)]

    def _place(self, name: str) -> int | None:
        found = ((start, one.place(name)) for start, one in enumerate(self.parameters))
        return next((start + place for start, place in found if place is not None), None)

    def _without_gap(self, places: list[int]) -> bool:
        repeated = sorted(place for place in places if place >= len(self.parameters) - 1)
        return all(place == len(self.parameters) - 1 + nth for nth, place in enumerate(repeated))

    def _fit_repeated(self, arguments: list[Any]) -> list[Any] | None:
        fixed = len(self.parameters) - 1
        if len(arguments) < fixed + 1:
            return None
        by = [*self.parameters[:fixed], *[self.parameters[-1]] * (len(arguments) - fixed)]
        fitted = [_fit(value, parameter) for value, parameter in zip(arguments, by, strict=True)]
        return None if any(value is _NOTHING for value in fitted) else fitted


def _missing(parameter: BuiltinParameter) -> Any:
    null = parameter.optional or parameter.nullable or parameter.kind == "any"
    return None if null and not parameter.repeated else _NOTHING


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
    """Turn a date into the date and time of its midnight, in the evaluation's zone or in UTC."""
    return combine(value, time(tzinfo=zone_of_evaluation() or UTC))


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
