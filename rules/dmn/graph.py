"""The decision requirements graph: every node of a model and of what it imports, compiled, with what each needs."""

from collections.abc import Iterator
from dataclasses import dataclass

from kesu.rules.dmn import model
from kesu.rules.dmn.boxed import BoxedCompiler, Closure
from kesu.rules.dmn.item_types import ItemTypes
from kesu.rules.errors import Problem
from kesu.rules.feel.names import special_names

Key = tuple[str, str]  # namespace and id


@dataclass(frozen=True, slots=True)
class Need:
    """A node that another needs, and the names under which it is seen there (a prefix for an imported one)."""

    key: Key
    prefix: str


@dataclass(frozen=True, slots=True)
class CompiledNode:
    """A node ready to be evaluated."""

    key: Key
    node: model.Node
    closure: Closure
    needs: tuple[Need, ...]
    types: ItemTypes
    compiler: BoxedCompiler


@dataclass(frozen=True, slots=True)
class Graph:
    """All nodes by namespace and id."""

    model: model.Model
    nodes: dict[Key, CompiledNode]
    problems: list[Problem]

    def own(self) -> Iterator[CompiledNode]:
        """Yield the nodes of the file itself, in its order."""
        for node_id in self.model.nodes:
            yield self.nodes[self.model.namespace, node_id]


def compile_graph(own: model.Model, imported: list[model.Model]) -> Graph:
    """Compile a model with those it imports; what is wrong is listed, not raised."""
    models = {one.namespace: one for one in [*imported, own]}
    problems: list[Problem] = []
    nodes: dict[Key, CompiledNode] = {}
    for one in models.values():
        builder = _Builder(one, models, problems)
        nodes.update((compiled.key, compiled) for compiled in map(builder.node, one.nodes.values()))
    return Graph(own, nodes, problems)


class _Builder:
    def __init__(self, own: model.Model, models: dict[str, model.Model], problems: list[Problem]) -> None:
        self.own = own
        self.models = models
        self.problems = problems
        self.prefixes = {one.namespace: one.name for one in own.imports}
        self.types = ItemTypes(_types(own, models, "", 0))
        self.names = special_names(_names(own, models, 0))
        for one in own.imports:
            if one.namespace not in models:
                problems.append(Problem(f"the imported model {one.namespace!r} is not there", "import"))

    def node(self, node: model.Node) -> CompiledNode:
        names = self.names | special_names(_boxed_names(node.logic))
        compiler = BoxedCompiler(node.id, self.types, names, self.own.language)
        closure = compiler.closure(node.logic)
        needs = tuple(need for href in _hrefs(node) if (need := self._need(href, node)))
        self.problems.extend(compiler.problems)
        return CompiledNode((self.own.namespace, node.id), node, closure, needs, self.types, compiler)

    def _need(self, href: str, node: model.Node) -> Need | None:
        namespace, _, target = href.rpartition("#")
        namespace = namespace or self.own.namespace
        wanted = self.models.get(namespace)
        if wanted is None or target not in wanted.nodes:
            self.problems.append(Problem(f"the required element {href!r} is not there", "requirement", node.id))
            return None
        return Need((namespace, target), "" if namespace == self.own.namespace else self.prefixes.get(namespace, ""))


def _hrefs(node: model.Node) -> list[str]:
    return [*(one.href for one in node.requirements), *node.outputs, *node.encapsulated, *node.input_decisions, *node.input_data]


def _types(
    own: model.Model, models: dict[str, model.Model], prefix: str, depth: int
) -> list[tuple[str, model.ItemDefinition]]:
    found = [(prefix + name, definition) for name, definition in own.types.items()]
    for one in own.imports:
        if one.namespace in models and depth < 5:
            found += _types(models[one.namespace], models, f"{prefix}{one.name}." if one.name else prefix, depth + 1)
    return found


def _names(own: model.Model, models: dict[str, model.Model], depth: int) -> set[str]:
    found = {own_name for node in own.nodes.values() for own_name in (node.name, node.variable)}
    for definition in own.types.values():
        found |= _component_names(definition)
    for one in own.imports:
        found.add(one.name)
        if one.namespace in models and depth < 5:
            found |= _names(models[one.namespace], models, depth + 1)
    return found


def _component_names(definition: model.ItemDefinition) -> set[str]:
    found = {definition.name}
    for one in definition.components:
        found |= _component_names(one)
    return found


def _boxed_names(boxed: object) -> set[str]:
    """Find the names that boxed expressions declare: entries, parameters, columns, outputs, loop variables."""
    found: set[str] = set()
    pending = [boxed]
    while pending:
        one = pending.pop()
        if isinstance(one, tuple):
            pending.extend(one)
        elif isinstance(one, (model.Boxed, model.Entry, model.OutputClause)):
            found.update(_declared(one))
            if isinstance(one, model.Invocation):  # the names of its bindings are the function's, not known here
                one = model.BoxedList(None, None, tuple(binding.value for binding in one.bindings if binding.value))
            pending.extend(getattr(one, name) for name in one.__dataclass_fields__)
    return found


def _declared(one: object) -> list[str]:
    if isinstance(one, (model.Entry, model.OutputClause)):
        return [one.name] if one.name else []
    if isinstance(one, model.Relation):
        return list(one.columns)
    return [one.variable] if isinstance(one, model.BoxedLoop) else []
