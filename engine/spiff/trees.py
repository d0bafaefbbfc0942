"""SpiffWorkflow's task tree, one task an activation, with what BPMN needs beside it: containers, scopes and an agenda.

A `Step` is a Spiff task that also knows the container it runs in (the sub-process, call or multi-instance activity; the process
itself is the outermost) and its variables' scope. Spiff predicts future tasks and looks for work by walking the tree;
here nothing is predicted, and whatever becomes ready says so to the agenda, so a step costs the same in a large instance.
"""

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from kesu.engine.errors import Rejected, sentence
from kesu.engine.spiff import expressions
from kesu.engine.spiff.happenings import Happening, HappeningKind, Host
from kesu.engine.spiff.models import Flow, Model
from kesu.engine.spiff.scopes import Scope, Scopes

if TYPE_CHECKING:
    from kesu.engine.spiff.laps import Lap
    from kesu.engine.spiff.nodes import Node

OPEN: Final = TaskState.FUTURE | TaskState.WAITING | TaskState.READY | TaskState.STARTED | TaskState.ERROR
MAX_STEPS: Final = 20_000
MAX_NESTING: Final = 50


class Step(Task):  # type: ignore[misc]  # SpiffWorkflow has no types
    """One activation of a node. `triggered` (Spiff's word) marks a mere subscription, which holds no token."""

    task_spec: "Node"
    workflow: "Tree"

    def __init__(
        self,
        tree: "Tree",
        spec: "Node",
        parent: "Step | None",
        *,
        number: int,
        state: int,
        scope: Scope,
        within: int | None,
        armed: bool = False,
    ) -> None:
        self.id: int = number
        self.workflow = tree
        self.task_spec = spec
        self._parent = None if parent is None else parent.id
        self._children: list[int] = []
        self._state = state
        self.triggered = armed
        self.thread_id = 0
        self.data: dict[str, Any] = {}
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = 0.0
        self.scope = scope
        self.within = within
        tree.tasks[number] = self
        if parent is not None:
            parent._children.append(number)
        if not armed and state & OPEN:
            tree.count(within, 1)

    @property
    def notes(self) -> dict[str, Any]:
        """What the node must remember of this activation; JSON."""
        return self.internal_data

    @property
    def is_open(self) -> bool:
        """Whether anything may still come of it."""
        return bool(self._state & OPEN)

    @property
    def container(self) -> "Step | None":
        """The activation this one runs inside of; None for the process itself."""
        return None if self.within is None else self.workflow.tasks[self.within]

    def claim(self) -> None:
        """Turn a subscription that has fired into a token."""
        if self.triggered:
            self.triggered = False
            self.workflow.count(self.within, 1)

    def run(self) -> bool | None:
        """Let the node act; what it threw may have withdrawn this very step."""
        result: bool | None = self.task_spec._run(self)
        if not self.is_open:
            return result
        if result is None:
            self._set_state(TaskState.STARTED)
        elif result is False:
            self._set_state(TaskState.ERROR)
        else:
            self.complete()
        return result

    def cancel(self) -> None:
        """Withdraw this activation and everything that runs inside it."""
        if self.is_open:
            self._set_state(TaskState.CANCELLED)
            self.task_spec._on_cancel(self)

    def _set_state(self, value: int) -> None:
        before, self._state = self._state, value
        if not self.triggered and bool(before & OPEN) != bool(value & OPEN):
            self.workflow.count(self.within, 1 if value & OPEN else -1)

    def _inherit_data(self) -> None:
        """Nothing: variables live in scopes."""


class Tree(Workflow):  # type: ignore[misc]  # SpiffWorkflow has no types
    """A running instance: Spiff's workflow over our steps."""

    tasks: dict[int, Step]

    def __init__(self, model: Model, host: Host) -> None:
        super().__init__(model.spec, deserializing=True)
        self.model = model
        self.host = host
        self.scopes = Scopes()
        self.agenda: deque[Step] = deque()
        self.happenings: list[Happening] = []
        self.laps: list[Lap] = []  # what rewinds undid that was not in the tree any more
        self.next_id = 1
        self.watching = False  # some open step looks at variables: conditional events
        self._open: dict[int | None, int] = {}

    def count(self, within: int | None, by: int) -> None:
        """Keep the number of tokens in a container."""
        self._open[within] = self._open.get(within, 0) + by

    def tokens(self, container: Step) -> int:
        """Return how many tokens are in a container."""
        return self._open.get(container.id, 0)

    def enter(
        self,
        spec: "Node",
        parent: Step | None,
        *,
        scope: Scope,
        within: int | None,
        armed: bool = False,
        via: str | None = None,
        notes: dict[str, Any] | None = None,
    ) -> Step:
        """Activate a node under `parent` and let it take its first look."""
        if len(self.tasks) > MAX_STEPS:
            raise Rejected(
                sentence("{element}: the instance has more than {limit} activations at once."),
                element=spec.element.id,
                limit=MAX_STEPS,
            )
        step = Step(self, spec, parent, number=self.next_id, state=TaskState.FUTURE, scope=scope, within=within, armed=armed)
        self.next_id += 1
        if notes:
            step.notes.update(notes)
        if via is not None:
            step.notes["via"] = via
        spec._update(step)
        return step

    def take(self, step: Step, flow: Flow, race: int | None = None) -> None:
        """Send a token along a sequence flow; `race` is the event-based gateway it competes behind."""
        self.happenings.append(Happening("flow", flow.id, str(step.id)))
        self.enter(
            step.task_spec.neighbour(flow.target),
            step,
            scope=step.scope,
            within=step.within,
            via=flow.id,
            notes=None if race is None else {"race": race},
        )

    def drop(self, step: Step) -> None:
        """Take a finished step and all that hangs off it out of the tree."""
        parent = step.parent
        if parent is not None:
            parent._children.remove(step.id)
        doomed = [step.id]
        while doomed:
            gone = self.tasks.pop(doomed.pop(), None)
            if gone is not None:
                doomed.extend(gone._children)

    def ended(self, step: Step) -> None:
        """Tell the container that a token came to its end there."""
        container = step.container
        if container is None:
            self.completed = True
        elif container._state == TaskState.STARTED:
            container.task_spec.child_ended(container, step)

    def evaluate(self, scope: Scope, expression: str, where: str, more: dict[str, Any] | None = None) -> Any:
        """Evaluate FEEL over the variables of a scope (and `more`), at the host's time."""
        return expressions.evaluate(expression, {**scope.visible(), **(more or {})}, where, self.host.now())

    def literal(self, scope: Scope, source: str, where: str) -> Any:
        """Return an attribute's value: FEEL after a leading `=`, else the text itself."""
        return self.evaluate(scope, source[1:], where) if source.startswith("=") else source

    def tell(self, kind: HappeningKind, step: Step, /, **detail: Any) -> None:
        """Note something for the runtime."""
        self.happenings.append(Happening(kind, step.task_spec.element_key, str(step.id), detail))

    def inside(self, container: Step) -> list[Step]:
        """Return the steps that run directly in a container, open or not."""
        return [s for s in self.tasks.values() if s.within == container.id]

    def open_steps(self) -> Iterator[Step]:
        """Yield every step of which something may still come."""
        return (s for s in list(self.tasks.values()) if s._state & OPEN)

    def nesting(self, step: Step) -> int:
        """Return how many containers a step stands in."""
        depth, container = 0, step.container
        while container is not None:
            depth, container = depth + 1, container.container
        return depth

    def _task_completed_notify(self, task: Task) -> None:
        """Nothing: Spiff would look at every waiting task here."""
