"""Undoing finished work in reverse order: every container keeps a record of what finished in it and can be compensated."""

from collections.abc import Iterable, Iterator
from typing import Any

from SpiffWorkflow.util.task import TaskState

from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.trees import Step

Entry = list[Any]  # [node name, step id, scope id, entries inside]


def record(step: Step) -> None:
    """Note in the container that this activity finished, if there is anything to undo it with."""
    inside: list[Entry] = step.notes.get("done", [])
    container = step.container
    if container is not None and (inside or step.task_spec.compensation is not None):
        container.notes.setdefault("done", []).append([step.task_spec.name, step.id, step.scope.id, inside])


def start(step: Step, activity: str | None, *, wait: bool) -> bool | None:
    """Compensate one activity, or all of the scope, latest first; True when there is nothing to wait for."""
    scope = _scope(step)
    entries: list[Entry] = scope.notes.get("done", [])
    chosen = [e for e in entries if activity is None or step.workflow.model.spec.task_specs[e[0]].element.id == activity]
    scope.notes["done"] = [e for e in entries if e not in chosen]
    step.notes["plan"] = _plan(step, chosen)
    return None if _next(step) else True


def cancel_transaction(step: Step) -> bool | None:
    """Cancel the transaction around a cancel end event: withdraw what runs, undo what is done, leave by the cancel boundary."""
    container = step.container
    assert container is not None
    for other in step.workflow.inside(container):
        if other is not step and other.is_open:
            other.cancel()
    step.notes["cancelling"] = True
    return None if start(step, None, wait=True) is None else _leave_transaction(step)


def proceed(step: Step) -> None:
    """Run the next handler of a plan, or finish the step that asked for it."""
    if step.workflow.tokens(step) or _next(step):
        return
    if step.notes.get("cancelling"):
        _leave_transaction(step)
    else:
        step.complete()


def scopes(entries: Iterable[Entry]) -> Iterator[int]:
    """Yield the scopes that undoing these entries would need."""
    for _, _, scope, inside in entries:
        yield scope
        yield from scopes(inside)


def _leave_transaction(step: Step) -> bool | None:
    container = step.container
    assert container is not None
    for armed in container.children:
        if armed.triggered and armed._state == TaskState.WAITING and any(t.kind == "cancel" for t in getattr(armed.task_spec, "triggers", [])):
            armed.task_spec.fire(armed, 0)
            return True
    return True


def _scope(step: Step) -> Step:
    container = step.container
    assert container is not None
    while container.container is not None and getattr(container.task_spec, "by_event", False) and "done" not in container.notes:
        container = container.container
    return container


def _plan(step: Step, entries: list[Entry]) -> list[Entry]:
    plan: list[Entry] = []
    for name, _, scope, inside in reversed(entries):
        node: Node = step.workflow.model.spec.task_specs[name]
        if node.compensation is not None:
            plan.append([node.compensation.name, scope, inside])
        else:
            plan += _plan(step, inside)
    return plan


def _next(step: Step) -> bool:
    plan: list[Entry] = step.notes.get("plan", [])
    if not plan:
        return False
    name, scope, inside = plan.pop(0)
    tree = step.workflow
    if step._state != TaskState.STARTED:
        step._set_state(TaskState.STARTED)
    tree.enter(
        tree.model.spec.task_specs[name],
        step,
        scope=tree.scopes.by_id[scope],
        within=step.id,
        notes={"done": inside} if inside else None,
    )
    return True
