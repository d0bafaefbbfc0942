"""Where a move on the path may go, decided by the server: earlier rounds the token descends from, the end, or (for jumps) steps ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from kesu.engine import ballots, claims, history, identity, spiff, user_tasks
from kesu.engine.errors import Conflict, Forbidden, Rejected, sentence
from kesu.engine.runtime import undoings
from kesu.engine.runtime.steps import Step
from kesu.engine.runtime.undoings import Undoing
from kesu.engine.spiff.extensions import Moves
from kesu.engine.user_tasks import COMPLETED, UserTask

REJECT, TAKE_BACK, WITHDRAW, JUMP = "reject", "take_back", "withdraw", "jump"
INITIATOR, PREVIOUS, CHOSEN, END = "initiator", "previous", "chosen", "end"
ACTS = ("task_completed", "ballot_cast", "task_claimed", "opinion_given", "task_transferred", "task_delegated", "sign_added", "sign_removed",
        "reject", "jump", "job_done", "message_received", "signal_received", "event_thrown")
ANSWERS = ("task_completed", "ballot_cast", "opinion_given")
NOT_HERE = sentence("This move is not possible here, or no longer: somebody has acted in the meantime, or it is not yours to make.")


@dataclass(frozen=True)
class Target:
    """A round or a step that a move may go to. `is_previous` marks the nearest, `is_first` where the case began, `ahead` a step not done yet."""

    activity_id: str
    element_id: str
    name: str
    name_en: str
    who: str | None = None
    at: datetime | None = None
    is_previous: bool = False
    is_first: bool = False
    ahead: bool = False


THE_END = Target(END, END, "结束本案", "End the case")


def targets(step: Step, task: UserTask, move: str, actor: str) -> list[Target]:
    """Return the legal targets of a move from a task for this person; empty where the move is not theirs to make, or not now."""
    if not _may(step, task, move, actor):
        return []
    return _OF_MOVE[move](step, task, actor)


def chosen(found: Sequence[Target], move: str, wanted: str | None) -> Target:
    """Return the target that is meant: by activity or element id, by a word (previous, initiator, end), or the obvious one.

    Raises `Conflict` where it is not legal, or where several are and the person has to choose.
    """
    if not found:
        raise Conflict(NOT_HERE, move=move)
    meant = _meant(found, move, wanted)
    if len(meant) > 1:
        names = ", ".join(each.name for each in meant)
        raise Conflict(sentence("Several steps come into question ({names}): choose the one it goes back to."), names=names)
    if not meant:
        raise Conflict(sentence("Expected one of the steps this can go back to ({names}), but got {target}."),
                       names=", ".join(each.name for each in found), target=wanted)
    return meant[0]


def decides(connection: Connection, task: UserTask, actor: str) -> bool:
    """Say whether a task waits for this person's decision; who is only heard first, or gives an opinion, leaves the path to its owner."""
    if task.ballot:
        own = [each for each in ballots.of_task(connection, task.id) if each.voter == actor and each.part in ballots.DECISIVE]
        return any(ballot.state == ballots.OPEN for ballot in own)
    try:
        claims.check_actor(connection, task, actor)
    except Forbidden:
        return False
    return True


def _meant(found: Sequence[Target], move: str, wanted: str | None) -> list[Target]:
    exact = [each for each in found if wanted in (each.activity_id, each.element_id)]
    if exact:
        return exact[:1]
    if wanted is None and (len(found) == 1 or move == TAKE_BACK):
        return list(found[:1])
    if wanted == INITIATOR or (wanted is None and move == WITHDRAW):
        return _first(found)
    if wanted == PREVIOUS or (wanted is None and move == REJECT):
        return [each for each in found if each.is_previous] or ([each for each in found if each is THE_END] if wanted is None else [])
    return []


def _first(found: Sequence[Target]) -> list[Target]:
    return [each for each in found if each.is_first]


def _may(step: Step, task: UserTask, move: str, actor: str) -> bool:
    if move == JUMP:
        person = identity.find_person(step.connection, actor)
        return task.is_open and person is not None and "admin" in person.groups
    if not Moves.of(task.settings).allows(move):
        return False
    if move == TAKE_BACK:
        return task.state == COMPLETED and task.ended_by == actor
    if move == WITHDRAW:
        return step.initiator == actor
    return task.is_open and decides(step.connection, task, actor)


