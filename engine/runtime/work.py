"""Doing jobs and firing timers: what a worker does, one step at a time, and what a command does right after itself.

A job whose topic is `inside` runs within a command of its own; any other runs with nothing held, and only its outcome is a command.
"""

import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, select

from kesu.engine import clock, due_dates, history, incidents, instances, jobs, service_tasks, spiff, timers, values
from kesu.engine.database import Database
from kesu.engine.errors import Failed, Rejected
from kesu.engine.history import Event
from kesu.engine.identity import SYSTEM
from kesu.engine.instances import ENDED, SUSPENDED
from kesu.engine.jobs import Job
from kesu.engine.runtime import chains
from kesu.engine.runtime.heartbeats import kept_alive
from kesu.engine.runtime.steps import FOLLOWING, Act, Step, by_id, command
from kesu.engine.service_tasks import Again, BpmnError, Outcome, ServiceTask, Topic
from kesu.engine.timers import Timer

log = logging.getLogger(__name__)
BUILT_IN: dict[str, Callable[[Database, Job], None]] = {}  # the engine's own topics: deliveries between instances
_READY = (select(jobs.jobs.c.id, jobs.jobs.c.topic).order_by(jobs.jobs.c.id)
          .where(jobs.jobs.c.instance_id == bindparam("wanted"), jobs.jobs.c.state == jobs.READY, jobs.jobs.c.run_at <= bindparam("now")))
POLICIES: dict[str, Callable[[Step, Timer], None]] = {}  # what a user task's own timers do


class Lost(Exception):
    """The claim on a job was lost while it was being done: whoever has it now reports it."""


def run_inside(db: Database, instance_id: int, worker: str = "command") -> None:
    """Do the jobs of an instance that only touch the database, right after the command that wanted them."""
    while (job := _claim_inside(db, instance_id, worker)) is not None:
        perform(db, job)


def perform(db: Database, job: Job) -> None:
    """Do a claimed job and report: done, put off, or failed (then retried, and an incident after the last attempt)."""
    try:
        _perform(db, job)
    except Lost:
        log.info("job %s was taken over", job.id, extra={"action": "job_lost"})
    except Rejected as error:
        _fail(db, job, error, permanent=True)
    except Failed as error:
        _fail(db, job, error, permanent=error.permanent)
    except Exception as error:  # a handler may raise anything; none of it may stop the worker or lose the job
        log.exception("job %s failed", job.id, extra={"action": "job_failed"})
        _fail(db, job, error, permanent=False)


def firing(timer: Timer) -> Act:
    """Return what firing a timer does in its instance: an event of the diagram or a node's policy, or nothing if it has moved on."""
    def act(step: Step) -> None:
        wait = next((each for each in step.run.waits() if each.activity_id == timer.activity_id), None)
        step.ends.append(lambda connection: _claim_timer(connection, timer))
        if wait is None or step.instance is None or step.instance.state == SUSPENDED:
            return
        chains.waited(step, timer)
        if timer.act is not None:
            POLICIES[timer.act](step, timer)
        elif wait.kind == "timer":
            _go_off(step, timer)

    return act


def fire_timer(db: Database, timer: Timer) -> bool:
    """Fire a due timer; False where somebody else was first or its instance has moved on. A failure is retried, then an incident."""
    try:
        command(db, by_id(timer.instance_id), firing(timer), actor=SYSTEM)
    except Lost:
        return False
    except Exception as error:  # as with jobs: nothing may stop the worker
        log.exception("timer %s failed", timer.id, extra={"action": "timer_failed"})
        _timer_failed(db, timer, error)
        return False
    return True


def _go_off(step: Step, timer: Timer) -> None:
    step.tell("timer_fired", element_id=timer.element_id, activity_id=timer.activity_id, due_at=timer.due_at.isoformat())
    if timer.mark is not None:
        mark, instance_id = timer.mark, timer.instance_id
        step.ends.append(lambda connection: due_dates.fire(connection, instance_id, mark, at=step.now))
    step.book["waits"].pop(timer.activity_id, None)
    step.run.fire(timer.activity_id)


def _claim_inside(db: Database, instance_id: int, worker: str) -> Job | None:
    with db.read() as connection:
        ready = connection.execute(_READY, {"wanted": instance_id, "now": clock.now()})
        job_id = next((job_id for job_id, topic in ready if service_tasks.is_at_once(topic)), None)
    if job_id is None:
        return None
    with db.write() as connection:
        return jobs.claim(connection, job_id, worker, clock.now())


def _perform(db: Database, job: Job) -> None:
    if job.topic in BUILT_IN:
        BUILT_IN[job.topic](db, job)
        _report(db, job, service_tasks.done())
        return
    topic = service_tasks.registry().find(job.topic)
    if topic.inside and job.instance_id is not None:
        _perform_inside(db, job, topic)
    else:
        with kept_alive(db, job):
            outcome = topic.call(_described(db, job), _arguments(job))
        _report(db, job, outcome)


