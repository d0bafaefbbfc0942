"""Rounds that nobody has to be asked for: the same approver's yes from before still stands, or there is nobody and skipping was chosen.

`sameApprover` of `kesu:moves` is off (default), adjacent or once; never after rework, never where `alwaysAsk` says so. Each such round is
a completed row of its own, done by the system, with a pointer to the earlier yes.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from kesu.engine import ballots, consents, history, user_tasks
from kesu.engine.assignments import SKIP, Assignment, policy
from kesu.engine.ballots import Seat
from kesu.engine.identity import SYSTEM
from kesu.engine.runtime import freezing
from kesu.engine.runtime.asking import question, tell
from kesu.engine.runtime.endings import APPROVED
from kesu.engine.runtime.reconciling import next_round, task_columns
from kesu.engine.runtime.steps import PASSING, Step
from kesu.engine.spiff import Wait
from kesu.engine.spiff.extensions import Moves
from kesu.engine.user_tasks import COMPLETED, UserTask

OFF, ADJACENT, ONCE = "off", "adjacent", "once"
REWORK = ("reject", "withdraw", "take_back", "jump")


def pass_on(step: Step) -> bool:
    """Let one new user task pass of which nobody needs to be asked; say whether there was one."""
    fresh = [wait for wait in step.run.waits() if wait.kind == "user_task" and wait.activity_id not in step.book["waits"]]
    return any(_passes(step, wait) for wait in fresh)


def _passes(step: Step, wait: Wait) -> bool:
    settings = step.package.model.elements[wait.element_id].settings
    setting = same_approver(step, settings)
    if setting == OFF and policy(settings) != SKIP:
        return False
    found = question(step, wait)
    if found.faults:
        return False
    assignment = found.assignment
    if assignment.nobody and assignment.instead == SKIP:
        _complete(step, wait, assignment, {}, "nobody to approve")
        return True
    asked = [assignment.assignee] if assignment.assignee else list(assignment.voters)
    earlier = {} if setting == OFF or not asked else _earlier(step, wait, setting)
    standing = {login: earlier[login] for login in asked if login in earlier}
    if not standing or set(standing) != set(asked):
        return False
    _complete(step, wait, assignment, standing, "approved before")
    return True


def same_approver(step: Step, settings: Mapping[str, dict[str, Any]]) -> str:
    """Return off, adjacent or once for a node: its own word, else the process's; off where it always asks."""
    own, whole = Moves.of(settings), Moves.of(step.package.model.settings)
    if own.always_ask is True:
        return OFF
    return str(own.same_approver or whole.same_approver or OFF)


def _earlier(step: Step, wait: Wait, setting: str) -> dict[str, int]:
    """Return whose yes still stands, each with the task it was given in. After any rework nothing does."""
    if step.instance is None or any(event.kind in REWORK for event in step.events):
        return {}
    if any(history.last(step.connection, step.instance.id, kind) for kind in REWORK):
        return {}
    nearest = {activity_id for activity_id, _ in step.run.previous(wait.activity_id)}
    found: dict[str, int] = {}
    for task in _about_the_same(step, user_tasks.of_instance(step.connection, step.instance.id)):
        if task.state == COMPLETED and task.outcome == APPROVED and task.superseded_by is None and (setting == ONCE or task.activity_id in nearest):
            found.update(dict.fromkeys(_who_said_yes(step.connection, task), task.id))
    return {**found, **_just_now(step, wait, setting, nearest)}


def _about_the_same(step: Step, tasks: list[UserTask]) -> list[UserTask]:
    """Where something is proposed, only a yes to exactly that can stand for another."""
    read = freezing.digest(step).get("read")
    if read is None:
        return tasks
    agreed = {task.id for task in consents.of(step.connection, step.instance_id or 0, read).approved}
    return [task for task in tasks if task.id in agreed]


def _just_now(step: Step, wait: Wait, setting: str, nearest: set[str]) -> dict[str, int]:
    """The yes of this very command is not written yet; its task is still open in the rows."""
    found: dict[str, int] = {}
    for event in step.events:
        near = setting == ONCE or event.activity_id in nearest
        same = event.details.get("read") == freezing.digest(step).get("read")
        if event.kind == "task_completed" and event.details.get("outcome") == APPROVED and near and same:
            task_id = int(event.details["task"])
            found.update(dict.fromkeys(_said_yes_just_now(step, task_id, event.actor), task_id))
    found.pop(SYSTEM, None)
    return found


def _said_yes_just_now(step: Step, task_id: int, ended_by: str) -> set[str]:
    round_ = ballots.of_task(step.connection, task_id)
    if not round_:
        return {ended_by}
    answers = {event.actor: event.details["answer"] for event in step.events if event.kind == "ballot_cast" and event.details["task"] == task_id}
    return {each.voter for each in round_ if each.counts and answers.get(each.voter, each.state) == ballots.YES}


def _who_said_yes(connection: Connection, task: UserTask) -> list[str]:
    if task.ballot:
        return [each.voter for each in ballots.of_task(connection, task.id) if each.state == ballots.YES and each.counts]
    return [task.ended_by] if task.ended_by and task.ended_by != SYSTEM else []


def _complete(step: Step, wait: Wait, assignment: Assignment, because: Mapping[str, int], reason: str) -> None:
    columns = {**task_columns(step, wait), "round": next_round(step.book, wait.element_id), "state": COMPLETED, "assignee": assignment.assignee,
               "ended_at": step.now, "ended_by": SYSTEM, "outcome": APPROVED, "due_at": None}
    variable = columns["settings"].get("outcome", {}).get("variable") or "outcome"
    kind = "auto_approved" if because else "task_skipped"
    step.tell(kind, element_id=wait.element_id, activity_id=wait.activity_id, reason=reason, because=dict(because), round=columns["round"],
              **freezing.digest(step))
    tell(step, wait, assignment)
    step.run.complete(wait.activity_id, {variable: APPROVED})
    voters = assignment.voters

    def write(connection: Connection, instance_id: int) -> None:
        task_id = user_tasks.insert(connection, {"instance_id": instance_id, **columns}, [])
        seats = [Seat(login, i, state=ballots.YES, answered_at=step.now, because=because.get(login)) for i, login in enumerate(voters)]
        ballots.hand_out(connection, task_id, seats)

    step.passed.append(write)


PASSING.append(pass_on)
