"""Activities done several times: for each item (in parallel or one after the other), or in a loop."""

from typing import Any, ClassVar, Final

from SpiffWorkflow.util.task import TaskState

from kesu.engine.errors import Rejected, sentence
from kesu.engine.spiff.activities import Activity
from kesu.engine.spiff.answers import HELD, Undecided, answer, hold
from kesu.engine.spiff.catching import Attached
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.scopes import Scope
from kesu.engine.spiff.trees import Step
from kesu.engine.spiff.triggers import Trigger
from kesu.engine.spiff.values import decode, encode, keep

MAX_INSTANCES: Final = 1_000
MAX_LOOPS: Final = 1_000


class Repeated(Activity):
    """A container whose inside is the same activity again and again; `each` is the node for one time."""

    contains: ClassVar[bool] = True
    each: Node

    @property
    def work(self) -> Node:
        """The node for one time."""
        return self.each

    def instance(self, step: Step, index: int, values: dict[str, Any], *, member: bool = False) -> None:
        """Start one time, with variables of its own."""
        tree = step.workflow
        outer = tree.scopes.by_id[step.notes["scope"]]
        earlier = dict.fromkeys(outer.given_by(self.element_key)) if member else {}
        scope = tree.scopes.open(outer, {**earlier, "loopCounter": index + 1, **values}, member=member)
        tree.enter(self.each, step, scope=scope, within=step.id, notes={"index": index + 1})

    def about(self, step: Step) -> dict[str, Any]:
        """Tell the whole apart from its instances."""
        return {"instances": step.notes.get("total")}

    def consider(self, step: Step, scope: Scope) -> None:
        """Say what comes after one time, by the condition of the whole over the variables of that time."""
        raise NotImplementedError

    def ask_again(self, step: Step) -> None:
        """Consider again what had no answer: how to go on inside, or which way out."""
        held = step.notes[HELD]
        if "scope" in held:
            self.consider(step, step.workflow.scopes.by_id[held["scope"]])
        else:
            super().ask_again(step)

    def forget(self, step: Step, child: Step) -> None:
        """Drop a finished time from the tree: a rewind can only go to the whole."""
        step.workflow.drop(child)


