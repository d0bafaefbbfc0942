"""Going back: give the turn to a finished human task again, and withdraw exactly what it caused.

Cause runs down the task tree, through joins (a merged token is a cause of what follows the join) and out of containers (what
happened inside is a cause of what follows them). A join that merged a withdrawn token is taken apart: the others wait again.
"""

from collections import Counter
from collections.abc import Iterator

from SpiffWorkflow.util.task import TaskState

from kesu.engine.errors import Rejected, sentence
from kesu.engine.spiff import laps
from kesu.engine.spiff.answers import HELD
from kesu.engine.spiff.catching import Boundary
from kesu.engine.spiff.happenings import Happening
from kesu.engine.spiff.repetitions import Repeated
from kesu.engine.spiff.trees import OPEN, Step, Tree


def targets(step: Step) -> list[Step]:
    """Return the other human tasks that led to a step, each with its latest round, the latest first."""
    return _latest([each for each in _led(step) if each.task_spec is not step.task_spec])


def previous(step: Step, but: frozenset[str] = frozenset()) -> list[Step]:
    """Return the nearest finished human tasks (`but` some) on every way that led to a step: one in a sequence, a set after a join."""
    found, pending, seen = [], _causes(step), {step.id}
    while pending:
        current = pending.pop()
        if current.id in seen:
            continue
        seen.add(current.id)
        if may_return(current, step) and str(current.id) not in but and current.task_spec is not step.task_spec:
            found.append(current)
        else:
            pending += _causes(current)
    return _without_causes_of_others(found)


def beside(step: Step) -> list[Step]:
    """Return the finished human tasks that did not lead to a step, though they are there: those of other branches and members."""
    pending, led = [step], {step.id}
    for current in pending:
        causes = [each for each in [*_causes(current), current.container] if each is not None and each.id not in led]
        led.update(each.id for each in causes)
        pending += causes
    return [each for each in step.workflow.tasks.values()
            if each.task_spec.work.wait == "user_task" and each._state == TaskState.COMPLETED and each.id not in led]


def first(tree: Tree, but: frozenset[str] = frozenset()) -> list[Step]:
    """Return the finished human tasks (`but` some) that no other led to, each with its latest round: where the case began."""
    found = _returnable(tree)
    began = {step.task_spec for step in found if str(step.id) not in but and all(str(cause.id) in but for cause in _led(step))}
    return [step for step in _latest(found) if step.task_spec in began and str(step.id) not in but]


def everywhere(tree: Tree, near: Step | None = None) -> list[Step]:
    """Return every finished human task that can be gone back to (from `near`), each with its latest round, the latest first."""
    return _latest(_returnable(tree, near))


def _returnable(tree: Tree, near: Step | None = None) -> list[Step]:
    return [step for step in tree.tasks.values() if may_return(step, near)]


def _led(step: Step) -> list[Step]:
    """Return every finished human task that led to a step, with each of its rounds that is still there."""
    found, pending, seen = [], [step], {step.id}
    while pending:
        current = pending.pop()
        if current is not step and may_return(current, step):
            found.append(current)
        for cause in _causes(current):
            if cause.id not in seen:
                seen.add(cause.id)
                pending.append(cause)
    return found


def _latest(found: list[Step]) -> list[Step]:
    """Return these, the latest first, without the earlier of two rounds of a task of which one led to the other."""
    often = {spec for spec, count in Counter(step.task_spec for step in found).items() if count > 1}
    earlier = {cause.id for step in found if step.task_spec in often for cause in _led(step) if cause.task_spec is step.task_spec}
    return sorted((step for step in found if step.id not in earlier), key=lambda s: s.id, reverse=True)


def may_return(step: Step, near: Step | None = None) -> bool:
    """Whether the turn can be given back (from `near`): a finished human task, nothing around it cancelled.

    One in a member of a multi-instance activity can be gone back to from the same member only, while that runs: from outside it is
    reached through the whole.
    """
    if step.task_spec.work.wait != "user_task" or not _is_done(step) or "into" in step.notes:
        return False
    inner, container = step, step.container
    while container is not None:
        if isinstance(container.task_spec, Repeated) and not (inner.is_open and near is not None and _is_in(near, inner)):
            return False
        if container._state not in (TaskState.COMPLETED, TaskState.STARTED):
            return False
        if container.notes.get("seized", inner.id) != inner.id:
            return False  # an event sub-process has interrupted everything there but itself
        inner, container = container, container.container
    return not _leads_into_a_jump(step)


def _is_in(step: Step, container: Step) -> bool:
    """Whether a step is an activation, or runs inside it at any depth."""
    here: Step | None = step
    while here is not None and here is not container:
        here = here.container
    return here is container


def _is_done(step: Step) -> bool:
    """Whether a step's work is finished, though its token may still stand there because a way out has no answer."""
    return step._state == TaskState.COMPLETED or step._state == TaskState.ERROR and HELD in step.notes


def rewind(target: Step) -> Step:
    """Withdraw everything `target` caused and activate its node anew; return the new activation.

    Raises `Rejected` where it cannot be gone back to.
    """
    if not may_return(target, target):
        raise Rejected(sentence("{element} cannot be gone back to from here."), element=target.task_spec.element.id)
    tree = target.workflow
    cut = _cut(target)
    reopened = _reopened(target)
    joins = [tree.tasks[n] for n in cut if "from" in tree.tasks[n].notes]
    apart = [j for j in joins if not _under_cut_root(j, target, reopened, cut)]
    _tell(tree, cut)
    tree.laps += [lap for n in cut - {target.id} for lap in laps.untold(tree.tasks[n])]
    gone = laps.whole(tree.tasks[n] for n in cut)
    _forget_compensation(tree, cut)
    kept = {m for j in joins for m in [*j.notes["from"]] if m in tree.tasks and m not in cut}
    _remove(tree, cut - {j.id for j in apart})
    for step in apart:
        _unfire(step)
    for number in kept:
        if number in tree.tasks:
            _unfire(tree.tasks[number])
    again = _again(tree, target, reopened)
    laps.note(again, gone)
    for step in tree.tasks.values():
        if step.notes.get("jumped") == target.id:
            step.notes["jumped"] = again.id
    return again


