"""The life of a whole instance: suspended and activated again, cancelled by those it belongs to, terminated by those who run it."""

from datetime import datetime

from sqlalchemy import Connection

from kesu.engine import commands, deadlines, due_dates, history, identity, instances, jobs, timers, user_tasks
from kesu.engine.commands import Key
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Forbidden, sentence
from kesu.engine.instances import ACTIVE, CANCELLED, SUSPENDED, TERMINATED
from kesu.engine.runtime.starts import Moved
from kesu.engine.runtime.steps import Act, Step, by_id, command
from kesu.engine.service_tasks import Write


def suspend(db: Database, instance_id: int, *, actor: str, reason: str | None = None, idempotency_key: str | None = None) -> Moved:
    """Stop an instance for a while: acting is refused, its timers keep the time they have left. Administrators and managers only."""

    def act(step: Step) -> None:
        _check_runs_it(step, actor)
        assert step.instance is not None
        instances.check_active(step.instance)
        now = step.now
        step.columns["state"] = step.state = SUSPENDED
        step.tell("suspended", reason=reason)
        step.ends.append(lambda connection: timers.freeze(connection, instance_id, now))
        step.ends.append(lambda connection: jobs.freeze(connection, instance_id))
        step.ends.append(lambda connection: deadlines.current().freeze(connection, step.business_key or "", now))

    return _moved(db, instance_id, act, actor, commands.bound(idempotency_key, "suspend", actor, instance_id, reason))


def activate(db: Database, instance_id: int, *, actor: str, reason: str | None = None, idempotency_key: str | None = None) -> Moved:
    """Let a suspended instance go on, its timers with the time they had left."""

    def act(step: Step) -> None:
        _check_runs_it(step, actor)
        if step.instance is None or step.instance.state != SUSPENDED:
            raise Conflict(sentence("Expected a suspended case to activate, but this one is not suspended."))
        now = step.now
        step.columns["state"] = ACTIVE
        step.tell("activated", reason=reason)
        step.ends.append(lambda connection: timers.thaw(connection, instance_id, now))
        step.ends.append(lambda connection: jobs.thaw(connection, instance_id))
        step.ends.append(lambda connection: _shift_due_dates(connection, instance_id, now))
        step.ends.append(lambda connection: deadlines.current().thaw(connection, step.business_key or "", now))

    return _moved(db, instance_id, act, actor, commands.bound(idempotency_key, "activate", actor, instance_id, reason))


def cancel(db: Database, instance_id: int, *, actor: str, reason: str | None = None, idempotency_key: str | None = None,
           writes: tuple[Write, ...] = ()) -> Moved:
    """End an instance now because whoever started it no longer wants it; history stays."""

    def act(step: Step) -> None:
        if step.instance is not None and step.instance.started_by != actor:
            _check_runs_it(step, actor)
        _end(step, CANCELLED, reason)

    return _moved(db, instance_id, act, actor, commands.bound(idempotency_key, "cancel", actor, instance_id, reason), writes)


def terminate(db: Database, instance_id: int, *, actor: str, reason: str | None = None, idempotency_key: str | None = None,
           writes: tuple[Write, ...] = ()) -> Moved:
    """End an instance now by decision of those who run it; a final state apart from cancelled."""

    def act(step: Step) -> None:
        _check_runs_it(step, actor)
        _end(step, TERMINATED, reason)

    return _moved(db, instance_id, act, actor, commands.bound(idempotency_key, "terminate", actor, instance_id, reason), writes)


def _shift_due_dates(connection: Connection, instance_id: int, now: datetime) -> None:
    """Give what was not due yet the time back for which the instance stood still; a date that the diagram names itself stays."""
    since = history.last(connection, instance_id, SUSPENDED)
    if since is None:
        return
    moved = {(each.element_id, each.before): each.after for each in due_dates.shift(connection, instance_id, since=since, at=now)}
    for task in user_tasks.of_instance(connection, instance_id, only_open=True):
        later = moved.get((task.element_id, task.due_at)) if task.due_at else None
        if later is not None:
            user_tasks.touch(connection, task, due_at=later)


def _end(step: Step, state: str, reason: str | None) -> None:
    assert step.instance is not None
    if step.instance.state in instances.ENDED:
        instances.check_active(step.instance)
    step.columns.update(state=state, ended_at=step.now)
    step.tell(state, reason=reason)
    step.abandoned = True


def _check_runs_it(step: Step, actor: str) -> None:
    person = identity.find_person(step.connection, actor)
    if actor != identity.SYSTEM and (person is None or not person.is_in("manager")):
        raise Forbidden(sentence("Only managers and administrators may do this to a whole case."))


def _moved(db: Database, instance_id: int, act: Act, actor: str, key: Key | None, writes: tuple[Write, ...] = ()) -> Moved:
    return Moved(**command(db, by_id(instance_id), act, actor=actor, key=key, writes=writes))
