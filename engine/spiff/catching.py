"""Events that wait: intermediate ones hold a token, boundary events and event sub-process starts are mere subscriptions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from SpiffWorkflow.util.task import TaskState

from kesu.engine.errors import Rejected
from kesu.engine.spiff import timers
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.trees import Step
from kesu.engine.spiff.triggers import Trigger

UNSET: Final = "unset"  # the note of an event whose timer could not be worked out


class Catching(Node):
    """Waits for one of its triggers (or for all of them, when parallel multiple)."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.triggers: list[Trigger] = []
        self.all_of = False

    @property
    def watches(self) -> bool:  # type: ignore[override]
        """Whether one of the triggers is a condition."""
        return any(t.kind == "conditional" for t in self.triggers)

    def arrive(self, step: Step) -> bool:
        """Subscribe; a condition that already holds fires at once."""
        if not step.triggered:
            step.workflow.tell("entered", step, **self.about(step))
        return self.await_all(step)

    def await_all(self, step: Step) -> bool:
        """Subscribe to every trigger; where the process begins here, its trigger has happened already."""
        if step.notes.pop("begun", False):
            return True
        step._set_state(TaskState.WAITING)
        for index, trigger in enumerate(self.triggers):
            self.subscribe(step, index, trigger)
        return False

    def subscribe(self, step: Step, index: int, trigger: Trigger) -> None:
        """Set the timer, or look at the condition for the first time."""
        if trigger.kind == "timer" and str(index) not in step.notes.get("timers", {}):
            self._set(step, index, trigger)
        elif trigger.kind == "conditional":
            step.workflow.watching = True
            self.look(step, index)

    def _set(self, step: Step, index: int, trigger: Trigger) -> None:
        """Set a timer; one that cannot be worked out stops here, or is not armed, until somebody has mended it."""
        assert trigger.timer and trigger.expression
        now, where = step.workflow.host.now(), self.element.id
        try:
            found = timers.setting(trigger.timer, trigger.expression, step.scope.visible(), now, where)
            step.notes.setdefault("timers", {})[str(index)] = self.from_entry(found, now)
        except Rejected as wrong:
            step.notes.setdefault("timers", {})[str(index)] = None
            step.notes[UNSET] = True
            step.workflow.tell("setting_failed", step, reason=f"{wrong} ({trigger.expression[:200]})")
            if not step.triggered:
                step._set_state(TaskState.ERROR)

    def mend(self, step: Step) -> None:
        """Work out again the timers that could not be."""
        step.notes.pop(UNSET, None)
        step.notes["timers"] = {key: each for key, each in step.notes.get("timers", {}).items() if each is not None}
        self.await_all(step)

    def from_entry(self, timer: dict[str, Any], now: datetime) -> dict[str, Any] | None:
        """Return a timer's setting as it counts from now on; one whose rounds have all been lets the token go at once."""
        return (timers.from_now(timer, now, self.element.id) or timer) if "every" in timer else timer

    def look(self, step: Step, index: int) -> bool:
        """Fire if a condition has become true since it was last looked at; return whether it did."""
        before = step.notes.setdefault("held", {}).get(str(index), False)
        expression = self.triggers[index].expression
        now = expression is not None and self.evaluate(step, expression) is True
        step.notes["held"][str(index)] = now
        if now and not before and step._state == TaskState.WAITING:
            self.caught(step, index, {})
            return True
        return False

    def caught(self, step: Step, index: int, variables: Mapping[str, Any]) -> None:
        """Take what came, and fire unless other triggers are still missing."""
        trigger = self.triggers[index]
        step.scope.answer({trigger.variable: dict(variables)} if trigger.variable else variables)
        if self.all_of and len(self.triggers) > 1:
            seen = step.notes.setdefault("seen", [])
            seen.extend([index] if index not in seen else [])
            if len(seen) < len(self.triggers):
                return
        self.fire(step, index)

    def fire(self, step: Step, index: int) -> None:
        """Let the token go on; of events behind one event-based gateway the others are withdrawn."""
        race = step.workflow.tasks.get(step.notes.get("race", -1))
        if race is not None:
            race.notes["won"] = step.id
            for other in step.workflow.open_steps():
                if other.notes.get("race") == race.id and other is not step:
                    other.cancel()
        step._ready()

    def due(self, step: Step, index: int) -> datetime:
        """Return when a timer is due."""
        return datetime.fromisoformat(step.notes["timers"][str(index)]["due"])


class Attached(Catching):
    """A subscription beside a token: boundary events and starts of event sub-processes."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.interrupting = True

    def from_entry(self, timer: dict[str, Any], now: datetime) -> dict[str, Any] | None:
        """Return a timer's setting as it counts from now on; None where its rounds have all been: it never goes off."""
        return timers.from_now(timer, now, self.element.id) if "every" in timer else timer

    @property
    def from_outside(self) -> bool:
        """Whether it hears of time and of others; errors and the like come from within, from work that still goes on."""
        return all(t.kind in ("message", "signal", "timer", "conditional") for t in self.triggers)

    def rearm(self, step: Step, index: int) -> None:
        """Subscribe again after a firing that interrupted nothing; a timer only while its cycle has rounds left."""
        notes: dict[str, Any] = {"timers": dict(step.notes.get("timers", {})), "held": dict(step.notes.get("held", {}))}
        if self.triggers[index].kind == "timer":
            now = step.workflow.host.now()
            following = timers.next_setting(step.notes["timers"][str(index)], now, self.element.id)
            if following is None:
                return
            notes["timers"][str(index)] = following
        parent = step.parent
        step.workflow.enter(
            self,
            parent,
            scope=step.scope,
            within=step.within,
            armed=True,
            notes={key: value for key, value in notes.items() if value},
        )


class Boundary(Attached):
    """An event on the border of an activity; `step.parent` is the activity."""

    def fire(self, step: Step, index: int) -> None:
        """Leave by the boundary; an interrupting one withdraws the activity."""
        activity = step.parent
        step.claim()
        step.workflow.tell("entered", step)
        if self.interrupting and not step.notes.get("implicit"):
            activity.cancel()
        else:
            self.rearm(step, index)
        step._ready()


class EventStart(Attached):
    """The start of an event sub-process, armed while the scope around it runs; `handler` is the sub-process."""

    handler: Node

    def fire(self, step: Step, index: int) -> None:
        """Start the event sub-process in its scope; an interrupting one withdraws everything else there."""
        tree = step.workflow
        container = tree.tasks[step.within if step.within is not None else 0]
        if self.from_outside and container.task_spec.winds_down(container):
            step.cancel()
            return
        step._set_state(TaskState.COMPLETED)
        if self.interrupting:
            container.notes["seized"] = 0
            for other in tree.inside(container):
                other.cancel()
        else:
            self.rearm(step, index)
        through = [*step.notes.pop("after", ()), self.name]
        handler = tree.enter(self.handler, step, scope=step.scope, within=step.within, notes={"through": through})
        if self.interrupting:
            container.notes["seized"] = handler.id
