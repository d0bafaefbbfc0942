"""Evaluating a node with everything it needs, each once: decisions, knowledge and services that can be called, inputs."""

from typing import Any

from kesu.rules.dmn.graph import CompiledNode, Graph, Key, Need
from kesu.rules.dmn.item_types import coerced
from kesu.rules.errors import Problem, RuleError
from kesu.rules.feel.functions import within
from kesu.rules.feel.scope import Run, Scope
from kesu.rules.feel.text import to_text
from kesu.rules.feel.values import Function


class Session:
    """One evaluation of a graph: the context handed in, and the values found so far."""

    def __init__(self, graph: Graph, context: dict[str, Any], run: Run, given: dict[Key, Any] | None = None) -> None:
        self.graph = graph
        self.run = run
        self.context = context
        self.root = Scope(context, None, run)
        self.found: dict[Key, Any] = dict(given or {})
        self.open: list[Key] = []

    def value(self, node: CompiledNode, prefix: str = "") -> Any:
        """Return the value of a node, evaluating what it needs first."""
        if node.key in self.found:
            return self.found[node.key]
        if node.key in self.open:
            message = f"{node.node.name!r} requires itself"
            raise RuleError(message, [Problem(message, "cycle", node.node.id)])
        self.open.append(node.key)
        value = _VALUES[node.node.kind](self, node, prefix)
        self.open.pop()
        self.found[node.key] = value
        return value

    def scope(self, node: CompiledNode) -> Scope:
        """Return the scope in which the logic of a node stands: the context, and over it what the node requires."""
        values: dict[str, Any] = {}
        for need in node.needs:
            needed = self.graph.nodes[need.key]
            self._name(values, need, needed, self.value(needed, need.prefix))
        return self.root.inner(values)

    def _name(self, values: dict[str, Any], need: Need, needed: CompiledNode, value: Any) -> None:
        names = (needed.node.name, needed.node.variable)
        if not need.prefix:
            values.update(dict.fromkeys(names, value))
            return
        inside = values.setdefault(need.prefix, dict(_mapping(self.context.get(need.prefix))))
        inside.update(dict.fromkeys(names, value))


def _mapping(value: Any) -> dict[str, Any]:
    return value if type(value) is dict else {}


def _input(session: Session, node: CompiledNode, prefix: str) -> Any:
    value = node.types.read(_given(session.context, node, prefix), node.node.type_ref)
    if value is None:
        return None
    test = node.types.test(node.node.type_ref)
    fits, fitted = coerced(value, test)
    restriction = node.types.restriction(node.node.type_ref)
    if not fits or (restriction is not None and not restriction(fitted)):
        message = f"expected {node.node.name!r} to be of type {node.node.type_ref}, but it is {to_text(value)[:80]}"
        raise RuleError(message, [Problem(message, "input", node.node.id)])
    return fitted


def _given(context: dict[str, Any], node: CompiledNode, prefix: str) -> Any:
    names = (node.node.variable, node.node.name, node.node.id)
    places = [_mapping(context.get(prefix)), context] if prefix else [context]
    for place in places:
        for name in names:
            if name in place:
                return place[name]
    return context.get(f"{prefix}.{node.node.variable}")


def _decision(session: Session, node: CompiledNode, prefix: str) -> Any:
    value = within(session.run, lambda: node.closure(session.scope(node)))
    test = node.types.test(node.node.type_ref) if node.node.type_ref else None
    return coerced(value, test)[1]


def _knowledge(session: Session, node: CompiledNode, prefix: str) -> Any:
    function = node.closure(session.scope(node))
    if not isinstance(function, Function):
        return None
    test = node.types.test(node.node.type_ref) if node.node.type_ref else None
    if test is None:
        return function
    return Function(
        function.name, function.parameters, lambda arguments: coerced(function.invoke(arguments), test)[1], function.types
    )


def _service(session: Session, node: CompiledNode, prefix: str) -> Any:
    """As the root, a service is evaluated with the context; as something required, it is a function."""
    if len(session.open) > 1:
        return _service_function(session, node)
    keys = _references(node, node.node.input_decisions)
    given = {key: _given(session.context, session.graph.nodes[key], "") for key in keys}
    return _outputs(Session(session.graph, session.context, session.run, given), node)


def _service_function(session: Session, node: CompiledNode) -> Function:
    inputs = _references(node, node.node.input_data + node.node.input_decisions)
    names = tuple(session.graph.nodes[key].node.name for key in inputs)

    def invoke(arguments: list[Any]) -> Any:
        given = dict(zip(inputs, arguments, strict=True))
        fitted = {key: _fitted(session.graph.nodes[key], value) for key, value in given.items()}
        if not all(fits for fits, _ in fitted.values()):
            return None
        inner = Session(session.graph, {}, session.run, {key: value for key, (_, value) in fitted.items()})
        return within(session.run, lambda: _outputs(inner, node))

    return Function("function", names, invoke)


def _fitted(node: CompiledNode, value: Any) -> tuple[bool, Any]:
    return coerced(value, node.types.test(node.node.type_ref) if node.node.type_ref else None)


def _outputs(session: Session, node: CompiledNode) -> Any:
    keys = _references(node, node.node.outputs)
    values = {session.graph.nodes[key].node.name: session.value(session.graph.nodes[key]) for key in keys}
    value = next(iter(values.values())) if len(values) == 1 else values
    return _fitted(node, value)[1]


def _references(node: CompiledNode, hrefs: tuple[str, ...]) -> list[Key]:
    wanted = {href.rpartition("#")[2]: None for href in hrefs}
    return [need.key for name in wanted for need in node.needs if need.key[1] == name][: len(wanted)]


_VALUES = {
    "input": _input,
    "decision": _decision,
    "knowledge": _knowledge,
    "service": _service,
}
