"""Correcting what a case says: the variables that carry the same names follow, and the history tells before, after and reason.

Whoever decides has read the case. So a correction of what they have read undoes what was decided about the present proposal, and the step that
proposed it opens again; after any other correction those who decide now have to look at the task anew.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from kesu.engine import clock, history, instances, user_tasks, values
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Rejected, sentence
from kesu.engine.history import Event
from kesu.engine.instances import ENDED
from kesu.engine.runtime import freezing
from kesu.engine.runtime.rejections import supersede
from kesu.engine.runtime.steps import Step, by_id, command
from kesu.engine.service_tasks import Write
from kesu.engine.user_tasks import UserTask

KIND = "case_corrected"


Proposing = Callable[[Connection], int | None]  # finds the task that made the present proposal; None where it is final


@dataclass(frozen=True)
class Deciding:
    """Tables whose results stand in the variables and are worked out again after a correction; `keep` writes what changed."""

    decisions: tuple[str, ...]
    keep: Callable[[Connection, Mapping[str, Any]], None]


def correct(
    db: Database,
    instance_id: int | None,
    told: Mapping[str, tuple[Any, Any]],
    *,
    variables: Mapping[str, Any],
    actor: str,
    reason: str,
    writes: tuple[Write, ...],
    undoing: Proposing | None = None,
    deciding: Deciding | None = None,
) -> None:
    """Do these writes and tell them (name: before, after) in the instance's history; variables it has are changed, no others are made.

    With `deciding` the tables that read what was corrected are asked again, those that were asked before.
    With `undoing` the decisions about a proposal that is not final are undone. Raises `Conflict` where that is not possible.
    """
    changed = {name: {"before": before, "after": after} for name, (before, after) in told.items()}
    with db.read() as connection:
        moves = instance_id is not None and instances.find(connection, instance_id).state not in ENDED
    if instance_id is None or not moves:
        _tell_only(db, instance_id, writes, Event(KIND, actor, clock.now(), reason=reason, details={"changed": changed}))
        return

    def act(step: Step) -> None:
        _set_right(step, changed, variables, reason, undoing, deciding)

    command(db, by_id(instance_id), act, actor=actor, writes=writes)


def _tell_only(db: Database, instance_id: int | None, writes: tuple[Write, ...], told: Event) -> None:
    """Do the writes where no process runs."""
    with db.write() as connection:
        for write in writes:
            write(connection)
        if instance_id is not None:
            history.append(connection, instance_id, [told])


def _set_right(step: Step, changed: Mapping[str, Any], variables: Mapping[str, Any], reason: str,
               undoing: Proposing | None, deciding: Deciding | None) -> None:
    known = step.run.variables()
    wanted = {name: value for name, value in variables.items() if name in known}
    decided = _decided_again(step, known, wanted, deciding) if deciding else {}
    step.tell(KIND, reason=reason, changed={**changed, **_differences(known, decided)})
    proposed = undoing(step.connection) if undoing else None
    if proposed is not None:
        _reopen(step, user_tasks.find(step.connection, proposed), reason)
    elif step.instance is not None:
        _show_again(step, step.instance.id)
    wanted |= decided
    if proposed is None and freezing.alters(known, wanted):
        # final: the variable of the claim is the remedy's in older diagrams
        wanted = {name: each for name, each in wanted.items() if not freezing.alters(known, {name: each})}
    step.run.set_variables(wanted)


def _differences(known: Mapping[str, Any], decided: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {"before": values.plain(known[name]), "after": values.plain(value)} for name, value in decided.items()}


def _decided_again(
    step: Step, known: Mapping[str, Any], wanted: Mapping[str, Any], deciding: Deciding
) -> dict[str, Any]:
    """Return what the tables make of the corrected variables and did not make of them before, and have it kept."""
    found: dict[str, Any] = {}
    for decision in deciding.decisions if wanted else ():
        value = (
            step.host.decide(decision, {**known, **wanted})[0]
            if step.package.has_decision(decision)
            else None
        )
        if isinstance(value, Mapping) and known.keys() >= value.keys():
            found |= {name: each for name, each in value.items() if known[name] != each}
    if found:
        step.writes.append(lambda connection: deciding.keep(connection, found))
    return found


def _reopen(step: Step, task: UserTask, reason: str) -> None:
    """Open the step that proposed again, and mark the decisions that this undoes."""
    assert step.instance is not None
    instances.check_active(step.instance)
    open_now = user_tasks.of_instance(step.connection, task.instance_id, only_open=True)
    if task.superseded_by is not None or any(each.element_id == task.element_id for each in open_now):
        return  # a move has undone it, or it is being worked over: nobody has decided about what comes of it
    supersede(step, task)
    try:
        step.run.rewind(task.activity_id)
    except Rejected as refusal:
        raise Conflict(sentence("This has been read by those who approve the proposal, and the step {task} cannot be opened again now ({reason}). "
                                "Correct it when the proposal has been decided."), task=task.name, reason=str(refusal)) from refusal
    step.tell("proposal_reopened", element_id=task.element_id, activity_id=task.activity_id, reason=reason, task=task.id)


def _show_again(step: Step, instance_id: int) -> None:
    """Let an answer from a page that was opened before be refused."""
    deciding = [each.id for each in user_tasks.of_instance(step.connection, instance_id, only_open=True) if freezing.decides(each)]
    if deciding:
        step.ends.append(lambda connection: user_tasks.move_version(connection, deciding))
