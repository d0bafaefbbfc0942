"""Events that throw: out of the instance (messages, signals), up its containers (errors, escalations), or back (compensation)."""

from typing import Any, ClassVar

from SpiffWorkflow.util.task import TaskState

from kesu.engine.spiff import compensations
from kesu.engine.spiff.catching import Attached, Boundary, Catching, EventStart
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.trees import Step, Tree
from kesu.engine.spiff.triggers import Trigger


class Throwing(Node):
    """An intermediate throw event, an end event or a send task; without a trigger it just passes."""

    contains: ClassVar[bool] = True  # compensation handlers

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.triggers: list[Trigger] = []

    def act(self, step: Step) -> bool | None:
        """Throw everything there is to throw; compensation holds the token until it is done."""
        result: bool | None = True
        for trigger in self.triggers:
            outcome = throw(self, step, trigger)
            if outcome is not True:
                result = outcome
            if not step.is_open:
                break
        return result

    def child_ended(self, step: Step, child: Step) -> None:
        """A compensation handler is done: on to the next, or on with the token."""
        compensations.proceed(step)


def throw(node: Node, step: Step, trigger: Trigger) -> bool | None:
    """Throw one trigger; True when done, None while compensation runs, False when an error found nobody."""
    tree = step.workflow
    if trigger.kind in ("message", "signal"):
        send(node, step, trigger)
    elif trigger.kind == "error":
        return throw_error(step, trigger.thrown)
    elif trigger.kind == "escalation":
        escalate(step, trigger.thrown)
    elif trigger.kind == "compensate":
        return compensations.start(step, trigger.activity, wait=trigger.wait)
    elif trigger.kind == "cancel":
        return compensations.cancel_transaction(step)
    elif trigger.kind == "terminate":
        for other in tree.inside(tree.tasks[step.within or 0]):
            if other is not step:
                other.cancel()
    return True


def send(node: Node, step: Step, trigger: Trigger) -> None:
    """Send a message or signal: a signal reaches this instance's own waits at once, the rest is told to the runtime."""
    payload = node.evaluate(step, trigger.payload) if trigger.payload else {}
    variables = payload if isinstance(payload, dict) else {}
    correlation = {key: node.evaluate(step, value) for key, value in trigger.correlation.items()}
    step.workflow.tell("thrown", step, kind=trigger.kind, name=trigger.name, correlation=correlation, variables=variables)
    if trigger.kind == "signal":
        broadcast(step.workflow, trigger.name, variables)


def broadcast(tree: Tree, name: str | None, variables: dict[str, Any]) -> None:
    """Deliver a signal to everything in this instance that was waiting for it."""
    waiting = [
        (s, i)
        for s in tree.open_steps()
        if isinstance(s.task_spec, Catching) and s._state == TaskState.WAITING
        for i, t in enumerate(s.task_spec.triggers)
        if t.kind == "signal" and t.name == name
    ]
    for step, index in waiting:
        if step._state == TaskState.WAITING and isinstance(step.task_spec, Catching):
            step.task_spec.caught(step, index, variables)


def throw_error(step: Step, code: str | None, message: str | None = None) -> bool:
    """Throw a BPMN error from a step; return False, with a happening, where nothing around it catches this code."""
    found = _catcher(step, "error", code)
    if found is None:
        step.workflow.tell("uncaught_error", step, code=code, message=message)
        return False
    _fire(step, *found)
    return True


def escalate(step: Step, code: str | None) -> None:
    """Throw an escalation; uncaught it is told, and the token goes on."""
    found = _catcher(step, "escalation", code)
    if found is None:
        step.workflow.tell("uncaught_escalation", step, code=code)
    else:
        _fire(step, *found)


def _fire(thrower: Step, step: Step, index: int, level: Step) -> None:
    """Let a subscription go off; the handler of an event that its own scope has thrown knows which came before it."""
    assert isinstance(step.task_spec, Attached)
    _take_out(thrower, step)
    if level.task_spec.by_event and isinstance(step.task_spec, EventStart):
        step.notes["after"] = _came_through(level)
    step.task_spec.fire(step, index)


def _take_out(thrower: Step, catcher: Step) -> None:
    """What was answered in a member goes out with what it throws to a handler outside of it."""
    home, told = catcher.scope.home(), dict[str, Any]()
    level: Step | None = thrower
    while level is not None and level.scope.home() is not home:
        told = {**level.scope.own(), **told}
        level = level.container
    catcher.scope.hand_out(told, catcher.task_spec.element_key)


def _catcher(step: Step, kind: str, code: str | None) -> tuple[Step, int, Step] | None:
    """Return who catches this, nearest first, and the step of its scope out of which it came."""
    level: Step | None = step
    while level is not None:
        found = _best([s for s in level.children if s.triggered and isinstance(s.task_spec, Boundary)], kind, code)
        container = level.container
        if found is None and container is not None:
            passed = _came_through(level)
            armed = [s for s in container.children if s.triggered and s.within == container.id and s.task_spec.name not in passed]
            found = _best(armed, kind, code)
        if found is not None:
            return *found, level
        level = container
    return None


def _came_through(level: Step) -> list[str]:
    """Return the starts of event sub-processes behind a step of their scope: what it throws again belongs to the scope outside."""
    if not level.task_spec.by_event:
        return []
    begun = level.parent.task_spec.name if level.parent is not None else ""
    return list(level.notes.get("through", [begun]))  # a handler that began before this was noted came through its own start


def _best(armed: list[Step], kind: str, code: str | None) -> tuple[Step, int] | None:
    found = [
        (t.fits(code), s, i)
        for s in armed
        if s._state == TaskState.WAITING and isinstance(s.task_spec, Attached)
        for i, t in enumerate(s.task_spec.triggers)
        if t.kind == kind and t.fits(code)
    ]
    closest = max(found, key=lambda each: each[0], default=None)
    return None if closest is None else closest[1:]


class Start(Node):
    """A start event: its trigger has happened already when a token stands here."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.triggers: list[Trigger] = []
