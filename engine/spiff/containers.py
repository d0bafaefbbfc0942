"""Containers: the process itself, sub-processes of every kind, and calls of other processes."""

from typing import Any, ClassVar

from SpiffWorkflow.util.task import TaskState

from kesu.engine.errors import Rejected, sentence
from kesu.engine.spiff.activities import Activity
from kesu.engine.spiff.answers import HELD, Undecided, answer, hold
from kesu.engine.spiff.catching import Attached, Boundary, Catching, EventStart
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.scopes import Scope
from kesu.engine.spiff.trees import MAX_NESTING, OPEN, Step


class Content:
    """What is drawn inside a process or sub-process: where it begins, and the event sub-processes that watch over it."""

    def __init__(self) -> None:
        self.starts: list[Node] = []
        self.by_trigger: list[Node] = []
        self.together: list[list[Node]] = []  # events behind one gateway that begins with all of them, whichever comes first
        self.event_starts: list[EventStart] = []
        self.local: list[str] = []
        self.undo: Node | None = None

    def open(self, step: Step, scope: Scope) -> None:
        """Arm the event sub-processes, then put a token on every start."""
        for start in self.event_starts:
            if step.is_open:
                step.workflow.enter(start, step, scope=scope, within=step.id, armed=True)
        at = step.notes.get("at")
        for node in self._chosen(at):
            if step.is_open and "seized" not in step.notes:
                begun = isinstance(node, Catching) and node in self.by_trigger and (not at or node.element.id == at)
                step.workflow.enter(node, step, scope=scope, within=step.id, notes={"begun": True} if begun else None)

    def begin(self, at: str | None) -> str | None:
        """Return the start event to begin at ("" for the usual ones), None where there is no such start."""
        if at is not None:
            return at if any(n.element.id == at for n in self.by_trigger + self.starts) else None
        if self.starts or not self.by_trigger:
            return ""
        return self.by_trigger[0].element.id if len(self.by_trigger) == 1 else None

    def _chosen(self, at: str | None) -> list[Node]:
        if at:
            group = next((g for g in self.together if any(n.element.id == at for n in g)), None)
            return group or [n for n in self.by_trigger + self.starts if n.element.id == at]
        return self.starts or self.by_trigger[:1]


class Container(Activity):
    """An activity with content; done when no token is left inside."""

    contains: ClassVar[bool] = True

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.content = Content()

    def act(self, step: Step) -> bool | None:
        """Start what is inside."""
        step._set_state(TaskState.STARTED)
        self.content_of(step).open(step, self.inner_scope(step))
        return None if step.workflow.tokens(step) or not step.is_open else True

    def content_of(self, step: Step) -> Content:
        """Return what runs inside this activation."""
        return self.content

    def foreseen(self) -> Content | None:
        """Return what would run inside, as far as that is known before."""
        return self.content

    def inner_scope(self, step: Step) -> Scope:
        """Return the scope for what is inside: a local one where data is declared."""
        if not self.content.local:
            return step.scope
        return step.workflow.scopes.open(step.scope, dict.fromkeys(self.content.local))

    def reopen(self, step: Step) -> None:
        """Set the boundary events and the event sub-processes again."""
        super().reopen(step)
        step.notes.pop("winding", None)
        if "seized" in step.notes:
            return
        within = step.workflow.inside(step)
        inside = next((s.scope for s in within), step.scope)
        armed = {s.task_spec for s in within if s.triggered and s.is_open}
        for start in self.content_of(step).event_starts:
            if start not in armed:
                step.workflow.enter(start, step, scope=inside, within=step.id, armed=True)

    def child_ended(self, step: Step, child: Step) -> None:
        """Finish when that was the last token."""
        if step.workflow.tokens(step) == 0:
            self.emptied(step)
        else:
            self.wind_down(step)

    def winds_down(self, step: Step) -> bool:
        """Whether the container's own work is done, and only handlers of its events still run."""
        if "seized" in step.notes or not self.content_of(step).event_starts:
            return False
        own = [s for s in step.workflow.inside(step) if not s.triggered and not s.task_spec.by_event]
        return bool(own) and not any(s.is_open for s in own)  # none at all: it is just being opened

    def wind_down(self, step: Step) -> None:
        """Let no further handler be started from outside once the container's own work is done.

        BPMN 2.0, 13.3.2, state Completing: handlers that run may finish, new ones are not created. Errors and escalations of those that run
        are still heard, and what interrupts the whole activity still does.
        """
        if "winding" in step.notes or not self.winds_down(step):
            return
        step.notes["winding"] = True
        armed = [s for s in step.workflow.inside(step) if s.triggered]
        armed += [s for s in step.children if s.triggered and isinstance(s.task_spec, Boundary) and not s.task_spec.interrupting]
        for each in armed:
            if isinstance(each.task_spec, Attached) and each.task_spec.from_outside:
                each.cancel()

    def emptied(self, step: Step) -> None:
        """Nothing runs inside any more."""
        step.complete()

    def finished(self, step: Step) -> None:
        """Withdraw the event sub-processes along with the boundary events."""
        for start in step.workflow.inside(step):
            if start.triggered and start._state & OPEN:
                start.cancel()
        super().finished(step)


