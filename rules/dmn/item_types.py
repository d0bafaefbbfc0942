"""Item definitions as types: what they stand for, and whether a value keeps to their restrictions."""

from collections.abc import Callable, Iterable
from typing import Any

from kesu.rules.dmn.model import ItemDefinition
from kesu.rules.dmn.reading import type_reference
from kesu.rules.errors import RuleError
from kesu.rules.feel.builtins.signatures import midnight
from kesu.rules.feel.comparison import is_date
from kesu.rules.feel.parser import parse_unary_tests
from kesu.rules.feel.scope import Run, Scope
from kesu.rules.feel.temporal import parse_date, parse_datetime, parse_duration, parse_time
from kesu.rules.feel.tree import ContextType, ListType, TypeNode
from kesu.rules.feel.types import NamedTypes, resolve, type_test
from kesu.rules.feel.unary import compile_unary_tests

Test = Callable[[Any], bool]
_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "date": parse_date,
    "time": parse_time,
    "date and time": parse_datetime,
    "days and time duration": parse_duration,
    "years and months duration": parse_duration,
}


class ItemTypes:
    """The named types of one model."""

    def __init__(self, definitions: Iterable[tuple[str, ItemDefinition]]) -> None:
        self.definitions = dict(definitions)
        self.named: NamedTypes = {name: definition.type for name, definition in self.definitions.items()}

    def test(self, reference: str | None) -> Test | None:
        """Return the test for a typeRef, restrictions left out; None where anything is allowed. Raises RuleError."""
        if not reference or type_reference(reference).name in ("Any", "Undefined", "undefined"):
            return None
        return type_test(type_reference(reference), self.named)

    def read(self, value: Any, reference: str | None) -> Any:
        """Turn the text of dates, times and durations into those, wherever the type says so: JSON has only text for them."""
        return _read(value, self.node(reference), self.named, 0) if reference else value

    def restriction(self, reference: str | None) -> Test | None:
        """Return the test for the allowed values of a typeRef and of everything in it; None where there are none."""
        definition = self.definitions.get(reference or "")
        return None if definition is None else self._restriction(definition, 0)

    def node(self, reference: str | None) -> TypeNode | None:
        """Return the type a typeRef stands for; None where nothing is said."""
        return type_reference(reference) if reference else None

    def _restriction(self, definition: ItemDefinition, depth: int) -> Test | None:
        if depth > 20:
            return None
        own = _allowed_test(definition)
        base = self.definitions.get(definition.base or "")
        inherited = self._restriction(base, depth + 1) if base is not None else None
        parts = {one.name: test for one in definition.components if (test := self._restriction(one, depth + 1))}
        tests = [test for test in (own, inherited, _parts_test(parts) if parts else None) if test is not None]
        if not tests:
            return None

        def holds(value: Any) -> bool:
            return value is None or all(test(value) for test in tests)

        return (lambda value: type(value) is not list or all(map(holds, value))) if definition.collection else holds


def _read(value: Any, node: TypeNode | None, named: NamedTypes, depth: int) -> Any:
    node = resolve(node, named)
    if node is None or depth > 20:
        return value
    if type(value) is str:
        parse = _FROM_TEXT.get(node.name)
        return value if parse is None or (read := parse(value)) is None else read
    if isinstance(node, ListType) and type(value) is list:
        return [_read(one, node.element, named, depth + 1) for one in value]
    if isinstance(node, ContextType) and type(value) is dict:
        fields = {name: kind for name, kind in node.fields if name in value}
        return {**value, **{name: _read(value[name], kind, named, depth + 1) for name, kind in fields.items()}}
    return value


def _allowed_test(definition: ItemDefinition) -> Test | None:
    if definition.allowed is None or not definition.allowed.text:
        return None
    try:
        passes = compile_unary_tests(parse_unary_tests(definition.allowed.text))
    except RuleError:
        return None  # the check of the model says what is wrong with it
    return lambda value: passes(value, Scope({}, None, Run())) is not False


def _parts_test(parts: dict[str, Test]) -> Test:
    return lambda value: type(value) is not dict or all(test(value.get(name)) for name, test in parts.items())


def coerced(value: Any, test: Test | None) -> tuple[bool, Any]:
    """Return whether a value fits a type, and the value converted: a list of one to its element or back."""
    if test is None or value is None or test(value):
        return True, value
    if type(value) is list and len(value) == 1 and (value[0] is None or test(value[0])):
        return True, value[0]
    if type(value) is not list and test([value]):
        return True, [value]
    return _as_datetime(value, test)


def _as_datetime(value: Any, test: Test) -> tuple[bool, Any]:
    if is_date(value) and test(moment := midnight(value)):
        return True, moment
    return False, None