def _to_reject(step: Step, task: UserTask, _actor: str) -> list[Target]:
    nobodys = _nobodys(step)
    nearest = {activity_id for activity_id, _ in step.run.previous(task.activity_id, nobodys)}
    first = {activity_id for activity_id, _ in step.run.first(nobodys)}
    found = [_target(each, is_previous=each.activity_id in nearest, is_first=each.activity_id in first)
             for each in _completed(step, task, step.run.rewind_targets(task.activity_id)) if each.activity_id not in nobodys]
    words = Moves.of(task.settings).reject
    if not words:
        return [*found, THE_END]
    kept = [each for each in found if CHOSEN in words or each.element_id in words or (PREVIOUS in words and each.is_previous)
            or (INITIATOR in words and each.is_first)]
    return kept + ([THE_END] if END in words else [])


def _to_withdraw(step: Step, task: UserTask, actor: str) -> list[Target]:
    found = [_target(each, is_first=True) for each in _completed(step, task, step.run.first(_nobodys(step)))]
    own = [each for each in found if each.who == actor]
    return own if len(own) == 1 else found


def _to_take_back(step: Step, task: UserTask, actor: str) -> list[Target]:
    """Return the person's own act, if nobody else has acted on what came of it and nothing has left the house because of it."""
    if [each.id for each in _completed(step, task, [(task.activity_id, task.element_id)])] != [task.id]:
        return []
    if any(ballot.voter != actor and ballot.answered_at for ballot in ballots.of_task(step.connection, task.id)):
        return []
    try:
        undone = undoing(step, task.activity_id).but(task.activity_id)
    except Rejected:
        return []
    events = undoings.events(step.connection, task.instance_id, undone)
    if any(_is_somebodys(event, actor, step.package.model) for event in events):
        return []
    if any(event["kind"] in ANSWERS and event["actor"] == actor and event["activity_id"] in undone.activities for event in events):
        return []  # their latest act comes first
    return [_target(task)]


def _nobodys(step: Step) -> set[str]:
    """The rounds that were skipped because there was nobody: nobody would be there to do them again."""
    return history.activities_with(step.connection, step.instance_id or 0, "task_skipped")


def undoing(step: Step, activity_id: str) -> Undoing:
    """Return what going back to an activity would undo; tried on a copy. Raises `Rejected` where it cannot be gone back to."""
    trial = spiff.Run.restore(step.package.model, step.instance.body if step.instance else "", step.host)
    trial.rewind(activity_id)
    return undoings.of_run(trial)


def left_the_house(event: Mapping[str, Any], model: spiff.Model) -> bool:
    """Say whether an event of history means that something was done which going back cannot undo."""
    if event["kind"] == "event_thrown":
        return event["details"].get("kind") in ("message", "signal")
    element = model.elements.get(event["element_id"] or "")
    return event["kind"] == "activity_completed" and element is not None and element.kind in ("serviceTask", "sendTask")


def _is_somebodys(event: Mapping[str, Any], actor: str, model: spiff.Model) -> bool:
    acted = event["kind"] in ACTS and event["actor"] not in (actor, identity.SYSTEM)
    return acted or event["kind"] in ("message_received", "job_done") or left_the_house(event, model)


def _to_jump(step: Step, task: UserTask, _actor: str) -> list[Target]:
    back = [_target(each) for each in _completed(step, task, step.run.returns_from(task.activity_id))]
    elements = step.package.model.elements
    known = {each.element_id for each in back}
    ahead = [Target(element_id, element_id, elements[element_id].name or element_id, elements[element_id].name_en or element_id, ahead=True)
             for element_id in step.run.jump_targets(task.activity_id) if element_id not in known]
    return ahead + back


def _completed(step: Step, task: UserTask, activities: Sequence[tuple[str, str]]) -> list[UserTask]:
    """Return the completed rounds of these activities of the task's instance, in their order; of several of one the latest."""
    found = user_tasks.of_activities(step.connection, task.instance_id, [activity_id for activity_id, _ in activities])
    latest = {each.activity_id: each for each in found if each.state == COMPLETED}
    return [latest[activity_id] for activity_id, _ in activities if activity_id in latest]


def _target(task: UserTask, **marks: bool) -> Target:
    return Target(task.activity_id, task.element_id, task.name, task.name_en, task.ended_by, task.ended_at, **marks)


_OF_MOVE = {REJECT: _to_reject, WITHDRAW: _to_withdraw, TAKE_BACK: _to_take_back, JUMP: _to_jump}
