"""Messages find the instance that waits for them, or start one, or are kept; signals reach everybody who listens."""

from collections.abc import Mapping
from typing import Any

from kesu.engine import clock, commands, definitions, instances, messages, values
from kesu.engine.commands import Key
from kesu.engine.database import Database
from kesu.engine.errors import NotFound, sentence
from kesu.engine.identity import SYSTEM
from kesu.engine.instances import Stale
from kesu.engine.jobs import Job
from kesu.engine.messages import Subscription
from kesu.engine.runtime import work
from kesu.engine.runtime.starts import Moved, begin, start
from kesu.engine.runtime.steps import Step, by_id, command
from kesu.engine.service_tasks import Write


def correlate(db: Database, name: str, correlation: Mapping[str, Any], variables: Mapping[str, Any] | None = None, *, actor: str,
              instance_id: int | None = None, idempotency_key: str | None = None, writes: tuple[Write, ...] = (), keep: bool = True) -> Moved | None:
    """Deliver a message to the one instance that waits for it; start an instance where a process begins with it; else keep it.

    Returns where it went, or None where it was kept. With `keep=False` raises `NotFound` instead of keeping.
    """
    bound = commands.bound(idempotency_key, "message", actor, name, correlation, variables or {}, instance_id)
    with db.read() as connection:
        known = commands.answered(connection, bound)
        waiting = messages.waiting(connection, name, correlation, instance_id)
        starting = definitions.started_by(connection, "message", name)
    if known is not None:
        return Moved(**known) if known else None
    for subscription in waiting:
        moved = _deliver(db, subscription, "message_received", variables or {}, actor, bound, writes)
        if moved is not None:
            return moved
    if starting and instance_id is None:
        key, element = starting[0]
        business_key = next((str(value) for value in correlation.values()), None)
        return begin(db, key, bound, actor=actor, business_key=business_key, variables={**correlation, **(variables or {})}, start_event=element,
                     writes=writes)
    if not keep:
        raise NotFound(sentence("Nobody waits for the message {name} with these values now."), name=name)
    if _keep(db, name, correlation, variables or {}, bound, writes):
        return None
    return correlate(db, name, correlation, variables, actor=actor, instance_id=instance_id, idempotency_key=idempotency_key, writes=writes)


def _keep(db: Database, name: str, correlation: Mapping[str, Any], variables: Mapping[str, Any], key: Key | None, writes: tuple[Write, ...]) -> bool:
    """Keep a message for later; False where somebody has begun to wait for it meanwhile, or sent it under the same key."""
    now = clock.now()
    try:
        with db.write() as connection:
            messages.one_at_a_time(connection, name)
            if messages.waiting(connection, name, correlation):
                return False
            messages.keep(connection, name, correlation, variables, now)
            commands.record(connection, key, result={}, at=now)
            for write in writes:
                write(connection)
    except Stale:
        return False
    return True


def broadcast(db: Database, signal: str, variables: Mapping[str, Any] | None = None, *, actor: str, besides: int | None = None,
              idempotency_key: str | None = None) -> int:
    """Reach everybody who listens to a signal, and start every process that begins with it; return how many.

    The same key again reaches nobody twice, and gets the first count once everybody has been reached.
    """
    bound = commands.bound(idempotency_key, "signal", actor, signal, variables or {})
    with db.read() as connection:
        known = commands.answered(connection, bound)
        if known is not None:
            return int(known["reached"])
        listening = [each for each in messages.listening(connection, signal) if each.instance_id != besides]
        starting = definitions.started_by(connection, "signal", signal)
    reached = sum(_deliver(db, each, "signal_received", variables or {}, actor, None, ()) is not None for each in listening)
    for key, element in starting:
        start(db, key, actor=actor, variables=variables, start_event=element,
              idempotency_key=f"{idempotency_key}/{key}" if idempotency_key else None)
    return _reached(db, bound, reached + len(starting))


def _reached(db: Database, key: Key | None, count: int) -> int:
    try:
        with db.write() as connection:
            commands.record(connection, key, result={"reached": count}, at=clock.now())
    except Stale:  # the same signal was sent twice at the same moment: each listener was reached by one of the two
        pass
    return count


def _deliver(db: Database, subscription: Subscription, kind: str, variables: Mapping[str, Any], actor: str, key: Key | None,
             writes: tuple[Write, ...]) -> Moved | None:
    """Deliver to one subscription; None where it is gone by now."""

    def act(step: Step) -> None:
        assert step.instance is not None
        instances.check_active(step.instance)
        if all(wait.activity_id != subscription.activity_id for wait in step.run.waits()):
            raise _Gone
        step.tell(kind, element_id=subscription.element_id, activity_id=subscription.activity_id, name=subscription.name)
        step.run.deliver(subscription.activity_id, dict(variables))

    try:
        return Moved(**command(db, by_id(subscription.instance_id), act, actor=actor, key=key, writes=writes))
    except _Gone:
        return None


class _Gone(Exception):
    """The subscription went away between looking and delivering."""


def _deliver_thrown(db: Database, job: Job) -> None:
    sent = values.lively(job.payload)
    correlation = sent["correlation"] or _own(db, sent["from"])
    correlate(db, sent["name"], correlation, sent["variables"], actor=SYSTEM, idempotency_key=job.key)


def _broadcast_thrown(db: Database, job: Job) -> None:
    sent = values.lively(job.payload)
    broadcast(db, sent["name"], sent["variables"], actor=SYSTEM, besides=sent["from"])


def _own(db: Database, instance_id: int) -> dict[str, Any]:
    """Return what identifies the sender: a message thrown without correlation is about the sender's own case."""
    with db.read() as connection:
        business_key = instances.find(connection, instance_id).business_key
    return {"business_key": business_key} if business_key else {}


work.BUILT_IN.update({"kesu.deliver_message": _deliver_thrown, "kesu.broadcast_signal": _broadcast_thrown})
