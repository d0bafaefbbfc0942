"""Keeping a state as small as its diagram: finished loop iterations are cut out of the task tree.

From each open step walk up. Of two ancestors with the same node in the same container, everything from the farther one
down to just above the nearer one is an old iteration. It goes, with its finished side branches, unless something open or a
join that stays hangs off it, or a human task is in it that has not been come to again: on the way back of a loop, say. What
remains is about one visit a node and token: small, with the latest round of every human task to go back to, and a note (`laps`)
of what went.
"""

from SpiffWorkflow.util.task import TaskState

from kesu.engine.spiff import laps, rewinds
from kesu.engine.spiff.trees import Step, Tree


def splice(tree: Tree) -> int:
    """Drop every finished iteration; return how many steps went."""
    before = len(tree.tasks)
    live = _live(tree)
    for step in list(tree.open_steps()):
        if step.id in tree.tasks:
            _walk(tree, step, live)
    _drop_old_siblings(tree, live)
    return before - len(tree.tasks)


def _live(tree: Tree) -> set[int]:
    """Everything open, its ancestors, and what a join that stays has merged."""
    live: set[int] = set()
    pending = list(tree.open_steps())
    while pending:
        step: Step | None = pending.pop()
        while step is not None and step.id not in live:
            live.add(step.id)
            step = step.parent
    return live


def _walk(tree: Tree, step: Step, live: set[int]) -> None:
    chain: list[Step] = []
    current: Step | None = step
    while current is not None:
        chain.append(current)
        current = current.parent
    seen: dict[tuple[str, int | None], int] = {}
    i = 0
    while i < len(chain):
        older = chain[i]
        key = (older.task_spec.name, older.within)
        j = seen.get(key)
        if j is not None and older._parent is not None and not older.is_open and _cut(tree, chain[j], chain[j + 1 : i + 1], live):
            del chain[j + 1 : i + 1]
            seen = {known: place for known, place in seen.items() if place <= j}
            i = j + 1
            continue
        seen[key] = i
        i += 1


def _cut(tree: Tree, newer: Step, segment: list[Step], live: set[int]) -> bool:
    inside = {s.id for s in segment}
    for step in segment:
        if step.is_open or any(c in live and c not in inside and c != newer.id for c in step._children):
            return False
    older, last = segment[-1], segment[0]
    doomed = _below(tree, older, stop=newer.id)
    if _needed(tree, doomed) or _holds_latest(tree, doomed, newer):
        return False
    parent = older.parent
    last._children.remove(newer.id)
    newer._parent = parent.id
    parent._children[parent._children.index(older.id)] = newer.id
    laps.note(newer, laps.whole(tree.tasks[number] for number in doomed))
    for number in doomed:
        del tree.tasks[number]
    return True


def _below(tree: Tree, top: Step, stop: int | None) -> set[int]:
    found, pending = set(), [top.id]
    while pending:
        number = pending.pop()
        if number != stop:
            found.add(number)
            pending.extend(tree.tasks[number]._children)
    return found


def _needed(tree: Tree, doomed: set[int]) -> bool:
    """Whether a join that stays has merged a token out of what would go; a rewind could not take it apart again."""
    return any(
        tree.tasks[number].notes.get("into", number) not in doomed and tree.tasks[number].notes["into"] in tree.tasks
        for number in doomed
        if "into" in tree.tasks[number].notes
    )


def _holds_latest(tree: Tree, doomed: set[int], newer: Step) -> bool:
    """Whether the latest round of a human task would go: one that has not been come to again since."""
    again = {step.task_spec for step in map(tree.tasks.__getitem__, _below(tree, newer, stop=None)) if step._state != TaskState.CANCELLED}
    return any(step.task_spec not in again and rewinds.may_return(step, step) for step in map(tree.tasks.__getitem__, doomed))


def _drop_old_siblings(tree: Tree, live: set[int]) -> None:
    """Of finished branches of the same node under one parent (a repeated boundary event, say) keep the newest."""
    for step in list(tree.tasks.values()):
        if step.id not in tree.tasks or len(step._children) < 2:
            continue
        newest: dict[tuple[str, int | None, bool], Step] = {}
        for number in sorted(step._children, reverse=True):
            child = tree.tasks[number]
            key = (child.task_spec.name, child.within, child._state == TaskState.CANCELLED)  # what was withdrawn stands for none that was done
            if number in live or key not in newest:
                if number not in live:
                    newest[key] = child
                continue
            doomed = _below(tree, child, stop=None)
            if not _needed(tree, doomed):
                laps.note(newest[key], laps.whole(tree.tasks[n] for n in doomed))
                tree.drop(child)