def _without_causes_of_others(found: list[Step]) -> list[Step]:
    """Of tasks found on several ways leave out those that only led to another that was found."""
    earlier = {cause.id for step in found for cause in _led(step)}
    return sorted((step for step in found if step.id not in earlier), key=lambda s: s.id, reverse=True)


def _leads_into_a_jump(step: Step) -> bool:
    """Whether a jump would be undone by half: its token would go and what it gave up not come back, or the other way round."""
    tree = step.workflow
    given_up = [s for s in tree.tasks.values() if s.notes.get("jumped") in tree.tasks]
    cut = _cut(step) if given_up else set()
    return any((s.id in cut) != (s.notes["jumped"] in cut - {step.id}) for s in given_up)


def _causes(step: Step) -> list[Step]:
    tree = step.workflow
    found = [tree.tasks[n] for n in step.notes.get("from", []) if n in tree.tasks]
    parent = step.parent
    if parent is not None:
        found.append(parent)
        if parent._state == TaskState.COMPLETED and step in _after(parent):
            found += _contents(parent)
    return found


def _contents(container: Step) -> list[Step]:
    """Everything that ran inside a finished container, at any depth."""
    found, pending = [], [container]
    while pending:
        inside = container.workflow.inside(pending.pop())
        found += inside
        pending += [s for s in inside if s._state == TaskState.COMPLETED]
    return found


def _cut(target: Step) -> set[int]:
    """All steps caused by `target`, itself included."""
    tree = target.workflow
    cut: set[int] = set()
    pending = [target]
    while pending:
        step = pending.pop()
        if step.id in cut:
            continue
        cut.add(step.id)
        pending += step.children
        _follow_merge(tree, step, pending)
        container = step.container
        while container is not None and container._state == TaskState.COMPLETED:
            pending += _after(container)
            _follow_merge(tree, container, pending)
            container = container.container
    return cut


def _follow_merge(tree: Tree, step: Step, pending: list[Step]) -> None:
    merged = tree.tasks.get(step.notes.get("into", -1))
    if merged is not None:
        pending.append(merged)


def _reopened(target: Step) -> list[Step]:
    """The finished containers around the target, which run again."""
    found, container = [], target.container
    while container is not None:
        if container._state == TaskState.COMPLETED:
            found.append(container)
        container = container.container
    return found


def _under_cut_root(step: Step, target: Step, reopened: list[Step], cut: set[int]) -> bool:
    """Whether a join stands, by the tree, below something withdrawn; if not it must be taken apart where it stands."""
    parent = step.parent
    return parent is not None and (parent.id in cut or (parent in reopened and step in _after(parent)))


def _after(container: Step) -> list[Step]:
    """The steps that followed the end of a container: not what is inside, nor what its boundary events started while it ran."""
    return [c for c in container.children if c.within != container.id and not isinstance(c.task_spec, Boundary)]


def _tell(tree: Tree, cut: set[int]) -> None:
    for number in sorted(cut):
        step = tree.tasks[number]
        if step.triggered or step._state == TaskState.CANCELLED:
            continue
        was = "open" if step.is_open else "done"
        tree.happenings.append(Happening("cancelled", step.task_spec.element_key, str(step.id), {"was": was, "reason": "rewind"}))


def _forget_compensation(tree: Tree, cut: set[int]) -> None:
    for step in tree.tasks.values():
        if "done" in step.notes:
            step.notes["done"] = [entry for entry in step.notes["done"] if entry[1] not in cut]


def _remove(tree: Tree, cut: set[int]) -> None:
    for number in cut:
        step = tree.tasks[number]
        if not step.triggered and step._state & OPEN:
            tree.count(step.within, -1)
        parent = step.parent
        if parent is not None and parent.id not in cut:
            parent._children.remove(number)
    for number in cut:
        del tree.tasks[number]


def _unfire(step: Step) -> None:
    step.notes.pop("from", None)
    step.notes.pop("into", None)
    step._children = [c for c in step._children if c in step.workflow.tasks]
    step._set_state(TaskState.WAITING)


def _work_again(target: Step) -> None:
    """Listen again to what containers had stopped listening to because their own work was done."""
    inner = target
    for container in _around(target):
        if "winding" in container.notes and not inner.task_spec.by_event:
            container.task_spec.reopen(container)
        inner = container


def _around(step: Step) -> Iterator[Step]:
    container = step.container
    while container is not None:
        yield container
        container = container.container


def _again(tree: Tree, target: Step, reopened: list[Step]) -> Step:
    for container in reversed(reopened):
        container._set_state(TaskState.STARTED)
        container.task_spec.reopen(container)
    _work_again(target)
    parent = tree.tasks.get(target._parent if target._parent is not None else -1)
    notes = {key: value for key, value in target.notes.items() if key in ("via", "index", "race")}
    tree.completed = False
    again = tree.enter(target.task_spec, parent, scope=target.scope, within=target.within, notes=notes)
    for container in _around(again):
        container.task_spec.wind_down(container)
    return again
