"""What happens next, before it happens: a run is played forward in memory and thrown away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kesu.engine import incidents, instances, user_tasks
from kesu.engine.assignments import Asked, Assignment, resolve
from kesu.engine.database import Database
from kesu.engine.runtime.endings import checked_submission, of_task, outcome_variable
from kesu.engine.runtime.repairs import go_past
from kesu.engine.runtime.steps import Step

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
        step.run.complete(task.activity_id, variables)
        passed = _play(step, before)
        ahead = [wait for wait in step.run.waits() if wait.activity_id not in before and wait.kind == "user_task"]
        return passed + [_next(step, wait.element_id, wait.kind, wait.activity_id) for wait in ahead]


def what_next_without(db: Database, incident_id: int, *, actor: str) -> list[Next]:
    """Say what would follow if the stuck work of an incident were skipped. Writes nothing; nothing where it belongs to no instance."""
    with db.read() as connection:
        incident = incidents.find(connection, incident_id)
        if incident.instance_id is None:
            return []
        step = Step.load(db, connection, instances.find(connection, incident.instance_id), actor=actor)
        before = {wait.activity_id for wait in step.run.waits()} - {incident.activity_id}
        go_past(step, incident, {})
        passed = _play(step, before | {str(incident.activity_id)})
        ahead = [wait for wait in step.run.waits() if wait.activity_id not in before and wait.kind == "user_task"]
        return passed + [_next(step, wait.element_id, wait.kind, wait.activity_id) for wait in ahead]


def _play(step: Step, before: set[str]) -> list[Next]:
    passed = []
    step.run.advance()
    for _ in range(SERVICES_AHEAD):
        service = next((wait for wait in step.run.waits() if wait.kind == "service" and wait.activity_id not in before), None)
        if service is None:
            break
        passed.append(_next(step, service.element_id, "service", None))
        step.run.complete(service.activity_id, {})
        step.run.advance()
    return passed


def _next(step: Step, element_id: str, kind: str, activity_id: str | None) -> Next:
    element = step.package.model.elements[element_id]
    asked = None
    if activity_id is not None:
        asked = resolve(Asked(step.connection, step.instance_id, element.settings, element.lane, lambda text: step.run.evaluate(activity_id, text)))
    return Next(element_id, kind, element.name or element_id, element.name_en or element.name or element_id, asked)