class MultiInstance(Repeated):
    """Once for every item of a collection, or a number of times."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.sequential = False
        self.cardinality: str | None = None
        self.collection: str | None = None
        self.item: str | None = None
        self.output: str | None = None
        self.output_item: str | None = None
        self.output_expression: str | None = None
        self.until: str | None = None
        self.behaviour: tuple[str, Trigger | None] = ("All", None)

    def act(self, step: Step) -> bool | None:
        """Count the items and start all of them, or the first; stop here where it cannot be told what they are."""
        try:
            items = self._items(step)
        except Rejected as wrong:
            step.workflow.tell("setting_failed", step, reason=str(wrong))
            return False
        step._set_state(TaskState.STARTED)
        counters = {
            "numberOfInstances": len(items),
            "numberOfActiveInstances": 0,
            "numberOfCompletedInstances": 0,
            "numberOfTerminatedInstances": 0,
        }
        step.notes.update(total=len(items), next=0, scope=step.workflow.scopes.open(step.scope, counters).id)
        if self.item is not None and items:
            step.notes["items"] = [encode(keep(item, self.item)) for item in items]
        for _ in range(min(len(items), 1) if self.sequential else len(items)):
            self._start(step)
        return None if items and step.is_open else self._gather(step)

    def child_ended(self, step: Step, child: Step) -> None:
        """Keep the result in its place, count, and see whether it is enough."""
        if child.task_spec is not self.each:
            return
        self._keep_result(step, child)
        self._count(step, completed=1, active=-1)
        self._signal(step, child)
        if step.is_open:
            self.forget(step, child)
            self.consider(step, child.scope)

    def consider(self, step: Step, scope: Scope) -> None:
        """Go on, or stop where it is enough; without an answer to that, no further time begins."""
        try:
            enough = self._enough(step, scope)
        except Undecided as wrong:
            hold(step, wrong, scope=scope.id)
            return
        step.notes.pop(HELD, None)
        self._go_on(step, enough)

    def _enough(self, step: Step, scope: Scope) -> bool:
        more_to_come = step.workflow.tokens(step) or self.sequential and step.notes["next"] < step.notes["total"]
        if self.until is None or not more_to_come:  # after the last time it makes no difference
            return False
        return answer(step, scope, self.until, self.element.id)

    def _go_on(self, step: Step, enough: bool) -> None:
        if enough:
            rest = [s for s in step.workflow.inside(step) if s.is_open and s.task_spec is self.each]
            self._count(step, terminated=len(rest), active=-len(rest))
            for other in rest:
                other.cancel()
        elif self.sequential and step.notes["next"] < step.notes["total"]:
            self._start(step)
        if step.workflow.tokens(step) == 0:
            self._gather(step)
            step.complete()

    def _start(self, step: Step) -> None:
        index = step.notes["next"]
        step.notes["next"] = index + 1
        values: dict[str, Any] = {self.item: decode(step.notes["items"][index])} if self.item is not None else {}
        if self.output_item is not None and self.output_item not in values:
            values[self.output_item] = None
        self._count(step, active=1)
        self.instance(step, index, values, member=not self.sequential)

    def _items(self, step: Step) -> list[Any]:
        if self.collection is not None:
            found = self.evaluate(step, self.collection)
            if isinstance(found, dict):
                found = list(found.values())
            if found is None or not isinstance(found, list):
                raise Rejected(
                    sentence("{element}: expected {collection} to be a list, found {value}."),
                    element=self.element.id,
                    collection=self.collection,
                    value=str(found)[:100],
                )
        else:
            found = list(range(1, self._number(step) + 1))
        if len(found) > MAX_INSTANCES:
            raise Rejected(
                sentence("{element}: {count} instances are more than the {limit} allowed."),
                element=self.element.id,
                count=len(found),
                limit=MAX_INSTANCES,
            )
        return list(found)

    def _number(self, step: Step) -> int:
        value = self.evaluate(step, self.cardinality or "null")
        if isinstance(value, bool) or value is None or not hasattr(value, "__int__") or int(value) != value or int(value) < 0:
            raise Rejected(
                sentence("{element}: expected a number of instances from 0, found {value}."),
                element=self.element.id,
                value=str(value)[:100],
            )
        return min(int(value), MAX_INSTANCES + 1)

    def _keep_result(self, step: Step, child: Step) -> None:
        own = child.scope.own() if not self.sequential else {}
        told = {name: encode(value) for name, value in own.items() if name not in (self.item, self.output_item)}
        if told:
            step.notes["own"] = {**step.notes.get("own", {}), **told}
        if self.output is None:
            return
        source = self.output_expression or self.output_item
        value = step.workflow.evaluate(child.scope, source, self.element.id) if source else None
        step.notes.setdefault("results", []).append([child.notes["index"], encode(keep(value, self.output))])

    def _gather(self, step: Step) -> bool:
        own = {name: decode(value) for name, value in step.notes.pop("own", {}).items()}
        step.scope.hand_out(own, self.element_key)
        if self.output is not None:
            kept = sorted(step.notes.get("results", []), key=lambda pair: int(pair[0]))
            step.scope.write({self.output: [decode(value) for _, value in kept]})
        return True

    def _count(self, step: Step, **by: int) -> None:
        scope = step.workflow.scopes.by_id[step.notes["scope"]]
        for name, change in by.items():
            key = f"numberOf{name.capitalize()}Instances"
            scope.values[key] += change

    def _signal(self, step: Step, child: Step) -> None:
        kind, trigger = self.behaviour
        done = step.workflow.scopes.by_id[step.notes["scope"]].values["numberOfCompletedInstances"]
        if trigger is None or kind == "All" or (kind == "One" and done > 1):
            return
        for armed in list(step.children):
            spec = armed.task_spec
            if armed.triggered and armed.is_open and isinstance(spec, Attached):
                for index, found in enumerate(spec.triggers):
                    if armed.is_open and armed.triggered and found.kind == trigger.kind and found.name == trigger.name and found.code == trigger.code:
                        armed.notes["implicit"] = True
                        spec.fire(armed, index)


class Loop(Repeated):
    """A standard loop: while the condition holds, before or after each time, at most so many times."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.condition: str | None = None
        self.maximum: int | None = None
        self.test_before = False

    def act(self, step: Step) -> bool | None:
        """Start the first time, unless the condition is tested before and does not hold."""
        step._set_state(TaskState.STARTED)
        step.notes.update(total=0, scope=step.workflow.scopes.open(step.scope, {}).id)
        if self.maximum == 0:
            return True
        if self.test_before:
            self.consider(step, step.scope, 1)
        else:
            self._start(step)
        return None

    def child_ended(self, step: Step, child: Step) -> None:
        """Go round again while the condition holds."""
        if child.task_spec is not self.each:
            return
        self.forget(step, child)
        self.consider(step, child.scope, child.notes["index"])

    def consider(self, step: Step, scope: Scope, counter: int | None = None) -> None:
        """Go round once more or be done, as the condition says; without an answer, neither."""
        turn = step.notes.get(HELD, {}).get("counter", 1) if counter is None else counter
        try:
            again = self._again(step, scope, turn)
        except Undecided as wrong:
            hold(step, wrong, scope=scope.id, counter=turn)
            return
        step.notes.pop(HELD, None)
        if again:
            self._start(step)
        else:
            step.complete()

    def _start(self, step: Step) -> None:
        index = step.notes["total"]
        if index >= MAX_LOOPS:
            raise Rejected(sentence("{element}: looped {limit} times without an end."), element=self.element.id, limit=MAX_LOOPS)
        step.notes["total"] = index + 1
        self.instance(step, index, {})

    def _again(self, step: Step, scope: Scope, counter: int) -> bool:
        if self.maximum is not None and step.notes["total"] >= self.maximum:
            return False
        if self.condition is None:
            return True
        return answer(step, scope, self.condition, self.element.id, {"loopCounter": counter})
