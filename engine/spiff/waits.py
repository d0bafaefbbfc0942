"""What an instance waits for, as the runtime keeps it in rows of its own.

`detail` by kind: user_task {instance, instances}; service {topic, parameters, result_variable, retries}; timer {due_at,
cycle, left}; message {name, correlation}; signal {name}; conditional {condition}. Subscriptions beside an activity add
{interrupting} and, on its border, {attached_to}.
"""

from collections.abc import Iterator
from typing import Any, Final

from SpiffWorkflow.util.task import TaskState

from kesu.engine.errors import NotFound, sentence
from kesu.engine.spiff.catching import Attached, Boundary, Catching
from kesu.engine.spiff.happenings import Wait, WaitKind
from kesu.engine.spiff.trees import Step, Tree
from kesu.engine.spiff.triggers import Trigger

_KINDS: Final[dict[str, WaitKind]] = {"timer": "timer", "message": "message", "signal": "signal", "conditional": "conditional"}


def waits(tree: Tree) -> list[Wait]:
    """Return everything that somebody or something outside must do for the instance to move."""
    return [wait for step in tree.open_steps() for wait in _waits(step)]


def find(tree: Tree, activity_id: str) -> tuple[Step, int]:
    """Return the open step with this activity id, and which of its triggers is meant.

    Raises `NotFound` where it is not open (any more).
    """
    number, _, index = activity_id.partition(".")
    step = tree.tasks.get(int(number)) if number.isdigit() else None
    if step is None or not step.is_open:
        raise NotFound(
            sentence("The activity {activity} is not open; it may have been done or withdrawn in the meantime."),
            activity=activity_id,
        )
    return step, int(index) if index.isdigit() else 0


def _waits(step: Step) -> Iterator[Wait]:
    spec = step.task_spec
    if spec.wait == "user_task" and step._state == TaskState.READY:
        yield Wait(str(step.id), "user_task", spec.element_key, str(step.scope.id), _loop(step))
    elif spec.wait == "service" and step._state == TaskState.STARTED:
        yield Wait(str(step.id), "service", spec.element_key, str(step.scope.id), _service(step))
    elif isinstance(spec, Catching) and step._state == TaskState.WAITING:
        for index, trigger in enumerate(spec.triggers):
            never = trigger.kind == "timer" and not step.notes["timers"][str(index)]
            if trigger.kind in _KINDS and not never and index not in step.notes.get("seen", ()):
                name = str(step.id) if len(spec.triggers) == 1 else f"{step.id}.{index}"
                yield Wait(
                    name,
                    _KINDS[trigger.kind],
                    spec.element_key,
                    str(step.scope.id),
                    {**_event(step, spec, trigger, index), **_attached(step)},
                )


def _loop(step: Step) -> dict[str, Any]:
    if "index" not in step.notes:
        return {}
    whole = step.container
    return {"instance": step.notes["index"], "instances": whole.notes.get("total") if whole else None}


def _service(step: Step) -> dict[str, Any]:
    service = dict(step.task_spec.element.settings["service"])
    where = step.task_spec.element.id
    service["parameters"] = {name: step.workflow.evaluate(step.scope, source, where) for name, source in service["parameters"].items()}
    topic = service["topic"]
    service["topic"] = step.workflow.literal(step.scope, topic, where)
    return {**service, **_loop(step)}


def _event(step: Step, spec: Catching, trigger: Trigger, index: int) -> dict[str, Any]:
    if trigger.kind == "timer":
        timer = step.notes["timers"][str(index)]
        return {"due_at": spec.due(step, index), "cycle": timer.get("every"), "left": timer.get("left")}
    if trigger.kind == "message":
        return {
            "name": trigger.name,
            "correlation": {key: spec.evaluate(step, source) for key, source in trigger.correlation.items()},
        }
    if trigger.kind == "signal":
        return {"name": trigger.name}
    return {"condition": trigger.expression}


def _attached(step: Step) -> dict[str, Any]:
    if not isinstance(step.task_spec, Attached) or not step.triggered:
        return {}
    detail: dict[str, Any] = {"interrupting": step.task_spec.interrupting}
    if isinstance(step.task_spec, Boundary):
        detail["attached_to"] = str(step._parent)
    return detail
