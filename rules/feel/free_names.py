"""Which variables an expression reads from outside, each with the places where it does."""

from collections.abc import Iterator

from kesu.rules.feel import tree
from kesu.rules.feel.builtins import BUILTINS


def free_names(node: tree.Node, filters: bool = True) -> dict[str, int]:
    """Return the variables read, with the position of the first reading; `?` and built-in functions are left out.

    Without `filters`, the conditions of filters are passed over: what they read may be an entry of the elements.
    """
    found: dict[str, int] = {}
    for name, at in _reads(node, frozenset(), filters):
        if name != "?" and name not in BUILTINS:
            found.setdefault(name, at)
    return found


def called_names(node: tree.Node) -> dict[str, int]:
    """Return the names called as functions that are neither built in nor made in the expression itself, with their places."""
    inside = list(_all_nodes(node))
    calls = {one.function.at for one in inside if isinstance(one, tree.Call)}
    made = {name for one in inside if isinstance(one, tree.ContextLiteral) for name, _ in one.entries}
    read = [(name, at) for name, at in _reads(node, frozenset()) if at in calls]
    return {name: at for name, at in reversed(read) if name not in BUILTINS and name not in made}


def _all_nodes(node: tree.Node) -> Iterator[tree.Node]:
    pending = [node]
    while pending:
        one = pending.pop()
        yield one
        entries = one.entries if isinstance(one, tree.ContextLiteral) else ()
        pending.extend(children(one) if not entries else (entry for _, entry in entries))


def all_names(node: tree.Node) -> frozenset[str]:
    """Return every variable or function that might be read from outside, built-in names included."""
    return frozenset(name for name, _ in _reads(node, frozenset()))


def reads_input(node: tree.Node) -> bool:
    """Say whether `?` is read."""
    return any(name == "?" for name, _ in _reads(node, frozenset()))


def _reads(node: tree.Node, bound: frozenset[str], filters: bool = True) -> Iterator[tuple[str, int]]:
    if isinstance(node, tree.Name):
        if node.name not in bound:
            yield node.name, node.at
    elif isinstance(node, (tree.For, tree.Quantified)):
        yield from _loop_reads(node, bound, filters)
    elif isinstance(node, tree.FunctionDefinition):
        yield from _reads(node.body, bound | {parameter.name for parameter in node.parameters}, filters)
    elif isinstance(node, tree.ContextLiteral):
        for name, entry in node.entries:
            yield from _reads(entry, bound, filters)
            bound = bound | {name}
    elif isinstance(node, tree.Filter):
        yield from _reads(node.source, bound, filters)
        if filters:
            yield from _reads(node.condition, bound | {"item"})
    else:
        for child in children(node):
            yield from _reads(child, bound, filters)


def _loop_reads(node: tree.For | tree.Quantified, bound: frozenset[str], filters: bool) -> Iterator[tuple[str, int]]:
    for iterator in node.iterators:
        yield from _reads(iterator.domain, bound, filters)
        if iterator.end is not None:
            yield from _reads(iterator.end, bound, filters)
        bound = bound | {iterator.name}
    if isinstance(node, tree.For):
        yield from _reads(node.body, bound | {"partial"}, filters)
    else:
        yield from _reads(node.condition, bound, filters)


def children(node: tree.Node) -> Iterator[tree.Node]:
    """Yield the expressions directly inside one, in the order of the text."""
    for name in node.__slots__:
        value = getattr(node, name)
        if isinstance(value, tree.Node) and not isinstance(value, tree.TypeNode):
            yield value
        elif isinstance(value, tuple):
            for one in value:
                if isinstance(one, tree.Node) and not isinstance(one, tree.TypeNode):
                    yield one
