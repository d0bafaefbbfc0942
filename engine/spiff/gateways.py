"""Gateways: choosing, waiting for each other, and racing."""

from typing import Any

from SpiffWorkflow.util.task import TaskState

from kesu.engine.spiff.answers import HELD, Undecided, answer, hold
from kesu.engine.spiff.models import Flow
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.trees import OPEN, Step, Tree


class ExclusiveGateway(Node):
    """Takes the first flow whose condition holds, in the order of the file, else the default."""

    def choose(self, step: Step) -> list[Flow]:
        """Return exactly one flow, or none at an end."""
        for flow in self.flows:
            if flow.condition is None and not flow.default or flow.condition is not None and not flow.default and self.holds(step, flow):
                return [flow]
        return [f for f in self.flows if f.default] or (self._stuck([]) if self.flows else [])


class Joining(Node):
    """A gateway that waits: arrivals wait as steps of their own, the one that fires carries on and remembers the others."""

    def arrivals(self, tree: Tree, within: int | None) -> list[Step]:
        """Return the tokens waiting here, the oldest first."""
        return sorted(
            (s for s in tree.tasks.values() if s.task_spec is self and s._state == TaskState.WAITING and s.within == within),
            key=lambda s: s.id,
        )

    def by_flow(self, waiting: list[Step]) -> dict[str, Step]:
        """Return the oldest waiting token of each incoming flow."""
        oldest: dict[str, Step] = {}
        for step in waiting:
            oldest.setdefault(step.notes.get("via", ""), step)
        return oldest

    def pass_on(self, chosen: list[Step]) -> Step:
        """Merge these tokens into the one that came last."""
        last = max(chosen, key=lambda s: s.id)
        for step in chosen:
            if step is not last:
                step.notes["into"] = last.id
                step._set_state(TaskState.COMPLETED)
        last.notes["from"] = [s.id for s in chosen if s is not last]
        last.workflow.tell("entered", last)
        return last


class ParallelGateway(Joining):
    """Waits for a token on every incoming flow; what came in excess keeps waiting."""

    def arrive(self, step: Step) -> bool:
        """Count the tokens, flow by flow."""
        if len(self.incoming) < 2:
            return super().arrive(step)
        step._set_state(TaskState.WAITING)
        oldest = self.by_flow(self.arrivals(step.workflow, step.within))
        if len(oldest) == len(self.incoming):
            self.pass_on(list(oldest.values()))._ready()
        return False

    def choose(self, step: Step) -> list[Flow]:
        """All flows; conditions mean nothing here."""
        return self.flows


class Patient(Joining):
    """A join that must know whether more can still arrive; `reach` holds, for each incoming flow, the nodes that lead to it."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.reach: dict[str, frozenset[str]] = {}

    def arrive(self, step: Step) -> bool:
        """Wait until the agenda is empty and `settle` looks."""
        if len(self.incoming) < 2:
            return super().arrive(step)
        step._set_state(TaskState.WAITING)
        return False

    def may_come(self, tree: Tree, within: int | None, taken: set[str]) -> bool:
        """Whether some token can reach an empty flow that cannot as well reach a taken one."""
        empty = [f.id for f in self.incoming if f.id not in taken]
        names = {
            s.task_spec.element.id
            for s in tree.tasks.values()
            if s.within == within and s._state & OPEN and not s.triggered and s.task_spec is not self
        }
        return any(any(n in self.reach[f] for f in empty) and not any(n in self.reach[f] for f in taken) for n in names)

    def settle(self, tree: Tree, within: int | None) -> bool:
        """Fire if nothing more can come; return whether it did."""
        raise NotImplementedError


class InclusiveGateway(Patient):
    """Takes every flow whose condition holds; waits for every token that can still come."""

    def settle(self, tree: Tree, within: int | None) -> bool:
        """Merge one token of each flow that has any."""
        oldest = self.by_flow(self.arrivals(tree, within))
        if not oldest or self.may_come(tree, within, set(oldest)):
            return False
        self.pass_on(list(oldest.values()))._ready()
        return True


class ComplexGateway(Patient):
    """Fires when its activation condition holds, then swallows the rest of that round's tokens."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.activation: str | None = None

    def settle(self, tree: Tree, within: int | None) -> bool:
        """Swallow late tokens of a round that has fired, else see whether the condition holds."""
        container = tree.tasks[within if within is not None else 0]
        rounds: dict[str, list[str]] = container.notes.setdefault("rounds", {})
        late = self._swallow(tree, within, rounds.get(self.name, []))
        if self.name in rounds and not self.may_come(tree, within, set(rounds[self.name])):
            del rounds[self.name]
        waiting = self.arrivals(tree, within)
        if self.name in rounds or not waiting or not self._decided(waiting):
            return late
        rounds[self.name] = [s.notes.get("via", "") for s in waiting]
        self.pass_on(waiting)._ready()
        return True

    def _swallow(self, tree: Tree, within: int | None, taken: list[str]) -> bool:
        late = [s for s in self.arrivals(tree, within) if taken and s.notes.get("via", "") not in taken]
        for step in late:
            taken.append(step.notes.get("via", ""))
            step._set_state(TaskState.COMPLETED)
            tree.ended(step)
        return bool(late)

    def ask_again(self, step: Step) -> None:
        """Nothing: `settle` looks at the condition whenever the instance moves."""

    def _decided(self, waiting: list[Step]) -> bool:
        first = waiting[0]
        try:
            active = self._active(waiting)
        except Undecided as wrong:
            hold(first, wrong)
            return False
        first.notes.pop(HELD, None)
        return active

    def _active(self, waiting: list[Step]) -> bool:
        if self.activation is None:
            return len(self.by_flow(waiting)) == len(self.incoming)
        more = {"activationCount": len(waiting)}
        return answer(waiting[0], waiting[-1].scope, self.activation, self.element.id, more)


class EventGateway(Node):
    """Subscribes to every event behind it; the first to happen withdraws the others."""

    def choose(self, step: Step) -> list[Flow]:
        """All flows: each leads to an event that waits."""
        return self.flows

    def leave(self, step: Step) -> None:
        """Start the race; a condition that holds already may end it before all have lined up."""
        tree = step.workflow
        for flow in self.flows:
            if "won" not in step.notes:
                tree.take(step, flow, race=step.id)