def _perform_inside(db: Database, job: Job, topic: Topic) -> None:
    def act(step: Step) -> None:
        wait = next((wait for wait in step.run.waits() if wait.activity_id == job.activity_id), None)
        if wait is None:
            raise Lost
        step.follows = False  # whoever performs this job looks for the next one itself
        outcome = topic.call(step.service_task(wait), wait.detail["parameters"])
        _conclude(step, job, outcome)

    command(db, by_id(job.instance_id or 0), act, actor=SYSTEM)


def _report(db: Database, job: Job, outcome: Outcome) -> None:
    if job.instance_id is None or job.activity_id is None:
        with db.write() as connection:
            _close(connection, job, outcome)
            for write in getattr(outcome, "writes", ()):
                write(connection)
        return
    command(db, by_id(job.instance_id), lambda step: _conclude(step, job, outcome), actor=SYSTEM)


def _conclude(step: Step, job: Job, outcome: Outcome) -> None:
    """Carry a job's outcome into its instance, if the instance still waits for it."""
    step.ends.append(lambda connection: _close(connection, job, outcome))
    if isinstance(outcome, Again):
        return
    if step.instance is not None and step.instance.state in ENDED:
        raise Lost
    assert job.activity_id is not None
    step.tell("job_done", element_id=job.element_id, activity_id=job.activity_id, topic=job.topic, attempts=job.attempts,
              error=outcome.code if isinstance(outcome, BpmnError) else None)
    step.book["waits"].pop(job.activity_id, None)
    step.apply(job.activity_id, outcome)


def _close(connection: Any, job: Job, outcome: Outcome) -> None:
    now = clock.now()
    held = jobs.put_off(connection, job, outcome.at) if isinstance(outcome, Again) else jobs.succeed(connection, job, now)
    if not held:
        raise Lost


def _described(db: Database, job: Job) -> ServiceTask:
    variables: dict[str, Any] = {}
    business_key = None
    if job.instance_id is not None:
        with db.read() as connection:
            instance = instances.find(connection, job.instance_id)
        known = spiff.seen(instance.body, [job.activity_id]) if job.activity_id else {}
        variables = known.get(job.activity_id or "", values.lively(instance.variables))
        business_key = instance.business_key
    return ServiceTask(instance_id=job.instance_id, business_key=business_key, element_id=job.element_id or job.topic, variables=variables,
                       now=clock.now(), idempotency_key=job.key, actor=SYSTEM, db=db)


def _arguments(job: Job) -> dict[str, Any]:
    return dict(values.lively(job.payload.get("parameters", job.payload)))


def _fail(db: Database, job: Job, error: Exception, *, permanent: bool) -> None:
    now, text = clock.now(), str(error) or type(error).__name__
    with db.write() as connection:
        last = jobs.fail(connection, job, at=now, error=text, permanent=permanent)
        if last is None:
            return
        if job.instance_id is not None:
            details = {"topic": job.topic, "attempt": job.attempts, "last": last}
            event = Event("job_failed", SYSTEM, now, job.element_id, job.activity_id, text[:500], details=details)
            history.append(connection, job.instance_id, [event])
        if last:
            _open_incident(connection, job.instance_id, incidents.JOB_FAILED, job.element_id, job.activity_id, text, job_id=job.id)


def _timer_failed(db: Database, timer: Timer, error: Exception) -> None:
    now, text = clock.now(), str(error) or type(error).__name__
    with db.write() as connection:
        if timers.failed(connection, timer, again_at=now + jobs.FIRST_PAUSE * 2 ** (5 - timer.attempts_left)) == 0:
            _open_incident(connection, timer.instance_id, incidents.TIMER_FAILED, timer.element_id, timer.activity_id, text)


def _open_incident(connection: Any, instance_id: int | None, kind: str, element_id: str | None, activity_id: str | None, text: str,
                   job_id: int | None = None) -> None:
    now = clock.now()
    instance = instances.find(connection, instance_id) if instance_id is not None else None
    incidents.open_incident(connection, kind=kind, instance_id=instance_id, definition_key=instance.definition_key if instance else None,
                            business_key=instance.business_key if instance else None, element_id=element_id, activity_id=activity_id,
                            job_id=job_id, message=text[:2000], opened_at=now)
    if instance_id is not None:
        history.append(connection, instance_id, [Event("incident_opened", SYSTEM, now, element_id, activity_id, text[:500], details={"kind": kind})])


def _claim_timer(connection: Any, timer: Timer) -> None:
    if not timers.fire(connection, timer.id):
        raise Lost


FOLLOWING.append(run_inside)
