"""What is wrong with a DMN file before it is published."""

from kesu.rules.dmn.graph import Graph
from kesu.rules.errors import Problem


def check_graph(graph: Graph) -> list[Problem]:
    """Return every problem of a graph, errors first."""
    return sorted(graph.problems, key=lambda problem: problem.severity)
