"""Activities: work that takes time, with boundary events around it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from SpiffWorkflow.util.task import TaskState

from kesu.engine.errors import Rejected, sentence
from kesu.engine.spiff import compensations
from kesu.engine.spiff.catching import Boundary, Catching
from kesu.engine.spiff.happenings import WaitKind
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.throwing import Throwing
from kesu.engine.spiff.trees import OPEN, Step


class Activity(Node):
    """Arms its boundary events when it starts, withdraws them and records itself for compensation when it is done."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.local_in: list[tuple[str, str]] = []
        self.local_out: list[tuple[str, str]] = []
        self.copies_in: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
        self.copies_out: list[tuple[tuple[str, ...], tuple[str, ...]]] = []

    def arrive(self, step: Step) -> bool:
        """Wait for as many tokens as it takes, then set the boundary events."""
        if self.start_quantity > 1 and not self._gathered(step):
            return False
        super().arrive(step)
        self.arm(step)
        if step.is_open:
            self._take_in(step)
        return step.is_open

    def receive(self, step: Step, variables: Mapping[str, Any]) -> None:
        """Take the results of the work: for its own scope where outputs are mapped, else for whoever declares them."""
        if self.local_out:
            step.scope.declare(variables)
        else:
            step.scope.answer(variables)

    def arm(self, step: Step) -> None:
        """Subscribe every boundary event; one whose condition holds already may interrupt at once."""
        armed = {child.task_spec for child in step.children if child.triggered and child.is_open}
        for boundary in self.boundaries:
            if step.is_open and isinstance(boundary, Boundary) and boundary not in armed:
                step.workflow.enter(boundary, step, scope=step.scope, within=step.within, armed=True)

    def reopen(self, step: Step) -> None:
        """Set the boundary events again."""
        self.arm(step)

    def finished(self, step: Step) -> None:
        """Withdraw what was armed, give back what is mapped, remember how to undo."""
        for child in step.children:
            if child.triggered and child._state & OPEN:
                child.cancel()
        self._give_back(step)
        compensations.record(step)

    def _take_in(self, step: Step) -> None:
        self._copy(step, self.copies_in)
        if self.local_in or self.local_out:
            values = {name: self.evaluate(step, source) for name, source in self.local_in}
            step.scope = step.workflow.scopes.open(step.scope, values)

    def _give_back(self, step: Step) -> None:
        if self.local_in or self.local_out:
            results = {name: self.evaluate(step, source) for name, source in self.local_out}
            assert step.scope.parent is not None
            step.scope = step.scope.parent
            (step.scope.answer if self.wait else step.scope.write)(results)
        self._copy(step, self.copies_out)

    def _copy(self, step: Step, ways: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> None:
        for sources, targets in ways:
            known = step.scope.visible()
            source = next((name for name in sources if name in known), None)
            if source is not None and source not in targets:
                step.scope.write({targets[0]: known[source]})

    def _gathered(self, step: Step) -> bool:
        step._set_state(TaskState.WAITING)
        here = [s for s in step.workflow.tasks.values() if s.task_spec is self and s._state == TaskState.WAITING and s.within == step.within]
        if len(here) < self.start_quantity:
            return False
        others = [s for s in here if s is not step][: self.start_quantity - 1]
        for other in others:
            other.notes["into"] = step.id
            other._set_state(TaskState.COMPLETED)
        step.notes["from"] = [s.id for s in others]
        return True


class HumanTask(Activity):
    """A user task (also a plain or manual task): ready until a person completes it."""

    wait: ClassVar[WaitKind | None] = "user_task"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.manual = True


class ServiceTask(Activity):
    """Work of a handler: started, never executed here; the runtime completes it or throws."""

    wait: ClassVar[WaitKind | None] = "service"

    def act(self, step: Step) -> None:
        """Stay started."""
        return None


class SendTask(Activity, Throwing):
    """Sends its message and is done."""


class ReceiveTask(Activity, Catching):
    """Waits for its message, with boundary events around it."""

    def arrive(self, step: Step) -> bool:
        """Set the boundary events, then subscribe to the message, unless it has come: the process begins with it."""
        begun = step.notes.get("begun", False)
        return Activity.arrive(self, step) and (begun or self.await_all(step))


class ScriptTask(Activity):
    """Evaluates a FEEL context and merges its entries into the variables, or keeps the one value in `result`."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.script = ""
        self.result: str | None = None

    def act(self, step: Step) -> bool:
        """Evaluate and write."""
        merge(step, self.evaluate(step, self.script) if self.script else {}, self.result, None)
        return True


class BusinessRuleTask(Activity):
    """Asks the host for a decision and merges its result."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.decision = ""
        self.result: str | None = None

    def act(self, step: Step) -> bool:
        """Decide, tell which rules fired, write."""
        value, fired = step.workflow.host.decide(self.decision, step.scope.visible())
        step.workflow.tell("decided", step, decision=self.decision, value=value, fired=fired)
        merge(step, value, self.result, self.decision)
        return True


def merge(step: Step, value: Any, result: str | None, otherwise: str | None) -> None:
    """Write a result: under `result` if given, else the entries of a context, else under the name `otherwise`.

    Raises `Rejected` for a single value that has no name.
    """
    if result is not None:
        step.scope.write({result: value})
    elif isinstance(value, Mapping):
        step.scope.write(value)
    elif otherwise is not None:
        step.scope.write({otherwise: value})
    else:
        raise Rejected(
            sentence("{element}: expected the script to give a context such as {{ total: price * amount }}, but it gave {value}."),
            element=step.task_spec.element.id,
            value=str(value)[:100],
        )
