"""What is wrong with a DMN file before it is published: everything the compiler noted, names, types, tables, cycles."""

from collections.abc import Iterator, Mapping
from typing import Any

from kesu.rules.dmn import model
from kesu.rules.dmn.graph import CompiledNode, Graph, Key
from kesu.rules.dmn.name_checks import NameCheck
from kesu.rules.dmn.table_checks import check_table
from kesu.rules.errors import Problem


def check_graph(graph: Graph, variables: Mapping[str, Any] | None = None) -> list[Problem]:
    """Return every problem of a graph, errors first; `variables` are names known besides what the file declares."""
    problems = [*graph.problems, *_cycles(graph)]
    for node in graph.own():
        problems.extend(_logic(node))
        problems.extend(NameCheck(graph, node, variables).problems())
        for table in tables_in(node.node.logic):
            problems.extend(check_table(table, node.compiler))
    return sorted(dict.fromkeys(problems), key=lambda problem: problem.severity)


def tables_in(boxed: Any) -> Iterator[model.DecisionTable]:
    """Yield the decision tables anywhere in a boxed expression."""
    if isinstance(boxed, model.DecisionTable):
        yield boxed
    elif isinstance(boxed, tuple):
        for one in boxed:
            yield from tables_in(one)
    elif isinstance(boxed, (model.Boxed, model.Entry)):
        for name in boxed.__dataclass_fields__:
            yield from tables_in(getattr(boxed, name))


def _logic(node: CompiledNode) -> Iterator[Problem]:
    if node.node.kind in ("decision", "knowledge") and node.node.logic is None:
        yield Problem(f"{node.node.name!r} has no logic, so it is always null", "no_logic", node.node.id, severity="warning")


def _cycles(graph: Graph) -> Iterator[Problem]:
    done: set[Key] = set()
    for start in graph.nodes:
        path: list[Key] = []
        if start not in done and _reaches_itself(graph, start, path, done):
            node = graph.nodes[path[-1]].node
            yield Problem(f"{node.name!r} requires itself", "cycle", node.id)


def _reaches_itself(graph: Graph, key: Key, path: list[Key], done: set[Key]) -> bool:
    path.append(key)
    for need in graph.nodes[key].needs:
        # Knowledge may call itself; a decision may not.
        if need.key in path and graph.nodes[need.key].node.kind == "decision":
            return True
        if need.key not in done and need.key not in path and _reaches_itself(graph, need.key, path, done):
            return True
    done.add(path.pop())
    return False
