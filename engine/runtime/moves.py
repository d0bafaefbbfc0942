"""Moves on the path: reject, take back, withdraw. Each is legal only where the server says so, and can be previewed without being done.

What each means is in `docs/approvals.md`. Cutting is by causality: only what came after the target is undone, in every branch; work that
did not come from it stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from kesu.engine import ballots, history, identity, instances, spiff, user_tasks
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Forbidden, Invalid, NotFound, sentence
from kesu.engine.runtime.completions import checked, of_task
from kesu.engine.runtime.starts import Moved
from kesu.engine.runtime.steps import Step, command
from kesu.engine.runtime.work import run_inside
from kesu.engine.user_tasks import COMPLETED, UserTask

REJECT, TAKE_BACK, WITHDRAW = "reject", "take_back", "withdraw"
MOVES = (REJECT, TAKE_BACK, WITHDRAW)


@dataclass(frozen=True)
class Target:
    """An earlier round that a move may go back to."""

    activity_id: str
    element_id: str
    name: str
    name_en: str
    who: str | None
    at: datetime | None


@dataclass(frozen=True)
class Voided:
    """Something open that a move would end, or something done that it cannot undo."""

    kind: str
    element_id: str
    name: str


@dataclass(frozen=True)
class Preview:
    """What a move would do: where the case goes, what would be voided, what cannot be undone."""

    target: Target
    voided: list[Voided] = field(default_factory=list)
    cannot_undo: list[Voided] = field(default_factory=list)


def legal_moves(db: Database, task_id: int, *, actor: str) -> dict[str, list[Target]]:
    """Return the moves that this person may make from a task, each with its legal targets."""
    with db.read() as connection:
        step = Step.load(db, connection, of_task(task_id)(connection), actor=actor)
        task = user_tasks.find(connection, task_id)
        return {move: targets for move in MOVES if (targets := _targets(step, task, move, actor))}


def preview(db: Database, task_id: int, *, actor: str, move: str, target: str | None = None) -> Preview:
    """Say what a move would do, without doing it. Raises what the move would raise."""
    with db.read() as connection:
        step = Step.load(db, connection, of_task(task_id)(connection), actor=actor)
        task = user_tasks.find(connection, task_id)
        chosen = _chosen(_targets(step, task, move, actor), move, target)
        before = step.run.waits()
        step.run.rewind(chosen.activity_id)
        return _previewed(step, chosen, before)


def move(db: Database, task_id: int, *, actor: str, move: str, target: str | None = None, reason: str | None = None,
         seen: int | None = None, idempotency_key: str | None = None) -> Moved:
    """Make a move back to `target` (an activity id of `legal_moves`; the only one where there is one).

    Raises `Invalid` without a reason where one is owed, `Conflict` for a target that is no longer legal, `Forbidden` for those it is not theirs.
    """
    if move == REJECT and not (reason or "").strip():
        raise Invalid(sentence("Expected a reason for the rejection: the person it goes back to has to know what to mend."))

    def act(step: Step) -> None:
        task = checked(step, task_id, actor=actor, seen=seen) if move == REJECT else user_tasks.find(step.connection, task_id)
        assert step.instance is not None
        instances.check_active(step.instance)
        chosen = _chosen(_targets(step, task, move, actor), move, target)
        _supersede(step, chosen, task)
        step.tell(move, element_id=task.element_id, activity_id=task.activity_id, reason=reason, target=chosen.element_id, task=task.id)
        step.run.rewind(chosen.activity_id)

    moved = Moved(**command(db, of_task(task_id), act, actor=actor, kind=move, key=idempotency_key))
    run_inside(db, moved.instance_id)
    return moved


def _targets(step: Step, task: UserTask, move: str, actor: str) -> list[Target]:
    if move not in MOVES:
        raise NotFound(sentence("Expected one of the moves {moves}, but got {move}."), moves=", ".join(MOVES), move=move)
    if not _may(step, task, move, actor):
        return []
    rounds = _completed_rounds(step.connection, task.instance_id)
    if move == TAKE_BACK:
        return _own_latest(step, task, rounds, actor)
    targets = [_target(rounds, activity_id, element_id) for activity_id, element_id in step.run.rewind_targets(task.activity_id)
               if activity_id in rounds]
    if move == WITHDRAW:
        return targets[:1]
    return targets


def _may(step: Step, task: UserTask, move: str, actor: str) -> bool:
    allowed = task.settings.get("moves", {}).get("allow")
    if allowed is not None and move not in [name.strip() for name in allowed.split(",")]:
        return False
    if move == TAKE_BACK:
        return task.state == COMPLETED and task.ended_by == actor
    if not task.is_open:
        return False
    if move == WITHDRAW:
        return step.instance is not None and step.instance.started_by == actor
    return _is_theirs(step.connection, task, actor)


def _is_theirs(connection: Connection, task: UserTask, actor: str) -> bool:
    if task.ballot:
        return any(ballot.voter == actor and ballot.state == ballots.OPEN for ballot in ballots.of_task(connection, task.id))
    try:
        user_tasks.check_actor(connection, task, actor)
    except Forbidden:
        return False
    return True


def _completed_rounds(connection: Connection, instance_id: int) -> dict[str, UserTask]:
    """Return the latest completed round of every activity."""
    return {task.activity_id: task for task in user_tasks.of_instance(connection, instance_id) if task.state == COMPLETED}


def _own_latest(step: Step, task: UserTask, rounds: dict[str, UserTask], actor: str) -> list[Target]:
    """Return the person's own act, if nobody else has acted since and nothing has left the house because of it."""
    if rounds.get(task.activity_id) is not task and rounds.get(task.activity_id) != task:
        return []
    events = history.of_instance(step.connection, task.instance_id)
    own = max((event["sequence"] for event in events if event["kind"] == "task_completed" and event["activity_id"] == task.activity_id), default=None)
    if own is None:
        return []
    later = [event for event in events if event["sequence"] > own]
    acted = any(event["actor"] not in (actor, identity.SYSTEM) or event["kind"] in ("job_done", "message_received") for event in later)
    return [] if acted else [_target(rounds, task.activity_id, task.element_id)]


