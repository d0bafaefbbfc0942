"""Completing a user task: the form is checked, the process gets what it needs, the token moves on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from kesu.engine import instances, user_tasks, values
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Invalid, sentence
from kesu.engine.instances import Instance
from kesu.engine.runtime.starts import Moved
from kesu.engine.runtime.steps import Step, command
from kesu.engine.runtime.work import run_inside
from kesu.engine.service_tasks import Write
from kesu.engine.user_tasks import UserTask

APPROVED, REJECTED = "approved", "rejected"


@dataclass(frozen=True)
class FieldProblem:
    """A field of a form that does not hold, with a sentence (a template for translation)."""

    field: str
    message: str


def complete(db: Database, task_id: int, *, actor: str, submission: Mapping[str, Any] | None = None, outcome: str | None = None,
             comment: str | None = None, seen: int | None = None, idempotency_key: str | None = None, writes: Iterable[Write] = ()) -> Moved:
    """Complete a user task with what the person filled in. `seen` is the version of the task they looked at.

    Raises `Forbidden` where it is not theirs, `Conflict` where somebody was first, `Invalid` with every wrong field.
    """

    def act(step: Step) -> None:
        task = checked(step, task_id, actor=actor, seen=seen)
        if task.ballot:
            raise Conflict(sentence("{task} is decided by vote: cast your ballot instead of completing it."), task=task.name)
        finish_task(step, task, actor=actor, submission=submission, outcome=outcome, comment=comment)

    moved = Moved(**command(db, of_task(task_id), act, actor=actor, kind="complete", key=idempotency_key, writes=writes))
    run_inside(db, moved.instance_id)
    return moved


def of_task(task_id: int) -> Any:
    """Return a finder for the instance that a task belongs to."""

    def find(connection: Connection) -> Instance:
        return instances.find(connection, user_tasks.find(connection, task_id).instance_id)

    return find


def checked(step: Step, task_id: int, *, actor: str, seen: int | None) -> UserTask:
    """Return the task if this person may act on it now; the one guard behind page, API and batch."""
    task = user_tasks.find(step.connection, task_id)
    assert step.instance is not None
    user_tasks.check_open(task, seen)
    instances.check_active(step.instance)
    if not task.ballot:
        user_tasks.check_actor(step.connection, task, actor)
    return task


def finish_task(step: Step, task: UserTask, *, actor: str, submission: Mapping[str, Any] | None, outcome: str | None, comment: str | None) -> None:
    """Check the form, write what the process needs into its variables, and let the token pass."""
    clean, variables = checked_submission(step, task, submission or {})
    if outcome is not None:
        variables[outcome_variable(task)] = outcome
    before = step.run.variables(task.activity_id)
    changed = {name: {"before": values.plain(before.get(name)), "after": values.plain(value)} for name, value in variables.items()
               if before.get(name) != value}
    step.tell("task_completed", element_id=task.element_id, activity_id=task.activity_id, reason=comment, task=task.id, round=task.round,
              outcome=outcome, changed=changed)
    step.acted.append((task.element_id, actor))
    step.run.complete(task.activity_id, variables)
    step.book["waits"].pop(task.activity_id, None)
    at, kept = step.now, values.plain(clean)
    step.ends.append(lambda connection: user_tasks.end(connection, task, actor=actor, at=at, outcome=outcome, submission=kept))


def checked_submission(step: Step, task: UserTask, submission: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the clean values of a submission and those that the process needs.

    Raises `Invalid` with every wrong field. A task without a form takes what it is given as variables.
    """
    if task.form_key is None:
        return dict(submission), dict(submission)
    form = step.package.form(task.form_key)
    clean, wrong = form.validate(submission, step.run.variables(task.activity_id))
    if wrong:
        problems = [FieldProblem(key, text) for key, text in wrong.items()]
        raise Invalid(sentence("{count} fields of the form need another look."), problems, count=len(wrong))
    return clean, form.process_values(clean)


def outcome_variable(task: UserTask) -> str:
    """Return the variable in which the diagram expects approved or rejected."""
    return str(task.settings.get("outcome", {}).get("variable") or "outcome")
