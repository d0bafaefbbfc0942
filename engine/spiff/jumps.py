"""Jumping ahead: the token leaves its activity and stands at a later human task, without passing what lies between.

Legal where the way there is certain: the target is in the same container or one around it, it is not inside a parallel block that has
not begun, and what a join in between would have waited for is given up with it.
"""

from collections.abc import Iterable, Sequence

from kesu.engine.errors import Rejected, sentence
from kesu.engine.spiff.containers import Container, Content
from kesu.engine.spiff.gateways import InclusiveGateway, Joining, ParallelGateway
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.trees import Step


def targets(step: Step) -> list[tuple[Step, Node]]:
    """Return the human tasks ahead of an open step, each with the activation (the step or a container of it) that would be left."""
    found, here = [], step
    while True:
        reachable = _reachable([here.task_spec], None)
        ahead = sorted((node for node in reachable if node.wait == "user_task" and node is not here.task_spec), key=lambda node: node.element_key)
        found += [(here, node) for node in ahead if _is_certain(here.task_spec, node)]
        if here.container is None or here.container.container is None:
            return found
        here = here.container


def jump(step: Step, element_key: str) -> tuple[Step, list[str]]:
    """Move the token to a human task ahead; return the new activation and the human tasks passed over.

    Raises `Rejected` where there is no certain way to it.
    """
    leaving, node = next(((here, node) for here, node in targets(step) if node.element_key == element_key), (None, None))
    if leaving is None or node is None:
        raise Rejected(sentence("{element} cannot be jumped to from here: the way to it is not certain."), element=element_key)
    way = _way(leaving.task_spec, node)
    given_up = [other for other in _beside(leaving) if _meets(other.task_spec, way, node)]
    passed = _passed_over([leaving, *given_up], node)
    tree = leaving.workflow
    for gone in [leaving, *given_up]:
        gone.cancel()
    arrived = tree.enter(node, leaving, scope=leaving.scope, within=leaving.within)
    for gone in given_up:
        gone.notes["jumped"] = arrived.id
    return arrived, [each.element_key for each in passed]


def _passed_over(gone: Sequence[Step], target: Node) -> list[Node]:
    """Return the human tasks that will not be done: before the target, and in what is left before its end."""
    found = _between([step.task_spec for step in gone], target)
    for step in gone:
        for inner in _running(step):
            found += [each for each in _between([inner.task_spec], None) if each not in found]
    return found


def _running(container: Step) -> list[Step]:
    """Return every token inside an activation, at any depth."""
    direct = [step for step in container.workflow.inside(container) if step.is_open and not step.triggered]
    return [each for step in direct for each in [step, *_running(step)]]


def _between(sources: Sequence[Node], target: Node | None) -> list[Node]:
    """Return the human tasks on the way to the target (or to the end): in every branch of a parallel block, and inside the activities.

    Where one way is chosen it is the shortest: which one it would have been nobody knows.
    """
    found: list[Node] = []
    pending = list(sources)
    for node in pending:
        ahead = _after(node) if _splits(node) else _way(node, target)[1:2]
        pending += [each for each in ahead if each is not target and each not in pending]
    for node in pending[len(sources):]:
        found += [each for each in [node, *_inside(node, frozenset())] if each.work.wait == "user_task" and each not in found]
    return found


def _inside(node: Node, around: frozenset[Content]) -> list[Node]:
    """Return every node inside an activity, at any depth, as far as it is known; a process that calls itself is gone through once."""
    content = node.work.foreseen() if isinstance(node.work, Container) else None
    if content is None or content in around:
        return []
    direct = sorted({*content.starts, *_reachable(content.starts, None)}, key=lambda each: each.element_key)
    return [each for one in direct for each in [one, *_inside(one, around | {content})]]


def _beside(step: Step) -> list[Step]:
    return [s for s in step.workflow.open_steps() if s.within == step.within and s is not step and not s.triggered]


def _meets(other: Node, way: list[Node], target: Node) -> bool:
    """Whether a token there would have come to one of the joins that are jumped over."""
    joins = [node for node in way[1:-1] if _joins(node)]
    return any(other is join or join in _reachable([other], target) for join in joins)


def _is_certain(source: Node, target: Node) -> bool:
    way = _way(source, target)
    return all(_comes_by(split, target) for split in way[:-1] if _splits(split))


def _comes_by(split: Node, target: Node) -> bool:
    """Whether every way from a split passes the target before it ends."""
    return all(node.flows or node is target for node in _reachable([split], target))


def _splits(node: Node) -> bool:
    if isinstance(node, ParallelGateway | InclusiveGateway):
        return len(node.flows) > 1
    return len([flow for flow in node.flows if flow.condition is None and not flow.default]) > 1


def _joins(node: Node) -> bool:
    return isinstance(node, Joining) and len(node.incoming) > 1


def _way(source: Node, target: Node | None) -> list[Node]:
    """Return the shortest way from one node to another, or to an end, both included; empty where there is none."""
    came: dict[Node, Node | None] = {source: None}
    pending = [source]
    for node in pending:
        for after in _after(node):
            if after not in came:
                came[after] = node
                pending.append(after)
    way: list[Node] = []
    at = next((node for node in pending if (node is target if target else not node.flows)), None)
    while at is not None:
        way.insert(0, at)
        at = came[at]
    return way


def _reachable(sources: Iterable[Node], but: Node | None) -> set[Node]:
    found: set[Node] = set()
    pending = [after for node in sources for after in _after(node)]
    while pending:
        node = pending.pop()
        if node not in found:
            found.add(node)
            pending += [] if node is but else _after(node)
    return found


def _after(node: Node) -> list[Node]:
    return [node.targets[flow.target] for flow in node.flows]
