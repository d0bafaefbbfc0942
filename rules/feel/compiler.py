"""Tree to closures: every node becomes a Python function of a scope, once; evaluating is calling the outermost."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from kesu.rules.errors import RuleError
from kesu.rules.feel import tree
from kesu.rules.feel.arithmetic import OPERATORS, negate
from kesu.rules.feel.builtins import BUILTINS, IMPURE, Builtin
from kesu.rules.feel.comparison import order
from kesu.rules.feel.filters import filtering, indexing
from kesu.rules.feel.functions import call_function, define_function
from kesu.rules.feel.loops import compile_for, compile_quantified
from kesu.rules.feel.properties import read_property
from kesu.rules.feel.scope import Run, Scope
from kesu.rules.feel.truths import compile_between, compile_comparison, compile_in, compile_junction
from kesu.rules.feel.types import NamedTypes, type_test
from kesu.rules.feel.values import Function, Range
from kesu.rules.feel.weights import weight
from kesu.rules.limits import CONSTANT_STEPS, check_list

Closure = Callable[[Scope], Any]
_NOTHING = Scope({}, None, Run())


def compile_tree(node: tree.Node, types: NamedTypes | None = None) -> Closure:
    """Return the function that evaluates a tree; raises RuleError if it can never be evaluated."""
    return Compiler(types or {}).closure(node)


class Compiler:
    """Turns nodes into closures, with the named types they may ask for."""

    def __init__(self, types: NamedTypes) -> None:
        self.types = types

    def closure(self, node: tree.Node) -> Closure:
        """Return the closure of a node."""
        return _COMPILERS[type(node)](self, node)

    def closures(self, nodes: tuple[tree.Node, ...]) -> list[Closure]:
        """Return the closures of several nodes."""
        return [self.closure(node) for node in nodes]


def _literal(compiler: Compiler, node: tree.Literal) -> Closure:
    value = node.value
    return lambda scope: value


def _name(compiler: Compiler, node: tree.Name) -> Closure:
    name = node.name
    builtin = BUILTINS.get(name)

    def read(scope: Scope) -> Any:
        inside: Scope | None = scope
        while inside is not None:
            if name in inside.values:
                return inside.values[name]
            inside = inside.outer
        return None if builtin is None else builtin.as_function(scope.run)

    return read


def _path(compiler: Compiler, node: tree.Path) -> Closure:
    source, name = compiler.closure(node.source), node.name

    def read(scope: Scope) -> Any:
        value = source(scope)
        return value.get(name) if type(value) is dict else read_property(value, name)

    return read


def _filter(compiler: Compiler, node: tree.Filter) -> Closure:
    source, condition = compiler.closure(node.source), compiler.closure(node.condition)
    if isinstance(node.condition, tree.Literal) and type(node.condition.value) is Decimal:
        return indexing(source, node.condition.value)
    return filtering(source, condition, weight(node.condition))


def _call(compiler: Compiler, node: tree.Call) -> Closure:
    arguments = compiler.closures(node.arguments)
    if isinstance(node.function, tree.Name) and node.function.name in BUILTINS:
        return _builtin_call(node, node.function.name, arguments)
    function, names = compiler.closure(node.function), node.names

    def call(scope: Scope) -> Any:
        return call_function(function(scope), [argument(scope) for argument in arguments], names, scope.run)

    return call


def _builtin_call(node: tree.Call, name: str, arguments: list[Closure]) -> Closure:
    builtin, names = BUILTINS[name], node.names
    answer = builtin.call if names is None else builtin.binding(names)

    def call(scope: Scope) -> Any:
        values = [argument(scope) for argument in arguments]
        own = _own_function(scope, name)
        if own is not None:
            return call_function(own, values, names, scope.run)
        return answer(values, scope.run)

    if all(isinstance(argument, tree.Literal) for argument in node.arguments) and names is None:
        constant = _constant_call(builtin, [closure(_NOTHING) for closure in arguments])
        if constant is not None:
            return lambda scope: constant if _own_function(scope, name) is None else call(scope)
    return call


def _constant_call(builtin: Builtin, values: list[Any]) -> Any:
    """Call a function of constants once and for all; None if it cannot be, or if the result could be changed."""
    if builtin.name in IMPURE:
        return None
    run = Run(steps=CONSTANT_STEPS)
    try:
        with run:
            value = builtin.call(values, run)
    except RuleError:
        return None
    return None if run.zone_asked or isinstance(value, (list, dict)) else value


def _own_function(scope: Scope | None, name: str) -> Function | None:
    while scope is not None:
        if name in scope.values:
            value = scope.values[name]
            return value if isinstance(value, Function) else None
        scope = scope.outer
    return None


def _negation(compiler: Compiler, node: tree.Negation) -> Closure:
    operand = compiler.closure(node.operand)
    if isinstance(node.operand, tree.Literal):
        return _literal(compiler, tree.Literal(node.at, negate(node.operand.value)))
    return lambda scope: negate(operand(scope))


def _arithmetic(compiler: Compiler, node: tree.Arithmetic) -> Closure:
    first = compiler.closure(node.first)
    rest = [(OPERATORS[one.operator], compiler.closure(one.operand)) for one in node.rest]
    if len(rest) == 1:
        operate, second = rest[0]
        return lambda scope: operate(first(scope), second(scope))

    def operate_from_the_left(scope: Scope) -> Any:
        value = first(scope)
        for operate, operand in rest:
            value = operate(value, operand(scope))
        return value

    return operate_from_the_left


def _instance_of(compiler: Compiler, node: tree.InstanceOf) -> Closure:
    value, test = compiler.closure(node.value), type_test(node.type, compiler.types)
    wants_null = node.type.name == "Null"

    def is_instance(scope: Scope) -> bool:
        found = value(scope)
        return wants_null if found is None else test(found)

    return is_instance


def _if(compiler: Compiler, node: tree.If) -> Closure:
    arms = [(compiler.closure(arm.condition), compiler.closure(arm.result)) for arm in node.arms]
    otherwise = compiler.closure(node.otherwise)

    def choose(scope: Scope) -> Any:
        for condition, result in arms:
            verdict = condition(scope)
            if verdict is True:
                return result(scope)
            if verdict is not False and verdict is not None:
                return None
        return otherwise(scope)

    return choose


def _function_definition(compiler: Compiler, node: tree.FunctionDefinition) -> Closure:
    return define_function(compiler, node)


def _context(compiler: Compiler, node: tree.ContextLiteral) -> Closure:
    entries = [(name, compiler.closure(entry)) for name, entry in node.entries]
    if len({name for name, _ in entries}) < len(entries):
        return lambda scope: None

    def make(scope: Scope) -> dict[str, Any]:
        made: dict[str, Any] = {}
        inner = scope.inner(made)
        for name, entry in entries:
            made[name] = entry(inner)
        return made

    return make


def _list(compiler: Compiler, node: tree.ListLiteral) -> Closure:
    items = compiler.closures(node.items)
    check_list(len(items))
    return lambda scope: [item(scope) for item in items]


def _range(compiler: Compiler, node: tree.RangeLiteral) -> Closure:
    start, end = compiler.closures((node.start, node.end))
    start_included, end_included = node.start_included, node.end_included

    def make(scope: Scope) -> Range | None:
        low, high = start(scope), end(scope)
        if low is None and high is None or (low is not None and high is not None and order(low, high) is None):
            return None
        return Range(low, high, start_included, end_included)

    return make


def _unary_range(compiler: Compiler, node: tree.UnaryRange) -> Closure:
    endpoint, operator = compiler.closure(node.endpoint), node.operator
    included = operator in ("<=", ">=", "=", "!=")

    def make(scope: Scope) -> Range:
        value = endpoint(scope)
        if operator in ("<", "<="):
            return Range(None, value, False, included, operator)
        if operator in (">", ">="):
            return Range(value, None, included, False, operator)
        return Range(value, value, True, True, operator)

    return make


_COMPILERS: Mapping[type, Callable[[Compiler, Any], Closure]] = {
    tree.Literal: _literal,
    tree.Name: _name,
    tree.Path: _path,
    tree.Filter: _filter,
    tree.Call: _call,
    tree.Negation: _negation,
    tree.Arithmetic: _arithmetic,
    tree.Comparison: compile_comparison,
    tree.Junction: compile_junction,
    tree.Between: compile_between,
    tree.In: compile_in,
    tree.InstanceOf: _instance_of,
    tree.If: _if,
    tree.For: compile_for,
    tree.Quantified: compile_quantified,
    tree.FunctionDefinition: _function_definition,
    tree.ContextLiteral: _context,
    tree.ListLiteral: _list,
    tree.RangeLiteral: _range,
    tree.UnaryRange: _unary_range,
}
