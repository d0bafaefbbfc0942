"""Resolving incidents: retry, edit the variables and retry, or skip. One at a time or many."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from kesu.engine import clock, history, incidents, jobs, spiff, values
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Rejected, sentence
from kesu.engine.history import Event
from kesu.engine.runtime.steps import Step, by_id, command
from kesu.engine.runtime.work import run_inside

RETRIED, SKIPPED = "retried", "skipped"


def retry(db: Database, incident_id: int, *, actor: str, variables: Mapping[str, Any] | None = None) -> None:
    """Give the stuck work another chance, with changed variables if given. Raises `Conflict` where somebody has resolved it."""
    with db.read() as connection:
        incident = incidents.find(connection, incident_id)
    if incident.kind == incidents.UNCAUGHT_ERROR and incident.instance_id is not None:
        _take_up(db, incident, actor, variables or {})
        return
    if incident.job_id is None:
        raise Conflict(sentence("Incident {id} cannot be retried: it did not come from a job. Mend its cause, then skip it."), id=incident_id)
    if variables and incident.instance_id is not None:
        _edit(db, incident.instance_id, incident.activity_id, variables, actor)
    with db.write() as connection:
        _resolve(connection, incident, actor, RETRIED)
        jobs.retry(connection, incident.job_id, at=clock.now())
    if incident.instance_id is not None:
        run_inside(db, incident.instance_id)


def skip(db: Database, incident_id: int, *, actor: str, reason: str, variables: Mapping[str, Any] | None = None) -> None:
    """Go on without the stuck work, as if it had been done with these variables. Raises `Conflict` where somebody has resolved it."""
    with db.read() as connection:
        incident = incidents.find(connection, incident_id)
    if incident.kind == incidents.UNCAUGHT_ERROR and incident.instance_id is not None:
        _pass_over(db, incident, actor, reason, variables or {})
        return
    if incident.instance_id is None or incident.job_id is None:
        with db.write() as connection:
            _resolve(connection, incident, actor, SKIPPED)
            if incident.job_id is not None:
                jobs.skip(connection, incident.job_id, at=clock.now())
        return
    job_id, activity_id = incident.job_id, incident.activity_id

    def act(step: Step) -> None:
        step.ends.append(lambda connection: _resolve(connection, incident, actor, SKIPPED, reason))
        step.ends.append(lambda connection: _skip(connection, job_id, step.now))
        if activity_id is not None and any(wait.activity_id == activity_id for wait in step.run.waits()):
            step.book["waits"].pop(activity_id, None)
            step.run.complete(activity_id, dict(variables or {}))

    command(db, by_id(incident.instance_id), act, actor=actor, kind="skip")
    run_inside(db, incident.instance_id)


def many(db: Database, incident_ids: Iterable[int], *, actor: str, skipping: str | None = None) -> dict[int, str]:
    """Retry (or, with a reason, skip) many incidents; return a sentence for each: empty where it worked."""
    told = {}
    for incident_id in incident_ids:
        try:
            skip(db, incident_id, actor=actor, reason=skipping) if skipping else retry(db, incident_id, actor=actor)
            told[incident_id] = ""
        except Rejected as error:
            told[incident_id] = str(error)
    return told


def _take_up(db: Database, incident: incidents.Incident, actor: str, variables: Mapping[str, Any]) -> None:
    """Let the step that stopped with an uncaught error begin again."""

    def again(run: spiff.Run, activity_id: str) -> None:
        if variables:
            run.set_variables(dict(variables), activity_id)
        run.retry(activity_id)

    _unstop(db, incident, actor, RETRIED, None, again)


def _pass_over(db: Database, incident: incidents.Incident, actor: str, reason: str, variables: Mapping[str, Any]) -> None:
    """Let the case go on behind the step that stopped with an uncaught error."""
    _unstop(db, incident, actor, SKIPPED, reason, lambda run, activity_id: run.skip(activity_id, dict(variables)))


def _unstop(db: Database, incident: incidents.Incident, actor: str, resolution: str, reason: str | None,
            move: Callable[[spiff.Run, str], None]) -> None:
    assert incident.instance_id is not None and incident.activity_id is not None
    activity_id = incident.activity_id

    def act(step: Step) -> None:
        step.ends.append(lambda connection: _resolve(connection, incident, actor, resolution, reason))
        move(step.run, activity_id)

    command(db, by_id(incident.instance_id), act, actor=actor, kind="retry" if resolution == RETRIED else "skip")
    run_inside(db, incident.instance_id)


def _skip(connection: Connection, job_id: int, at: datetime) -> None:
    jobs.skip(connection, job_id, at=at)


def _edit(db: Database, instance_id: int, activity_id: str | None, variables: Mapping[str, Any], actor: str) -> None:
    def act(step: Step) -> None:
        before = step.run.variables(activity_id)
        changed = {name: {"before": values.plain(before.get(name)), "after": values.plain(value)} for name, value in variables.items()}
        step.tell("variables_edited", activity_id=activity_id, changed=changed)
        step.run.set_variables(dict(variables), activity_id)

    command(db, by_id(instance_id), act, actor=actor, kind="edit_variables")


def _resolve(connection: Any, incident: incidents.Incident, actor: str, resolution: str, reason: str | None = None) -> None:
    now = clock.now()
    if not incidents.resolve(connection, incident.id, by=actor, at=now, resolution=resolution):
        raise Conflict(sentence("Incident {id} has already been resolved by somebody else."), id=incident.id)
    if incident.instance_id is not None:
        event = Event("incident_resolved", actor, now, incident.element_id, incident.activity_id, reason,
                      details={"incident": incident.id, "resolution": resolution})
        history.append(connection, incident.instance_id, [event])
