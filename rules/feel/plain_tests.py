"""Unary tests of constants only, which most cells of a large table are: told at a glance, without looking for names."""

from kesu.rules.feel import tree

Shape = tuple[object, ...]


def shape(node: tree.UnaryTests) -> Shape | None:
    """Return of what kinds the tests are, their values left out; None where they are more than constants and ranges.

    Two cells of one shape are of the same types and read nothing, so what a check says of one it says of the other.
    """
    found = []
    for test in node.tests:
        part = plain(test)
        if part is None:
            return None
        found.append(part)
    return tuple(found)


def plain(test: tree.Node) -> object | None:
    """Return of what kind a test is; None where it is more than a constant or a range of constants."""
    if isinstance(test, tree.RangeLiteral):
        low, high = _constant(test.start), _constant(test.end)
        return None if low is None or high is None else (low, high)
    if isinstance(test, tree.UnaryRange):
        edge = _constant(test.endpoint)
        return None if edge is None else (test.operator, edge)
    return _constant(test)


def _constant(node: tree.Node) -> object | None:
    if isinstance(node, tree.Literal):
        return type(node.value)
    if isinstance(node, tree.Negation) and isinstance(node.operand, tree.Literal):
        return "-", type(node.operand.value)
    return None
