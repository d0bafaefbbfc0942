"""Resolving incidents: retry, edit the variables and retry, or skip. One at a time or many."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, exists, select

from kesu.engine import clock, history, incidents, instances, jobs, latches, user_tasks, values
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Overtaken, Rejected, sentence
from kesu.engine.history import Event
from kesu.engine.incidents import Incident
from kesu.engine.runtime import freezing, standstills, undecided
from kesu.engine.runtime.steps import Act, Step, by_id, command
from kesu.engine.runtime.work import run_inside

RETRIED, SKIPPED, GONE = "retried", "skipped", "gone"
CLOCK_FIRST = sentence(
    "This ends when the machine's clock is set right again, or when an administrator says on the page Operation that its time is right."
)
AGAIN = " again"  # in the book: no wait looks like that, so the next reconciliation withdraws what was opened for it and opens it anew


def retry(db: Database, incident_id: int, *, actor: str, variables: Mapping[str, Any] | None = None) -> None:
    """Give the stuck work another chance, with changed variables if given. Raises `Conflict` where somebody has resolved it."""
    incident = _open(db, incident_id)
    if incident.instance_id is None:
        _retry_alone(db, incident, actor)
        return

    def act(step: Step) -> None:
        freezing.check_edit(step, variables or {})
        if variables and incident.kind != incidents.STUCK:
            _edit(step, incident, variables)
        _begin_again(step, incident, variables or {})

    _settle(db, incident, actor, RETRIED, None, act)


def skip(db: Database, incident_id: int, *, actor: str, reason: str, variables: Mapping[str, Any] | None = None) -> None:
    """Go on without the stuck work, as if it had been done with these variables. Raises `Conflict` where somebody has resolved it."""
    incident = _open(db, incident_id)
    if not reason.strip():
        raise Rejected(sentence("Expected a reason: it is kept in the history of the case."))
    if incident.instance_id is None or incident.kind == incidents.CHAIN:  # its case has gone on, or ended
        with db.write() as connection:
            _resolve(connection, incident, actor, SKIPPED, reason)
            if incident.job_id is not None:
                jobs.skip(connection, incident.job_id, at=clock.now())
        return

    def act(step: Step) -> None:
        freezing.check_edit(step, variables or {})
        go_past(step, incident, variables or {})

    _settle(db, incident, actor, SKIPPED, reason, act)


def many(db: Database, incident_ids: Iterable[int], *, actor: str, skipping: str | None = None,
         variables: Mapping[str, Any] | None = None) -> dict[int, Rejected | None]:
    """Retry (or, with a reason, skip) many incidents, each by itself; return for each what was refused, None where it worked."""
    told: dict[int, Rejected | None] = {}
    for incident_id in incident_ids:
        try:
            if skipping:
                skip(db, incident_id, actor=actor, reason=skipping, variables=variables)
            else:
                retry(db, incident_id, actor=actor, variables=variables)
            told[incident_id] = None
        except Rejected as refusal:
            told[incident_id] = refusal
    return told


def sweep(db: Database) -> int:
    """Close the open incidents whose case has ended, or whose task somebody has done after all; return how many."""
    tasks = user_tasks.user_tasks.c
    here = select(tasks.id).where(tasks.instance_id == incidents.incidents.c.instance_id, tasks.activity_id == incidents.incidents.c.activity_id)
    done = ~exists(here.where(tasks.state.in_(user_tasks.OPEN))) & exists(here)  # what is no user task stands still by itself
    ended = select(instances.instances.c.id).where(instances.instances.c.state.in_(instances.ENDED))
    kind = incidents.incidents.c.kind
    moot = (incidents.incidents.c.instance_id.in_(ended) & (kind != incidents.CHAIN)) | (
        kind.in_([incidents.NOBODY, incidents.SETTING]) & done
    )
    with db.write() as connection:
        return incidents.close(connection, moot, at=clock.now())


def go_past(step: Step, incident: Incident, variables: Mapping[str, Any]) -> None:
    """Let a run go on behind the stuck work; a time limit or a task that nobody can do is only left out of the list."""
    activity_id = incident.activity_id
    latches.check(step.run.variables(), variables)
    if incident.kind == incidents.STUCK and incident.element_id is not None:
        standstills.pass_over(step, incident.element_id, variables)
    if activity_id is None:
        return
    if incident.kind in (incidents.UNCAUGHT_ERROR, incidents.UNDECIDED):
        step.run.skip(activity_id, dict(variables))
    elif incident.kind == incidents.SETTING and step.run.has_stopped(activity_id):
        step.run.skip(activity_id, dict(variables))
    elif incident.kind == incidents.JOB_FAILED and any(wait.activity_id == activity_id for wait in step.run.waits()):
        step.run.complete(activity_id, dict(variables))


def _open(db: Database, incident_id: int) -> Incident:
    with db.read() as connection:
        incident = incidents.find(connection, incident_id)
    if incident.kind == incidents.CLOCK and incident.resolved_at is None:
        raise Conflict(CLOCK_FIRST)
    if incident.resolved_at is not None:
        raise _settled(incident)
    return incident


def _settled(incident: Incident) -> Conflict:
    return Overtaken(sentence("Incident {id} was already settled by {who}."), id=incident.id, who=incident.resolved_by)


def _retry_alone(db: Database, incident: Incident, actor: str) -> None:
    with db.write() as connection:
        _resolve(connection, incident, actor, RETRIED)
        if incident.job_id is not None:
            jobs.retry(connection, incident.job_id, at=clock.now())
        if incident.kind in incidents.RETRIED:
            incidents.RETRIED[incident.kind](connection, clock.now())


def _begin_again(step: Step, incident: Incident, variables: Mapping[str, Any]) -> None:
    activity_id = incident.activity_id
    latches.check(step.run.variables(), variables)
    if incident.kind == incidents.STUCK and incident.element_id is not None:
        standstills.take_up(step, incident.element_id, variables)
    elif incident.kind == incidents.UNCAUGHT_ERROR and activity_id is not None:
        step.run.retry(activity_id)
    elif incident.kind == incidents.UNDECIDED and activity_id is not None:
        undecided.take_up(step, activity_id)
    elif incident.job_id is not None:
        _job_again(step, incident.job_id, activity_id)
    elif incident.kind == incidents.SETTING and activity_id is not None and activity_id not in step.book["waits"]:
        step.run.retry(activity_id)
    elif activity_id in step.book["waits"]:
        step.book["waits"][activity_id] += AGAIN
    else:
        raise Conflict(sentence("Incident {id} cannot be retried: nothing waits there any more. Mend its cause, then skip it."), id=incident.id)


def _job_again(step: Step, job_id: int, activity_id: str | None) -> None:
    """Try the same job, so that whoever is asked knows it by its key; its parameters are worked out from the variables as they are now."""
    wait = next((wait for wait in step.run.waits() if wait.activity_id == activity_id and wait.kind == "service"), None)
    payload = {"parameters": values.plain(wait.detail["parameters"])} if wait else None
    step.ends.append(lambda connection: _retry_job(connection, job_id, step, payload))


def _retry_job(connection: Connection, job_id: int, step: Step, payload: dict[str, Any] | None) -> None:
    jobs.retry(connection, job_id, at=step.now, payload=payload)


def _edit(step: Step, incident: Incident, variables: Mapping[str, Any]) -> None:
    before = step.run.variables(incident.activity_id)
    latches.check(before, variables)
    changed = {name: {"before": values.plain(before.get(name)), "after": values.plain(value)} for name, value in variables.items()}
    step.tell("variables_edited", element_id=incident.element_id, activity_id=incident.activity_id, changed=changed)
    step.run.set_variables(dict(variables), incident.activity_id)


def _settle(db: Database, incident: Incident, actor: str, resolution: str, reason: str | None, move: Act) -> None:
    assert incident.instance_id is not None

    def act(step: Step) -> None:
        if step.instance is not None:
            instances.check_active(step.instance)
        step.ends.append(lambda connection: _resolve(connection, incident, actor, resolution, reason))
        move(step)

    command(db, by_id(incident.instance_id), act, actor=actor)
    run_inside(db, incident.instance_id)


def _resolve(connection: Connection, incident: Incident, actor: str, resolution: str, reason: str | None = None) -> None:
    now = clock.now()
    if not incidents.resolve(connection, incident.id, by=actor, at=now, resolution=resolution):
        raise _settled(incidents.find(connection, incident.id))
    if incident.instance_id is not None:
        event = Event("incident_resolved", actor, now, incident.element_id, incident.activity_id, reason,
                      details={"incident": incident.id, "resolution": resolution})
        history.append(connection, incident.instance_id, [event])
