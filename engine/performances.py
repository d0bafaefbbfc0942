"""Doing one step of a scenario: the verbs of the story in terms of the engine's commands."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from kesu.engine import ballots, claims, clock, durations, incidents, instances, jobs, runtime, timers, user_tasks
from kesu.engine.database import Database
from kesu.engine.errors import Forbidden, Invalid, NotFound, sentence
from kesu.engine.identity import CUSTOMER, SYSTEM
from kesu.engine.scenarios import Act
from kesu.engine.user_tasks import UserTask
from kesu.engine.worker import drain


def perform(db: Database, instance_id: int, act: Act, manual: clock.ManualClock) -> None:
    """Do what a step says.

    Raises what the command raises, `NotFound` where no such task or incident is open.
    """
    if act.verb == "advance":
        advance(db, manual, _duration(act.subject))
    elif act.verb in _ON_TASKS:
        _ON_TASKS[act.verb](db, _task(db, instance_id, act), act.how)
    elif act.verb in _ON_INSTANCES:
        _ON_INSTANCES[act.verb](db, instance_id, actor=_by(act.how), reason=act.how.get("reason") or str(act.subject))
    elif act.verb in ("message", "signal"):
        _send(db, instance_id, act)
    elif act.verb in ("retry", "skip"):
        _mend(db, instance_id, act)


def advance(db: Database, manual: clock.ManualClock, by: timedelta) -> None:
    """Turn the clock, halting wherever a timer or a job falls due, so that everything happens at its own time."""
    target = manual.now() + by
    drain(db)
    while (due := next_due(db)) is not None and due <= target:
        manual.advance(max(due - manual.now(), timedelta(0)))
        if drain(db) == 0:
            break
    manual.advance(target - manual.now())
    drain(db)


def next_due(db: Database) -> datetime | None:
    """Return when the next timer or job falls due, or None."""
    armed = select(func.min(timers.timers.c.due_at)).where(timers.timers.c.state == timers.ARMED)
    ready = select(func.min(jobs.jobs.c.run_at)).where(jobs.jobs.c.state == jobs.READY)
    with db.read() as connection:
        found = connection.execute(select(armed.scalar_subquery(), ready.scalar_subquery())).one()
    return min((each for each in found if each is not None), default=None)


def _complete(db: Database, task: UserTask, how: Mapping[str, Any]) -> None:
    runtime.complete(db, task.id, actor=_by(how), submission=how.get("with"), outcome=how.get("outcome"),
                     comment=how.get("comment"))


def _vote(db: Database, task: UserTask, how: Mapping[str, Any]) -> None:
    answer = {"True": "yes", "False": "no"}.get(str(how.get("answer")), str(how.get("answer")))  # YAML reads a bare yes as true
    runtime.vote(db, task.id, actor=_by(how), answer=answer, comment=how.get("comment"), submission=how.get("with"))


def _move(db: Database, task: UserTask, how: Mapping[str, Any]) -> None:
    runtime.move(db, task.id, actor=_by(how), move=str(how.get("kind")), target=how.get("to"), reason=how.get("reason"))


def _claim(db: Database, task: UserTask, how: Mapping[str, Any]) -> None:
    claims.claim(db, task.id, actor=_by(how))


def _release(db: Database, task: UserTask, how: Mapping[str, Any]) -> None:
    claims.release(db, task.id, actor=_by(how))


_ON_TASKS = {"complete": _complete, "vote": _vote, "move": _move, "claim": _claim, "release": _release}
_ON_INSTANCES: Mapping[str, Any] = {
    "suspend": runtime.suspend, "activate": runtime.activate, "cancel": runtime.cancel, "terminate": runtime.terminate,
}


def _send(db: Database, instance_id: int, act: Act) -> None:
    variables, actor = act.how.get("with") or {}, act.how.get("by", CUSTOMER)
    if act.verb == "signal":
        runtime.broadcast(db, str(act.subject), variables, actor=actor)
        return
    with db.read() as connection:
        key = instances.find(connection, instance_id).business_key
    named = act.how.get("correlation")  # without it, whatever of the scenario's own instance waits for such a message is meant
    runtime.correlate(db, str(act.subject), named or {"reference": key}, variables, actor=actor, instance_id=None if named else instance_id)


def _mend(db: Database, instance_id: int, act: Act) -> None:
    with db.read() as connection:
        found = [each for each in incidents.listed(connection, instance_id=instance_id) if each.element_id == act.subject]
    if not found:
        raise NotFound(sentence("Expected an open incident at {element}, but there is none."), element=str(act.subject))
    if act.verb == "retry":
        runtime.retry(db, found[0].id, actor=_by(act.how), variables=act.how.get("with"))
    else:
        runtime.skip(db, found[0].id, actor=_by(act.how), reason=act.how.get("reason", ""), variables=act.how.get("with"))


def _task(db: Database, instance_id: int, act: Act) -> UserTask:
    """Return the task meant: of this element, open, and if there are several the first that is this person's."""
    with db.read() as connection:
        every = [task for task in user_tasks.of_instance(connection, instance_id) if task.element_id == act.subject]
        found = [task for task in every if task.is_open] or (every[-1:] if act.verb == "move" else [])
        own = [task for task in found if _is_for(connection, task, _by(act.how))]
    if not found:
        raise NotFound(sentence("Expected the user task {element} to be open, but it is not."), element=str(act.subject))
    return (own or found)[0]


def _is_for(connection: Any, task: UserTask, actor: str) -> bool:
    if task.ballot:
        return any(ballot.voter == actor for ballot in ballots.of_task(connection, task.id))
    with suppress(Forbidden):
        claims.check_actor(connection, task, actor)
        return True
    return False


def _by(how: Mapping[str, Any]) -> str:
    return str(how.get("by", SYSTEM))


def _duration(text: Any) -> timedelta:
    found = durations.span(str(text), clock.now())
    if found is None:
        raise Invalid(sentence("Expected a duration like PT24H or P3D, got {text}."), text=str(text))
    return found
