"""What happens next, before it happens: a run is played forward in memory and thrown away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kesu.engine import incidents, instances, user_tasks
from kesu.engine.assignments import Assignment
from kesu.engine.database import Database
from kesu.engine.runtime.asking import question
from kesu.engine.runtime.endings import checked_submission, of_task, outcome_variable
from kesu.engine.runtime.repairs import go_past
from kesu.engine.runtime.steps import Step
from kesu.engine.spiff import Wait

SERVICES_AHEAD = 20  # how many service tasks to look past for the next person


@dataclass(frozen=True)
class Next:
    """One thing that follows: an element, and who is asked if it is for people."""

    element_id: str
    kind: str
    name: str
    name_en: str
    assignment: Assignment | None = None


def what_next(db: Database, task_id: int, *, actor: str, submission: Mapping[str, Any] | None = None, outcome: str | None = None) -> list[Next]:
    """Say what would follow if the task were completed like this: service tasks passed, then people and waits. Writes nothing.

    Raises `Invalid` where the submission does not hold. What service tasks would return is unknown, so they are taken to change nothing.
    """
    with db.read() as connection:
        step = Step.load(db, connection, of_task(task_id)(connection), actor=actor)
        task = user_tasks.find(connection, task_id)
        before = {wait.activity_id for wait in step.run.waits()}
        _, variables = checked_submission(step, task, submission or {})
        if outcome is not None:
            variables[outcome_variable(task)] = outcome
        step.acted.append((task.element_id, actor))
        step.run.complete(task.activity_id, variables)
        return _ahead(step, before)


def what_next_without(db: Database, incident_id: int, *, actor: str) -> list[Next]:
    """Say what would follow if the stuck work of an incident were skipped. Writes nothing; nothing where it belongs to no instance."""
    with db.read() as connection:
        incident = incidents.find(connection, incident_id)
        if incident.instance_id is None:
            return []
        step = Step.load(db, connection, instances.find(connection, incident.instance_id), actor=actor)
        before = {wait.activity_id for wait in step.run.waits()} - {incident.activity_id}
        go_past(step, incident, {})
        return _ahead(step, before)


def _ahead(step: Step, before: set[str]) -> list[Next]:
    passed = _play(step, before)
    people = [wait for wait in step.run.waits() if wait.activity_id not in before and wait.kind == "user_task"]
    return passed + [_next(step, wait, question(step, wait).assignment) for wait in people]


def _play(step: Step, before: set[str]) -> list[Next]:
    passed = []
    step.run.advance()
    for _ in range(SERVICES_AHEAD):
        service = next((wait for wait in step.run.waits() if wait.kind == "service" and wait.activity_id not in before), None)
        if service is None:
            break
        passed.append(_next(step, service))
        step.run.complete(service.activity_id, {})
        step.run.advance()
    return passed


def _next(step: Step, wait: Wait, assignment: Assignment | None = None) -> Next:
    element = step.package.model.elements[wait.element_id]
    name = element.name or element.id
    return Next(element.id, wait.kind, name, element.name_en or name, assignment)
