"""Functions written in FEEL: defining them with the scope they stand in, and calling whatever is a function."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from kesu.rules.errors import Problem, RuleError
from kesu.rules.feel import tree
from kesu.rules.feel.inference import infer
from kesu.rules.feel.scope import Run, Scope
from kesu.rules.feel.types import NamedTypes, type_test
from kesu.rules.feel.values import Function
from kesu.rules.feel.weights import cost, weight

Closure = Callable[[Scope], Any]


class ClosureMaker(Protocol):
    """The part of the compiler that is needed here."""

    types: NamedTypes

    def closure(self, node: tree.Node) -> Closure:
        """Return the closure of a node."""
        ...


def define_function(compiler: ClosureMaker, node: tree.FunctionDefinition) -> Closure:
    """Return the closure that makes the function value."""
    names = tuple(parameter.name for parameter in node.parameters)
    types = tuple(parameter.type for parameter in node.parameters)
    tests = [None if kind is None else type_test(kind, compiler.types) for kind in types]
    if node.external:
        return lambda scope: Function("external", names, _refuse, types)
    body = compiler.closure(node.body)
    known = {name: kind for name, kind in zip(names, types, strict=True) if kind is not None}
    result, heavy = infer(node.body, known, compiler.types), weight(node.body)

    def define(scope: Scope) -> Function:
        def invoke(arguments: list[Any]) -> Any:
            if not fits(arguments, tests):
                return None
            inner = scope.inner(dict(zip(names, arguments, strict=True)))
            return within(scope.run, lambda: body(inner), cost(heavy, scope))

        return Function("function", names, invoke, types, result)

    return define


def call_function(function: Any, arguments: list[Any], names: Sequence[str] | None, run: Run) -> Any:
    """Call a function value by position or by name; null when it is none or the arguments do not fit."""
    run.spend()
    if not isinstance(function, Function):
        return None
    if names is not None and function.by_name is not None:
        return function.by_name(names, arguments)
    if names is not None:
        by_name = dict(zip(names, arguments, strict=True))
        if not by_name.keys() <= set(function.parameters) or len(names) != len(by_name):
            return None
        arguments = [by_name.get(name) for name in function.parameters]
    elif len(arguments) != len(function.parameters) and function.name in ("function", "external"):
        return None
    return function.invoke(arguments)


def within(run: Run, body: Callable[[], Any], steps: int = 1) -> Any:
    """Evaluate the body of a function, which takes so many steps, one call deeper."""
    run.spend(steps)
    run.enter()
    try:
        return body()
    finally:
        run.leave()


def fits(arguments: list[Any], tests: Sequence[Callable[[Any], bool] | None]) -> bool:
    """Say whether every argument is of its parameter's type, after a list of one stood in for its element or back."""
    for index, test in enumerate(tests):
        value = arguments[index]
        if test is None or value is None or test(value):
            continue
        if type(value) is list and len(value) == 1 and test(value[0]):
            arguments[index] = value[0]
        elif type(value) is not list and test([value]):
            arguments[index] = [value]
        else:
            return False
    return True


def _refuse(arguments: list[Any]) -> Any:
    message = "external functions (Java, PMML) are not called here"
    raise RuleError(message, [Problem(message, "external")])
