"""Types as tests: whether a value is an instance of a type, and whether one type stands for another."""

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from kesu.rules.errors import Problem, RuleError
from kesu.rules.feel.comparison import is_date, is_datetime
from kesu.rules.feel.tree import ContextType, FunctionType, ListType, RangeType, TypeNode
from kesu.rules.feel.values import Function, Range, YearMonthDuration
from kesu.rules.limits import charge

Test = Callable[[Any], bool]
NamedTypes = Mapping[str, Any]  # name -> TypeNode or a Test

SIMPLE: dict[str, Test] = {
    "Any": lambda value: value is not None,
    "Null": lambda value: value is None,
    "number": lambda value: type(value) is Decimal,
    "string": lambda value: type(value) is str,
    "boolean": lambda value: type(value) is bool,
    "date": is_date,
    "time": lambda value: isinstance(value, time),
    "date and time": is_datetime,
    "dateTime": is_datetime,
    "days and time duration": lambda value: isinstance(value, timedelta),
    "dayTimeDuration": lambda value: isinstance(value, timedelta),
    "years and months duration": lambda value: isinstance(value, YearMonthDuration),
    "yearMonthDuration": lambda value: isinstance(value, YearMonthDuration),
    "duration": lambda value: isinstance(value, (timedelta, YearMonthDuration)),
    "list": lambda value: type(value) is list,
    "context": lambda value: type(value) is dict,
    "range": lambda value: isinstance(value, Range),
    "function": lambda value: isinstance(value, Function),
}
# What Camunda and dmn-js write for types of Java.
ALIASES = {
    "integer": "number", "long": "number", "double": "number", "int": "number", "float": "number", "decimal": "number",
    "Number": "number", "String": "string", "Boolean": "boolean", "any": "Any", "Context": "context", "List": "list",
}  # fmt: skip


def type_test(node: TypeNode, named: NamedTypes) -> Test:
    """Return the test for being an instance of a type; raises RuleError for an unknown type."""
    if isinstance(node, ListType):
        return _list_test(_element_test(node.element, named))
    if isinstance(node, RangeType):
        return _range_test(type_test(node.element, named))
    if isinstance(node, ContextType):
        return _context_test({name: _element_test(kind, named) for name, kind in node.fields})
    if isinstance(node, FunctionType):
        return lambda value: isinstance(value, Function) and function_fits(value, node, named)
    return _named_test(node, named)


def canonical(name: str) -> str:
    """Return the standard's name of a type that is also known by another."""
    bare = name.rpartition(":")[2] if ":" in name else name
    return {"dateTime": "date and time", "dayTimeDuration": "days and time duration",
            "yearMonthDuration": "years and months duration"}.get(bare, ALIASES.get(bare, bare))  # fmt: skip


def resolve(node: TypeNode | None, named: NamedTypes) -> TypeNode | None:
    """Follow names to the type they stand for; None where nothing is known."""
    for _ in range(20):
        if node is None or type(node) is not TypeNode:
            return node
        found = named.get(node.name)
        if not isinstance(found, TypeNode):
            return TypeNode(node.at, canonical(node.name)) if found is None else None
        node = found
    return None


def stands_for(
    given: TypeNode | None,
    wanted: TypeNode | None,
    named: NamedTypes,
    depth: int = 0,
    any_stands: bool | None = None,
) -> bool | None:
    """Say whether every value of one type is one of the other; None where a type is not known.

    What is only known to be Any may be anything, hence `any_stands` is None; where Any is what
    somebody has written, as for a parameter, it is False.
    """
    given, wanted = resolve(given, named), resolve(wanted, named)
    if wanted is not None and wanted.name == "Any":
        return True
    if given is None or wanted is None or depth > 20:
        return None
    if given.name == "Any":
        return any_stands
    if given.name == "Null":
        return True
    if given.name != wanted.name:
        return False
    return _parts_stand_for(given, wanted, named, depth + 1, any_stands)


def takes(passed: TypeNode | None, taken: TypeNode | None, named: NamedTypes, depth: int = 0) -> bool | None:
    """Say whether a parameter of one type takes all that is passed: parameters are contravariant."""
    return stands_for(passed, taken, named, depth, any_stands=False)


def function_fits(function: Function, wanted: FunctionType, named: NamedTypes) -> bool:
    """Say whether a function takes at least what the type passes and returns no more than it promises."""
    if len(function.parameters) != len(wanted.parameters):
        return False
    taken = [kind or TypeNode(0, "Any") for kind in function.types] or [TypeNode(0, "Any")] * len(function.parameters)
    pairs = zip(wanted.parameters, taken, strict=True)
    if any(takes(passed, kind, named) is False for passed, kind in pairs):
        return False
    return stands_for(function.result, wanted.result, named) is not False


def _parts_stand_for(
    given: TypeNode, wanted: TypeNode, named: NamedTypes, depth: int, any_stands: bool | None
) -> bool | None:
    if isinstance(given, (ListType, RangeType)) and isinstance(wanted, (ListType, RangeType)):
        return stands_for(given.element, wanted.element, named, depth, any_stands)
    if isinstance(given, ContextType) and isinstance(wanted, ContextType):
        there = dict(given.fields)
        if any(name not in there for name, _ in wanted.fields):
            return False
        return _all(stands_for(there[name], kind, named, depth, any_stands) for name, kind in wanted.fields)
    if isinstance(given, FunctionType) and isinstance(wanted, FunctionType):
        return _functions_stand_for(given, wanted, named, depth)
    return True


def _functions_stand_for(given: FunctionType, wanted: FunctionType, named: NamedTypes, depth: int) -> bool | None:
    if len(given.parameters) != len(wanted.parameters):
        return False
    pairs = zip(wanted.parameters, given.parameters, strict=True)
    verdicts = [takes(passed, taken, named, depth) for passed, taken in pairs]
    return _all([*verdicts, stands_for(given.result, wanted.result, named, depth)])


def _all(verdicts: Any) -> bool | None:
    listed = list(verdicts)
    return False if False in listed else None if None in listed else True


def _named_test(node: TypeNode, named: NamedTypes) -> Test:
    found = named.get(node.name)
    if isinstance(found, TypeNode):
        return type_test(found, named) if found.name != node.name else SIMPLE["Any"]
    if found is not None:
        return found  # type: ignore[no-any-return]
    simple = SIMPLE.get(canonical(node.name))
    if simple is None:
        message = f"there is no type named {node.name!r}"
        raise RuleError(message, [Problem(message, "type", position=node.at)])
    return simple


def _element_test(node: TypeNode, named: NamedTypes) -> Test:
    test = type_test(node, named)
    return lambda value: value is None or test(value)


def _list_test(element: Test) -> Test:
    def test(value: Any) -> bool:
        if type(value) is not list:
            return False
        charge(len(value))
        return all(map(element, value))

    return test


def _range_test(element: Test) -> Test:
    return lambda value: isinstance(value, Range) and all(
        element(endpoint) for endpoint in (value.start, value.end) if endpoint is not None
    )


def _context_test(fields: Mapping[str, Test]) -> Test:
    def fits(value: Any) -> bool:
        if type(value) is not dict:
            return False
        charge(len(fields))
        return all(name in value and test(value[name]) for name, test in fields.items())

    return fits
