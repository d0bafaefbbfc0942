"""A running instance: start or restore it, tell it what happened outside, let it advance, save it.

A run holds nothing that its state does not; whoever raised an error out of it throws the run away, and nothing has changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from SpiffWorkflow.util.task import TaskState

from kesu.engine.errors import Conflict, NotFound, Rejected, sentence
from kesu.engine.spiff import expressions, jumps, laps, rewinds, splices, states, throwing
from kesu.engine.spiff.answers import HELD, NO
from kesu.engine.spiff.catching import UNSET, Catching
from kesu.engine.spiff.gateways import Joining, Patient
from kesu.engine.spiff.happenings import Happening, Host, Wait
from kesu.engine.spiff.laps import Lap
from kesu.engine.spiff.models import Model
from kesu.engine.spiff.scopes import Scope
from kesu.engine.spiff.trees import Step, Tree
from kesu.engine.spiff.waits import find, waits

MAX_TURNS: Final = 10_000


class Run:
    """One instance in memory."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    @classmethod
    def start(cls, model: Model, variables: Mapping[str, Any], host: Host, at: str | None = None) -> "Run":
        """Begin an instance with its first variables, at the start event `at` if the process has several; does not advance.

        Raises `Rejected` where there is no such start event.
        """
        tree = Tree(model, host)
        process = model.spec.task_specs[model.process_id + "/process"]
        starts = process.content.begin(at)
        if starts is None:
            raise Rejected(
                sentence("Expected a start event of process {process} to begin at, one of {known}."),
                process=model.process_id,
                known=", ".join(e.id for e in model.starts) or "(none)",
            )
        tree.enter(process, None, scope=tree.scopes.open(None, variables), within=None, notes={"at": starts} if starts else None)
        return cls(tree)

    @classmethod
    def restore(cls, model: Model, state: str, host: Host) -> "Run":
        """Take an instance up again where `save` left it."""
        return cls(states.restore(model, state, host))

    def advance(self) -> None:
        """Run to the next wait state: until nothing is left that needs nobody.

        Raises `Rejected`, with nothing kept, where a gateway has no way out, an expression fails or a loop never waits.
        """
        tree = self._tree
        for _ in range(MAX_TURNS):
            if tree.watching:
                self._look()
            if tree.agenda:
                step = tree.agenda.popleft()
                if step._state == TaskState.READY:
                    step.run()
            elif not self._settle():
                return
        raise Rejected(
            sentence("The process {process} went {limit} steps without ever waiting; a loop in it has no end."),
            process=tree.model.process_id,
            limit=MAX_TURNS,
        )

    def waits(self) -> list[Wait]:
        """Return everything the instance waits for."""
        return waits(self._tree)

    def complete(self, activity_id: str, variables: Mapping[str, Any] | None = None) -> None:
        """Finish a user task or service task with its results.

        Raises `NotFound` where it is not open, `Conflict` where it is no such task.
        """
        step, _ = find(self._tree, activity_id)
        if step.task_spec.wait is None or step._state not in (TaskState.READY, TaskState.STARTED):
            raise Conflict(sentence("{element} is not a task that can be completed now."), element=step.task_spec.element.id)
        step.task_spec.receive(step, variables or {})
        step.complete()

    def throw(self, activity_id: str, code: str | None, variables: Mapping[str, Any] | None = None) -> None:
        """Let a task end with a BPMN error; where nothing catches it, its token stops there and the happening says so."""
        step, _ = find(self._tree, activity_id)
        step.scope.answer(variables or {})
        if not throwing.throw_error(step, code):
            step._set_state(TaskState.ERROR)

    def retry(self, activity_id: str) -> None:
        """Take up a step again that had stopped with an uncaught error, or with a condition that had no answer."""
        step, _ = find(self._tree, activity_id)
        if HELD in step.notes:
            step.task_spec.ask_again(step)
            return
        if isinstance(step.task_spec, Catching) and UNSET in step.notes:
            step.task_spec.mend(step)
            return
        if step._state != TaskState.ERROR:
            raise Conflict(sentence("{element} has not stopped."), element=step.task_spec.element.id)
        step._set_state(TaskState.STARTED if step.task_spec.wait == "service" else TaskState.READY)
        step.task_spec._on_ready(step)

    def skip(self, activity_id: str, variables: Mapping[str, Any] | None = None) -> None:
        """Let a step that stopped with an uncaught error go on as if it had been done; one without an answer, as if that were no."""
        step, _ = find(self._tree, activity_id)
        if HELD in step.notes:
            step.scope.write(variables or {})
            self._without_an_answer(step)
            return
        if step._state != TaskState.ERROR:
            raise Conflict(sentence("{element} has not stopped."), element=step.task_spec.element.id)
        step.task_spec.receive(step, variables or {})
        step.complete()

    def has_stopped(self, activity_id: str) -> bool:
        """Say whether an activity stands still at something that failed."""
        step = self._tree.tasks.get(int(activity_id.partition(".")[0]))
        return step is not None and step._state == TaskState.ERROR

    def fire(self, activity_id: str) -> None:
        """Let a timer go off; whether it is due is the caller's business."""
        self._catch(activity_id, "timer", {})

    def deliver(self, activity_id: str, variables: Mapping[str, Any] | None = None) -> None:
        """Give a message or signal to what waits for it."""
        self._catch(activity_id, "message signal", variables or {})

    def evaluate(self, activity_id: str | None, expression: str) -> Any:
        """Evaluate FEEL over the variables seen from an activity, or from the process."""
        where = self._tree.tasks[int(activity_id.split(".")[0])].task_spec.element.id if activity_id else self._tree.model.process_id
        return self._tree.evaluate(self._scope(activity_id), expressions.feel(expression) or "null", where)

    def variables(self, activity_id: str | None = None) -> dict[str, Any]:
        """Return the variables seen from an activity, or those of the process."""
        return self._scope(activity_id).visible()

    def set_variables(self, values: Mapping[str, Any], activity_id: str | None = None) -> None:
        """Change variables where they are declared, as seen from an activity."""
        self._scope(activity_id).write(values)

    @property
    def happenings(self) -> list[Happening]:
        """What has happened since the start or the restore, in order."""
        return self._tree.happenings

    @property
    def laps(self) -> list[Lap]:
        """What was undone since the restore that was not in the state any more: earlier iterations, work that was gone back over before."""
        return self._tree.laps

    def stands_for(self, activity_id: str, earlier: str, lap: Sequence[Any] | None = None) -> None:
        """Note that an open activity passes with what an earlier one of its element had come to, and the lap that one stood for."""
        step, _ = find(self._tree, activity_id)
        for each in [laps.single(earlier, step.task_spec.element_key), *([laps.read(lap)] if lap else [])]:
            laps.note(step, each)

    @property
    def finished(self) -> bool:
        """Whether the process has come to its end."""
        return bool(self._tree.completed)

    @property
    def stuck(self) -> list[str]:
        """The elements where tokens stand though nothing is waited for and nothing has failed: a join that can never fire."""
        if self.finished or self.waits() or self.undecided or any(s._state == TaskState.ERROR for s in self._tree.open_steps()):
            return []
        return sorted({s.task_spec.element_key for s in self._tree.open_steps() if s._state == TaskState.WAITING})

    @property
    def undecided(self) -> dict[str, str]:
        """The activities that wait because a condition is neither true nor false, with their elements."""
        return {str(s.id): s.task_spec.element_key for s in self._tree.open_steps() if HELD in s.notes}

    def release(self, element_id: str) -> None:
        """Let the tokens that wait at a join pass though more were expected. Raises `Conflict` where none wait at such a join."""
        waiting: dict[int | None, list[Step]] = {}
        for step in self._tree.open_steps():
            if step.task_spec.element_key == element_id and isinstance(step.task_spec, Joining) and step._state == TaskState.WAITING:
                waiting.setdefault(step.within, []).append(step)
        if not waiting:
            raise Conflict(sentence("{element} is no gateway at which tokens wait for others."), element=element_id)
        for steps in waiting.values():
            join = steps[0].task_spec
            assert isinstance(join, Joining)
            join.pass_on(list(join.by_flow(steps).values()))._ready()

    def rewind_targets(self, activity_id: str) -> list[tuple[str, str]]:
        """Return the finished human tasks an open activity descends from, the latest first: (activity id, element id)."""
        return [(str(s.id), s.task_spec.element_key) for s in rewinds.targets(find(self._tree, activity_id)[0])]

    def returns_from(self, activity_id: str | None) -> list[tuple[str, str]]:
        """Return every finished human task that the turn can be given back to, whether it led to an open activity or not."""
        near = None if activity_id is None else find(self._tree, activity_id)[0]
        return [(str(s.id), s.task_spec.element_key) for s in rewinds.everywhere(self._tree, near)]

    def previous(self, activity_id: str, but: Iterable[str] = ()) -> list[tuple[str, str]]:
        """Return the nearest finished human tasks that led to an open activity, `but` some: one in a sequence, several after a join."""
        return [(str(s.id), s.task_spec.element_key) for s in rewinds.previous(find(self._tree, activity_id)[0], frozenset(but))]

    def own(self, activity_id: str) -> dict[str, Any]:
        """Return what was set in the member of a multi-instance activity that an activity is in; empty outside of any."""
        return self._scope(activity_id).own()

    def beside(self, activity_id: str) -> set[str]:
        """Return the activity ids of the finished human tasks that did not lead to an activity: those of branches beside it."""
        return {str(step.id) for step in rewinds.beside(self._tree.tasks[int(activity_id)])}

    def first(self, but: Iterable[str] = ()) -> list[tuple[str, str]]:
        """Return the finished human tasks the instance began with, `but` some: (activity id, element id)."""
        return [(str(s.id), s.task_spec.element_key) for s in rewinds.first(self._tree, frozenset(but))]

    def jump_targets(self, activity_id: str) -> list[str]:
        """Return the element ids of the human tasks ahead that an open activity's token can be moved to."""
        return list(dict.fromkeys(node.element_key for _, node in jumps.targets(find(self._tree, activity_id)[0])))

    def jump(self, activity_id: str, element_id: str) -> tuple[str, list[str]]:
        """Move a token ahead to a human task; return its activity id and the human tasks passed over. Raises `Rejected`."""
        arrived, passed = jumps.jump(find(self._tree, activity_id)[0], element_id)
        return str(arrived.id), passed

    def rewind(self, activity_id: str) -> str:
        """Give the turn back to a finished human task, as a new activation whose id is returned.

        Whatever it caused is withdrawn, whatever it did not stays. Raises `Rejected` where it cannot be gone back to.
        """
        step = self._tree.tasks.get(int(activity_id)) if activity_id.isdigit() else None
        if step is None:
            raise NotFound(sentence("The activity {activity} is not in this instance any more."), activity=activity_id)
        return str(rewinds.rewind(step).id)

    def save(self) -> str:
        """Return the state as JSON, without the specification and without finished loop iterations."""
        splices.splice(self._tree)
        return states.save(self._tree)

    def _without_an_answer(self, step: Step) -> None:
        if isinstance(step.task_spec, Joining) and step._state == TaskState.WAITING:
            self.release(step.task_spec.element_key)
            return
        step.notes[NO] = True
        step.task_spec.ask_again(step)
        step.notes.pop(NO, None)

    def _catch(self, activity_id: str, kinds: str, variables: Mapping[str, Any]) -> None:
        step, index = find(self._tree, activity_id)
        spec = step.task_spec
        if not isinstance(spec, Catching) or step._state != TaskState.WAITING or spec.triggers[index].kind not in kinds:
            raise Conflict(sentence("{element} does not wait for this."), element=spec.element.id)
        spec.caught(step, index, variables)

    def _look(self) -> None:
        for step in list(self._tree.open_steps()):
            spec = step.task_spec
            if isinstance(spec, Catching) and spec.watches:
                for index, trigger in enumerate(spec.triggers):
                    if trigger.kind == "conditional" and step._state == TaskState.WAITING:
                        spec.look(step, index)

    def _settle(self) -> bool:
        seen: set[tuple[str, int | None]] = set()
        for step in list(self._tree.open_steps()):
            spec: Any = step.task_spec
            key = (spec.name, step.within)
            if step._state == TaskState.WAITING and isinstance(spec, Patient) and key not in seen:
                seen.add(key)
                if spec.settle(self._tree, step.within):
                    return True
        return False

    def _scope(self, activity_id: str | None) -> Scope:
        if activity_id is None:
            return self._tree.scopes.by_id[0]
        step: Step | None = self._tree.tasks.get(int(activity_id.split(".")[0]))
        if step is None:
            raise NotFound(sentence("The activity {activity} is not in this instance any more."), activity=activity_id)
        return step.scope
