"""What every flow node has in common: Spiff's life cycle of a task spec, bent to BPMN's token.

Spiff calls `_update_hook` when a token arrives, `_run` when its turn comes on the agenda, `_on_complete` at its end and
`_on_cancel` when it is withdrawn. Subclasses say what is special: `arrive`, `act`, `choose`, `child_ended`.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from kesu.engine.errors import Rejected, sentence
from kesu.engine.spiff.answers import HELD, Undecided, answer, hold
from kesu.engine.spiff.happenings import WaitKind
from kesu.engine.spiff.models import Element, Flow
from kesu.engine.spiff.trees import OPEN, Step


class Node(TaskSpec):  # type: ignore[misc]  # SpiffWorkflow has no types
    """A flow node: where its tokens come from, where they go, and what may be attached to it."""

    wait: ClassVar[WaitKind | None] = None
    contains: ClassVar[bool] = False  # other steps run inside its activations
    by_event: bool = False  # the handler of an event sub-process
    watches: bool = False  # looks at variables while it waits: a conditional event

    def __init__(self, spec: Any, name: str, element: Element, element_key: str) -> None:
        super().__init__(spec, name)
        self.element = element
        self.element_key = element_key
        self.flows: list[Flow] = []
        self.incoming: list[Flow] = []
        self.boundaries: list[Node] = []
        self.targets: dict[str, Node] = {}
        self.start_quantity = 1
        self.completion_quantity = 1
        self.compensation: Node | None = None

    @property
    def work(self) -> "Node":
        """The node that does the work: this one, unless it only repeats another."""
        return self

    def neighbour(self, element_id: str) -> "Node":
        """Return the node a flow leads to."""
        return self.targets[element_id]

    def arrive(self, step: Step) -> bool:
        """Take the first look at a token that arrived; return whether it may go on at once."""
        step.workflow.tell("entered", step, **self.about(step))
        return True

    def act(self, step: Step) -> bool | None:
        """Do what the node does; None to stay started until something outside says it is done."""
        return True

    def choose(self, step: Step) -> list[Flow]:
        """Return the flows that a finished token takes: all unconditional ones and those whose condition holds."""
        plain = [f for f in self.flows if f.condition is None and not f.default]
        held = [f for f in self.flows if f.condition is not None and self.holds(step, f)]
        if not held and any(f.condition is not None or f.default for f in self.flows):
            held = [f for f in self.flows if f.default] or self._stuck(plain)
        return sorted(plain + held, key=self.flows.index)

    def child_ended(self, step: Step, child: Step) -> None:
        """Hear that a token inside came to its end; only containers have any inside."""

    def withdrawn(self, step: Step) -> None:
        """Clean up after a cancelled activation; boundaries and insides go with it."""
        for armed in step.children:
            if armed.triggered and armed._state & OPEN:
                armed.cancel()
        if self.contains:
            for inner in step.workflow.inside(step):
                inner.cancel()

    def winds_down(self, step: Step) -> bool:
        """Whether nothing is left inside but what events have started; only containers have an inside."""
        return False

    def wind_down(self, step: Step) -> None:
        """Listen no more to what would begin something anew inside; only containers have an inside."""

    def reopen(self, step: Step) -> None:
        """Set up again what surrounds a finished activation that a rewind has opened once more."""

    def about(self, step: Step) -> dict[str, Any]:
        """Return what history should know of this activation beside its id."""
        return {"instance": step.notes["index"]} if "index" in step.notes else {}

    def holds(self, step: Step, flow: Flow) -> bool:
        """Evaluate the condition of a flow. Raises `Undecided`."""
        return flow.condition is not None and answer(step, step.scope, flow.condition, flow.id)

    def evaluate(self, step: Step, expression: str, where: str | None = None) -> Any:
        """Evaluate FEEL over the variables seen from a step."""
        return step.workflow.evaluate(step.scope, expression, where or self.element.id)

    def receive(self, step: Step, variables: Mapping[str, Any]) -> None:
        """Take the results of work done outside."""
        step.scope.answer(variables)

    def leave(self, step: Step) -> None:
        """Send the token on, or let it end here; it stays, its work done, where a condition has no answer."""
        try:
            flows = self.choose(step)
        except Undecided as wrong:
            hold(step, wrong)
            step._set_state(TaskState.ERROR)
            return
        for flow in flows:
            for _ in range(self.completion_quantity):
                step.workflow.take(step, flow)
        if not flows:
            step.workflow.ended(step)

    def ask_again(self, step: Step) -> None:
        """Look once more at the conditions that had no answer."""
        step.notes.pop(HELD)
        step._set_state(TaskState.COMPLETED)
        self.leave(step)

    def finished(self, step: Step) -> None:
        """Do what comes between the end of the work and the departure of the token."""

    def _stuck(self, plain: list[Flow]) -> list[Flow]:
        if plain:
            return []
        raise Rejected(
            sentence("{element}: none of the conditions on the way out holds, and there is no default flow."),
            element=self.element.name or self.element.id,
        )

    def _update_hook(self, step: Step) -> bool:
        return self.arrive(step)

    def _on_ready(self, step: Step) -> None:
        if not self.manual:
            step.workflow.agenda.append(step)

    def _run(self, step: Step) -> bool | None:
        return self.act(step)

    def _on_complete(self, step: Step) -> None:
        step.workflow.tell("completed", step, **self.about(step))
        self.finished(step)
        self.leave(step)

    def _on_cancel(self, step: Step) -> None:
        if not step.triggered:
            step.workflow.tell("cancelled", step, **self.about(step))
        self.withdrawn(step)

    def _predict(self, step: Step, seen: Any = None, looked_ahead: int = 0, mask: int = TaskState.PREDICTED_MASK) -> None:
        """Nothing: what may come is not written down before it comes."""
