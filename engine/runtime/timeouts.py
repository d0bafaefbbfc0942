"""What happens when a user task is due, by the node's own policy: warn, remind, escalate, reject or approve. A system act.

It needs no field that a person would fill, fires once a deadline, and moves with the due date where that has moved.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from kesu.engine import ballots, due_dates, identity, notifications, timers, user_tasks
from kesu.engine.identity import SYSTEM
from kesu.engine.notifications import ESCALATED, REMINDED
from kesu.engine.runtime import policies, work
from kesu.engine.runtime.acts import holders, notification
from kesu.engine.runtime.endings import APPROVED, REJECTED, Ending, finish_task
from kesu.engine.runtime.steps import Step
from kesu.engine.timers import Timer
from kesu.engine.user_tasks import UserTask


def act(step: Step, timer: Timer) -> None:
    """Do what the policy says about the open task of this timer, if it is due and not done about this deadline before."""
    task = _open_task(step, timer)
    if task is None:
        return
    if timer.act != policies.WARN and task.due_at is not None and task.due_at > step.now:
        _again(step, timer, task)
        return
    mark, now, instance_id = timer.mark or f"{task.element_id}/{timer.act}", step.now, timer.instance_id
    if due_dates.fired(step.connection, instance_id, mark):
        return
    step.ends.append(lambda connection: due_dates.fire(connection, instance_id, mark, at=now))
    step.tell("timeout_policy", element_id=task.element_id, activity_id=task.activity_id, act=timer.act, task=task.id, round=task.round)
    _DOING[timer.act or policies.REMIND](step, task)


def _open_task(step: Step, timer: Timer) -> UserTask | None:
    tasks = user_tasks.of_instance(step.connection, timer.instance_id, only_open=True)
    return next((task for task in tasks if task.activity_id == timer.activity_id), None)


def _again(step: Step, timer: Timer, task: UserTask) -> None:
    """The deadline has moved, because its clock stood still: look again when it is due now."""
    row = {"instance_id": timer.instance_id, "activity_id": timer.activity_id, "element_id": timer.element_id, "due_at": task.due_at,
           "act": timer.act, "mark": timer.mark}
    step.ends.append(lambda connection: timers.arm(connection, [row]))


def _remind(step: Step, task: UserTask) -> None:
    _tell(step, task, REMINDED, holders(step.connection, task))


def _escalate(step: Step, task: UserTask) -> None:
    above = [superior for login in holders(step.connection, task) if (superior := identity.superior_of(step.connection, login))]
    _tell(step, task, ESCALATED, above or identity.members(step.connection, "manager"))


def _approve(step: Step, task: UserTask) -> None:
    _finish(step, task, APPROVED)


def _reject(step: Step, task: UserTask) -> None:
    _finish(step, task, REJECTED)


def _finish(step: Step, task: UserTask, outcome: str) -> None:
    finish_task(step, task, Ending(outcome=outcome, unattended=True), actor=SYSTEM)
    step.ends.append(lambda connection: ballots.void_open(connection, [task.id]))


def _tell(step: Step, task: UserTask, kind: str, to: list[str]) -> None:
    told = notification(task, kind, tuple(dict.fromkeys(to)), by=SYSTEM, at=step.now)

    def write(connection: Connection) -> None:
        notifications.tell(connection, told)

    if told.to:
        step.ends.append(write)


_DOING: dict[str, Callable[[Step, UserTask], None]] = {
    policies.WARN: _remind, policies.REMIND: _remind, policies.ESCALATE: _escalate, policies.APPROVE: _approve, policies.REJECT: _reject,
}
work.POLICIES.update(dict.fromkeys(_DOING, act))