def _target(rounds: dict[str, UserTask], activity_id: str, element_id: str) -> Target:
    task = rounds[activity_id]
    return Target(activity_id, element_id, task.name, task.name_en, task.ended_by, task.ended_at)


def _chosen(targets: Sequence[Target], move: str, target: str | None) -> Target:
    if not targets:
        raise Conflict(sentence("This move is not possible here, or no longer: somebody has acted in the meantime, or it is not yours to make."), move=move)
    if target is None and len(targets) == 1:
        return targets[0]
    chosen = next((each for each in targets if target in (each.activity_id, each.element_id)), None)
    if chosen is None:
        raise Conflict(sentence("Expected one of the steps this can go back to ({names}), but got {target}."),
                       names=", ".join(each.name for each in targets), target=target)
    return chosen


def _supersede(step: Step, chosen: Target, task: UserTask) -> None:
    """After the move, void the open ballots of every round it ends, and mark the answered ones of undone rounds; answers are never changed."""
    instance_id = task.instance_id

    def write(connection: Connection) -> None:
        rounds = [each for each in user_tasks.of_instance(connection, instance_id) if each.ballot and each.activity_id in undone]
        ballots.void_open(connection, [each.id for each in rounds])
        ballots.supersede(connection, [each.id for each in rounds], by=task.id)

    undone: set[str] = set()
    step.before_commit.append(lambda: undone.update(happening.activity_id for happening in step.run.happenings if happening.kind == "cancelled"))
    step.ends.append(write)


def _previewed(step: Step, chosen: Target, before: list[spiff.Wait]) -> Preview:
    after = {wait.activity_id for wait in step.run.waits()}
    elements = step.package.model.elements
    voided = [Voided(wait.kind, wait.element_id, elements[wait.element_id].name or wait.element_id) for wait in before
              if wait.activity_id not in after]
    undone = {happening.activity_id for happening in step.run.happenings if happening.kind == "cancelled"}
    events = history.of_instance(step.connection, step.instance_id or 0)
    gone_out = [Voided("service", event["element_id"], elements[event["element_id"]].name or event["element_id"]) for event in events
                if event["kind"] == "job_done" and event["activity_id"] in undone and event["element_id"] in elements]
    return Preview(chosen, voided, gone_out)


def describe(targets: dict[str, list[Target]]) -> dict[str, list[dict[str, Any]]]:
    """Return legal moves as plain data."""
    return {name: [{"activity_id": each.activity_id, "element_id": each.element_id, "name": each.name, "name_en": each.name_en,
                    "who": each.who} for each in found] for name, found in targets.items()}
