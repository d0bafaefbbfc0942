"""An instance as JSON: one short list a task, the scopes beside it, and nothing of the specification.

Names of specs are written once and referred to by number, so a state does not depend on the order of compiling.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from SpiffWorkflow.util.task import TaskState

from kesu.engine.errors import Rejected, sentence
from kesu.engine.spiff import compensations
from kesu.engine.spiff.answers import HELD
from kesu.engine.spiff.happenings import Host
from kesu.engine.spiff.models import Model
from kesu.engine.spiff.scopes import Scopes
from kesu.engine.spiff.trees import Step, Tree
from kesu.engine.spiff.values import dumps

FORMAT: Final = 1
MAX_STATE: Final = 4_000_000


def save(tree: Tree) -> str:
    """Return the whole state of an instance as JSON.

    Raises `Rejected` where its variables or open work have grown beyond 4 MB.
    """
    names: dict[str, int] = {}
    rows = [_row(step, names.setdefault(step.task_spec.name, len(names))) for step in tree.tasks.values()]
    state = dumps(
        {
            "f": FORMAT,
            "p": tree.model.process_id,
            "n": tree.next_id,
            "d": int(tree.completed),
            "k": list(names),
            "t": rows,
            "s": tree.scopes.save({number for step in tree.tasks.values() for number in _scopes(step)}),
        }
    )
    if len(state) > MAX_STATE:
        raise Rejected(sentence("The instance has grown to {size} characters; keep large data out of process variables."), size=len(state))
    return state


def restore(model: Model, state: str, host: Host) -> Tree:
    """Rebuild an instance from its state and the model it was saved with.

    Raises `Rejected` where the state belongs to another process or another release.
    """
    saved = json.loads(state)
    if saved.get("f") != FORMAT or saved["p"] != model.process_id:
        raise Rejected(
            sentence("This state belongs to process {found}, not to {expected}."),
            found=saved.get("p", "?"),
            expected=model.process_id,
        )
    tree = Tree(model, host)
    tree.scopes = Scopes.restore(saved["s"])
    tree.next_id, tree.completed = saved["n"], bool(saved["d"])
    missing = [name for name in saved["k"] if name not in model.spec.task_specs]
    if missing:
        raise Rejected(sentence("This state stands at {missing}, which this version of {process} does not have."),
                       missing=", ".join(missing), process=model.process_id)
    specs = [model.spec.task_specs[name] for name in saved["k"]]
    for row in saved["t"]:
        _step(tree, specs, row)
    return tree


def seen(state: str, activity_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the variables seen from each of these activities that is still there, without taking the instance up."""
    saved = json.loads(state)
    scopes, wanted = Scopes.restore(saved["s"]), {each.partition(".")[0]: each for each in activity_ids}
    return {wanted[str(row[0])]: scopes.by_id[row[4]].visible() for row in saved["t"] if str(row[0]) in wanted}


def _scopes(step: Step) -> Iterator[int]:
    """The scopes that a step runs in, keeps for what is inside, or may need to undo what finished there."""
    yield step.scope.id
    if step.internal_data:
        for holder in (step.notes, step.notes.get(HELD, {})):
            if "scope" in holder:
                yield holder["scope"]
        yield from compensations.scopes(step.notes.get("done", ()))
        yield from (entry[1] for entry in step.notes.get("plan", ()))
        yield from (number for entry in step.notes.get("plan", ()) for number in compensations.scopes(entry[2]))


def _row(step: Step, name: int) -> list[Any]:
    row: list[Any] = [step.id, name, step._parent, step._state, step.scope.id, step.within]
    if step.internal_data or step.triggered:
        row.append(step.internal_data)
    if step.triggered:
        row.append(1)
    return row


def _step(tree: Tree, specs: list[Any], row: list[Any]) -> None:
    number, name, parent, state, scope, within, *rest = row
    spec = specs[name]
    step = Step(
        tree,
        spec,
        None if parent is None else tree.tasks[parent],
        number=number,
        state=state,
        scope=tree.scopes.by_id[scope],
        within=within,
        armed=len(rest) > 1,
    )
    if rest:
        step.internal_data = rest[0]
    if state == TaskState.READY and not spec.manual:
        tree.agenda.append(step)
    elif state == TaskState.WAITING and spec.watches:
        tree.watching = True