class Process(Container):
    """A process: the outermost container."""

    def inner_scope(self, step: Step) -> Scope:
        """The scope it was started with: what is drawn as data of the process may have come in with the start."""
        return step.scope


class SubProcess(Container):
    """An embedded sub-process, or the handler of an event sub-process."""


class AdHocSubProcess(SubProcess):
    """Its activities have no order: all are offered, one after the other where the ordering is sequential.

    Done when the completion condition holds after one of them, or when all have been done.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.sequential = False
        self.until: str | None = None
        self.cancel_rest = True

    def act(self, step: Step) -> bool | None:
        """Start all, or the first."""
        if not self.sequential:
            return super().act(step)
        step._set_state(TaskState.STARTED)
        step.notes["scope"] = self.inner_scope(step).id
        step.notes["next"] = 0
        return None if self._next(step) else True

    def child_ended(self, step: Step, child: Step) -> None:
        """Stop when the condition holds, else go on."""
        self.consider(step, child.scope)

    def consider(self, step: Step, scope: Scope) -> None:
        """Stop where the condition holds; without an answer nothing further begins while something is left."""
        try:
            enough = self.until is not None and self._left(step) and answer(step, scope, self.until, self.element.id)
        except Undecided as wrong:
            hold(step, wrong, scope=scope.id)
            return
        step.notes.pop(HELD, None)
        if enough:
            if self.cancel_rest:
                for other in step.workflow.inside(step):
                    other.cancel()
            step.notes["next"] = len(self.content.starts)
        if step.workflow.tokens(step) == 0 and not self._next(step):
            self.emptied(step)
        elif step.is_open:
            self.wind_down(step)

    def ask_again(self, step: Step) -> None:
        """Consider again what had no answer: whether it is enough, or which way out."""
        held = step.notes[HELD]
        if "scope" in held:
            self.consider(step, step.workflow.scopes.by_id[held["scope"]])
        else:
            super().ask_again(step)

    def _left(self, step: Step) -> bool:
        return bool(step.workflow.tokens(step)) or step.notes.get("next", len(self.content.starts)) < len(self.content.starts)

    def winds_down(self, step: Step) -> bool:
        """Whether none of its activities runs or is still to come."""
        return super().winds_down(step) and not (self.sequential and step.notes.get("next", 0) < len(self.content.starts))

    def _next(self, step: Step) -> bool:
        index = step.notes.get("next", len(self.content.starts))
        if index >= len(self.content.starts):
            return False
        step.notes["next"] = index + 1
        step.workflow.enter(self.content.starts[index], step, scope=step.workflow.scopes.by_id[step.notes["scope"]], within=step.id)
        return True


class CallActivity(Container):
    """Runs another process in a scope of its own: gets copies of the variables, hands back what it changed."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.called = ""
        self.processes: dict[str, Process] = {}
        self.taken_in: list[tuple[str, str]] | None = None
        self.given_back: list[tuple[str, str]] | None = None
        self.takes_all = True
        self.gives_all = True

    def act(self, step: Step) -> bool | None:
        """Find the process (its key may be computed), copy variables in, start it."""
        key = step.workflow.literal(step.scope, self.called, self.element.id)
        if key not in self.processes:
            raise Rejected(
                sentence("{element}: expected to call one of the processes {known}, but asked for {key}."),
                element=self.element.id,
                key=str(key)[:100],
                known=", ".join(self.processes) or "(none)",
            )
        if step.workflow.nesting(step) > MAX_NESTING:
            raise Rejected(
                sentence("{element}: processes call each other more than {limit} deep."),
                element=self.element.id,
                limit=MAX_NESTING,
            )
        step.notes["called"] = key
        return super().act(step)

    def foreseen(self) -> Content | None:
        """Return the content of the process; None where its key is computed, so that nobody knows which."""
        return self.processes[self.called].content if self.called in self.processes else None

    def content_of(self, step: Step) -> Content:
        """Return the content of the called process."""
        return self.processes[step.notes["called"]].content

    def inner_scope(self, step: Step) -> Scope:
        """Open a scope of the called process's own."""
        visible = step.scope.visible() if self.takes_all else {}
        for name, source in self.taken_in or ():
            visible[name] = self.evaluate(step, source)
        for name in self.content_of(step).local:
            visible.setdefault(name, None)
        scope = step.workflow.scopes.open(None, visible)
        step.notes["scope"] = scope.id
        return scope

    def finished(self, step: Step) -> None:
        """Hand back what the called process set."""
        scope = step.workflow.scopes.by_id[step.notes["scope"]]
        if self.gives_all:
            step.scope.answer({name: scope.values[name] for name in sorted(scope.written)})
        for name, source in self.given_back or ():
            step.scope.answer({name: step.workflow.evaluate(scope, source, self.element.id)})
        super().finished(step)
