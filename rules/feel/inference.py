"""What can be said of the type of an expression without evaluating it; None where nothing can."""

from collections.abc import Mapping
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from kesu.rules.feel import tree
from kesu.rules.feel.builtins import BUILTINS
from kesu.rules.feel.comparison import is_date, is_datetime
from kesu.rules.feel.tree import ContextType, FunctionType, ListType, RangeType, TypeNode
from kesu.rules.feel.types import NamedTypes, resolve
from kesu.rules.feel.values import YearMonthDuration

Known = Mapping[str, TypeNode]
_ANY = TypeNode(0, "Any")
_BOOLEAN = (tree.Comparison, tree.Junction, tree.Between, tree.In, tree.InstanceOf, tree.Quantified)
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "boolean"),
    (Decimal, "number"),
    (str, "string"),
    (timedelta, "days and time duration"),
    (YearMonthDuration, "years and months duration"),
    (time, "time"),
)


def infer(node: tree.Node, known: Known, types: NamedTypes) -> TypeNode | None:
    """Return the type of an expression, given those of its variables."""
    if isinstance(node, tree.Literal):
        return type_of_value(node.value)
    if isinstance(node, _BOOLEAN):
        return TypeNode(0, "boolean")
    infer_node = _INFER.get(type(node))
    return None if infer_node is None else infer_node(node, known, types)


def type_of_value(value: Any) -> TypeNode:
    """Return the type of a simple value."""
    if value is None:
        return TypeNode(0, "Null")
    for kind, name in _KINDS:
        if isinstance(value, kind):
            return TypeNode(0, name)
    return TypeNode(0, "date and time" if is_datetime(value) else "date" if is_date(value) else "Any")


def _name(node: tree.Name, known: Known, types: NamedTypes) -> TypeNode | None:
    return resolve(known.get(node.name), types)


def _path(node: tree.Path, known: Known, types: NamedTypes) -> TypeNode | None:
    source = resolve(infer(node.source, known, types), types)
    if isinstance(source, ContextType):
        return resolve(dict(source.fields).get(node.name), types)
    return None


def _arithmetic(node: tree.Arithmetic, known: Known, types: NamedTypes) -> TypeNode | None:
    first = infer(node.first, known, types)
    if first is None or first.name not in ("number", "string"):
        return None
    kinds = (infer(one.operand, known, types) for one in node.rest)
    return first if all(kind is not None and kind.name == first.name for kind in kinds) else None


def _negation(node: tree.Negation, known: Known, types: NamedTypes) -> TypeNode | None:
    return infer(node.operand, known, types)


def _if(node: tree.If, known: Known, types: NamedTypes) -> TypeNode | None:
    otherwise = infer(node.otherwise, known, types)
    same = otherwise is not None and all(infer(arm.result, known, types) == otherwise for arm in node.arms)
    return otherwise if same else None


def _context(node: tree.ContextLiteral, known: Known, types: NamedTypes) -> TypeNode:
    fields: list[tuple[str, TypeNode]] = []
    for name, entry in node.entries:
        fields.append((name, infer(entry, {**known, **dict(fields)}, types) or _ANY))
    return ContextType(0, "context", tuple(fields))


def _list(node: tree.ListLiteral, known: Known, types: NamedTypes) -> TypeNode:
    found = [infer(item, known, types) for item in node.items]
    same = found and found[0] is not None and all(kind == found[0] for kind in found)
    return ListType(0, "list", found[0] if same and found[0] is not None else _ANY)


def _for(node: tree.For, known: Known, types: NamedTypes) -> TypeNode:
    return ListType(0, "list", _ANY)


def _range(node: tree.RangeLiteral, known: Known, types: NamedTypes) -> TypeNode:
    return RangeType(0, "range", infer(node.start, known, types) or _ANY)


def _unary_range(node: tree.UnaryRange, known: Known, types: NamedTypes) -> TypeNode:
    return RangeType(0, "range", infer(node.endpoint, known, types) or _ANY)


def _function(node: tree.FunctionDefinition, known: Known, types: NamedTypes) -> TypeNode:
    inside = {**known, **{one.name: one.type for one in node.parameters if one.type is not None}}
    for one in node.parameters:
        if one.type is None:
            inside.pop(one.name, None)
    parameters = tuple(one.type or _ANY for one in node.parameters)
    return FunctionType(0, "function", parameters, infer(node.body, inside, types) or _ANY)


def _call(node: tree.Call, known: Known, types: NamedTypes) -> TypeNode | None:
    if not isinstance(node.function, tree.Name):
        return None
    declared = resolve(known.get(node.function.name), types)
    if isinstance(declared, FunctionType):
        return resolve(declared.result, types)
    if declared is not None or node.function.name not in BUILTINS:
        return None
    results = {signature.result for signature in BUILTINS[node.function.name].signatures}
    name = results.pop() if len(results) == 1 else "Any"
    return None if name in ("Any", "list", "context", "range", "duration") else TypeNode(0, name)


_INFER: dict[type, Any] = {
    tree.Name: _name,
    tree.Path: _path,
    tree.Arithmetic: _arithmetic,
    tree.Negation: _negation,
    tree.If: _if,
    tree.ContextLiteral: _context,
    tree.ListLiteral: _list,
    tree.For: _for,
    tree.RangeLiteral: _range,
    tree.UnaryRange: _unary_range,
    tree.FunctionDefinition: _function,
    tree.Call: _call,
}
