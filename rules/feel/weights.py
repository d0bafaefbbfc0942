"""What evaluating an expression once costs, told from its tree: steps charged before it is done.

A step stands for about three microseconds of a small machine, and for eight plain nodes. Loops,
filters and functions charge for their bodies each time; what depends on the values, not on the
text, is charged where it is done.
"""

from dataclasses import fields

from kesu.rules.feel import tree
from kesu.rules.feel.scope import Scope

_NODES_A_STEP = 8
_SCOPES_A_STEP = 4  # scopes a name is looked for in, in the time of one node
_HEAVY: dict[type, int] = {
    tree.Call: 4,
    tree.FunctionDefinition: 32,
    tree.ContextLiteral: 3,
    tree.In: 8,
}


def weight(*nodes: object) -> int:
    """Return how many steps it takes to evaluate these nodes once, without what is charged besides."""
    return 1 + sum(_units(node) for node in nodes) // _NODES_A_STEP


def cost(weight: int, scope: Scope) -> int:
    """Return what a weight comes to in a scope: the deeper it lies, the farther names are looked for."""
    return weight + weight * (scope.depth // _SCOPES_A_STEP)


def _units(root: object) -> int:
    total, pending = 0, [root]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending.extend(node)
        elif isinstance(node, tree.Node):
            total += _HEAVY.get(type(node), 1)
            pending.extend(_evaluated_with(node))
    return total


def _evaluated_with(node: tree.Node) -> list[object]:
    """Return the parts that are evaluated once with a node; bodies charge for themselves."""
    if isinstance(node, (tree.For, tree.Quantified)):
        return [node.iterators[0].domain, node.iterators[0].end]
    if isinstance(node, tree.Filter):
        return [node.source]
    if isinstance(node, tree.FunctionDefinition):
        return [node.parameters]
    return [getattr(node, field.name) for field in fields(node) if field.name != "at"]
