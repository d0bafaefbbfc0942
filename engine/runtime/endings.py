"""How a round of a user task ends: the form is checked, the process gets what it needs, the token moves on."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from kesu.engine import claims, instances, latches, timers, user_tasks, values
from kesu.engine.errors import Invalid, sentence
from kesu.engine.forms import Fault, Form
from kesu.engine.history import Event
from kesu.engine.instances import Instance
from kesu.engine.runtime import freezing, resumptions
from kesu.engine.runtime.prefills import opens_with
from kesu.engine.runtime.steps import Step
from kesu.engine.spiff.extensions import Outcome
from kesu.engine.user_tasks import UserTask

APPROVED, REJECTED = "approved", "rejected"
_OF_TASK = (select(instances.instances).join(user_tasks.user_tasks, user_tasks.user_tasks.c.instance_id == instances.instances.c.id)
            .where(user_tasks.user_tasks.c.id == bindparam("wanted")))


@dataclass(frozen=True)
class FieldProblem:
    """A field of a form that does not hold, with a sentence (a template for translation)."""

    field: str
    message: str
    values: dict[str, str] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.values)


def of_task(task_id: int) -> Any:
    """Return a finder for the instance that a task belongs to."""

    def find(connection: Connection) -> Instance:
        row = connection.execute(_OF_TASK, {"wanted": task_id}).one_or_none()
        return Instance(*row) if row else instances.find(connection, user_tasks.find(connection, task_id).instance_id)

    return find


def checked(step: Step, task_id: int, *, actor: str, seen: int | None, whoever: bool = False) -> UserTask:
    """Return the task if this person may act on it now; the one guard behind page, API and batch."""
    task = user_tasks.find(step.connection, task_id)
    assert step.instance is not None
    user_tasks.check_open(task, seen)
    instances.check_active(step.instance)
    if not task.ballot and not whoever:
        claims.check_actor(step.connection, task, actor)
    return task


@dataclass(frozen=True)
class Ending:
    """How a round ends. `unattended` says that no person filled the form: a removal, a time limit, an approval given before."""

    submission: Mapping[str, Any] | None = None
    outcome: str | None = None
    comment: str | None = None
    on_behalf_of: str | None = None
    unattended: bool = False


def finish_task(step: Step, task: UserTask, ending: Ending, *, actor: str) -> None:
    """Check the form, write what the process needs into its variables, and let the token pass."""
    outcome = ending.outcome
    clean, variables = checked_submission(step, task, ending.submission or {}, unattended=ending.unattended)
    if outcome is not None:
        variables[outcome_variable(task)] = outcome
    before = step.run.variables(task.activity_id)
    changed = {name: {"before": values.plain(before.get(name)), "after": values.plain(value)} for name, value in variables.items()
               if before.get(name) != value}
    details = {"task": task.id, "round": task.round, "outcome": outcome, "changed": changed, **freezing.read(step, task)}
    step.events.append(Event("task_completed", actor, step.now, task.element_id, task.activity_id, ending.comment, ending.on_behalf_of, details))
    step.acted.append((task.element_id, actor))
    step.proposing = task if freezing.proposes(variables) else step.proposing
    memory = resumptions.wanted(step, task.activity_id)
    step.run.complete(task.activity_id, variables)
    step.book["waits"].pop(task.activity_id, None)
    at, kept = step.now, values.plain(clean)
    step.ends.append(lambda connection: user_tasks.end(connection, task, actor=actor, at=at, outcome=outcome, submission=kept))
    if task.due_at is not None:  # without a deadline its policy has armed nothing
        step.ends.append(lambda connection: timers.cancel(connection, task.instance_id, [task.activity_id]))
    if memory is not None and outcome != REJECTED:
        resumptions.take_up(step, memory, task.activity_id)


def checked_submission(step: Step, task: UserTask, submission: Mapping[str, Any], *,
                       unattended: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the clean values of a submission and those that the process needs.

    Raises `Invalid` with every wrong field. A task without a form takes what it is given as variables.
    """
    known = step.run.variables(task.activity_id)
    if task.form_key is None:
        latches.check(known, submission)
        return dict(submission), dict(submission)
    form = step.package.form(task.form_key)
    check_fields(form, submission)
    clean, wrong = form.validate(submission, opens_with(step, task), step.host.now())
    silent = {name: value for name, value in clean.items() if unattended or name not in submission}
    clean = {name: value for name, value in clean.items() if name not in silent} | latches.kept(known, silent)
    lowered = latches.lowered(known, form.process_values(clean))
    wrong |= {name: Fault(text) for name, text in lowered.items()}
    if wrong and not unattended:
        problems = [FieldProblem(key, fault.template, fault.values) for key, fault in wrong.items()]
        raise Invalid(sentence("{count} fields of the form need another look."), problems, count=len(wrong))
    return clean, form.process_values({key: value for key, value in clean.items() if key in submission} if unattended else clean)


def check_fields(form: Form, submission: Iterable[str]) -> None:
    """Raise `Invalid` naming everything in a submission that is no field of the form: a task takes what it asks for, nothing else."""
    strange = sorted(set(submission) - {each.key for each in form.fields if each.type != "text"})
    if strange:
        problems = [FieldProblem(key, sentence("The form of this task has no such field.")) for key in strange]
        raise Invalid(sentence("This task takes the fields of its form only, but got {names} as well. Leave them out; nothing was done."),
                      problems, names=", ".join(strange))


def outcome_variable(task: UserTask) -> str:
    """Return the variable in which the diagram expects approved or rejected."""
    return str(Outcome.of(task.settings).variable or "outcome")
