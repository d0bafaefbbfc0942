"""Messages find the instance that waits for them, or start one, or are kept; signals reach everybody who listens."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from kesu.engine import clock, commands, definitions, instances, latches, messages, packages, turns, values
from kesu.engine.commands import Key
from kesu.engine.database import Database
from kesu.engine.errors import NotFound, sentence
from kesu.engine.identity import SYSTEM
from kesu.engine.instances import Stale
from kesu.engine.jobs import Job
from kesu.engine.messages import Sent, Subscription
from kesu.engine.runtime import addressees, chains, work
from kesu.engine.runtime.admissions import admitted, check_sender
from kesu.engine.runtime.starts import Moved, begin, start
from kesu.engine.runtime.steps import Step, by_id, changes, command
from kesu.engine.service_tasks import Write


def correlate(db: Database, name: str, correlation: Mapping[str, Any], variables: Mapping[str, Any] | None = None, *,  # noqa: PLR0913
              actor: str,
              instance_id: int | None = None, idempotency_key: str | None = None, writes: tuple[Write, ...] = (), keep: bool = True,
              chain: int = 0) -> Moved | None:
    """Deliver a message to the one instance that waits for it; start an instance where a process begins with it; else keep it.

    Returns where it went, or None where it was kept. With `keep=False` raises `NotFound` instead of keeping; raises `NotFound` where no
    running instance could ever take it, and what `admissions.admitted` raises for what it may not set.
    """
    values.plain(variables or {})  # refuses what nothing could keep
    bound = commands.bound(idempotency_key, "message", actor, name, correlation, variables or {}, instance_id)
    with db.read() as connection:
        known = commands.answered(connection, bound)
        waiting = messages.waiting(connection, name, correlation, instance_id)
        starting = definitions.started_by(connection, "message", name)
    if known is not None:
        return Moved(**known) if known else None
    for subscription in waiting:
        moved = _deliver(db, subscription, "message_received", variables or {}, actor, bound, writes, chain)
        if moved is not None:
            return moved
    if starting and instance_id is None:
        key, element = starting[0]
        business_key = next((str(value) for value in correlation.values()), None)
        _check_start(db, key, element, name, variables or {}, actor)
        return begin(db, key, bound, actor=actor, business_key=business_key, variables={**correlation, **(variables or {})}, start_event=element,
                     writes=writes, chain=chain)
    if not keep:
        raise NotFound(sentence("Nobody waits for the message {name} with these values now."), name=name)
    if _keep(db, Sent(name, correlation, variables or {}, actor), bound, writes):
        return None
    return correlate(db, name, correlation, variables, actor=actor, instance_id=instance_id, idempotency_key=idempotency_key, writes=writes,
                     chain=chain)


def _check_possible(db: Database, sent: Sent) -> None:
    with db.read() as connection:
        possible = addressees.possible(db, connection, sent.name, sent.correlation)
    if not possible:
        check_sender(sent.name, sent.actor)
        raise NotFound(sentence("No running case waits for the message {name} with these values, or ever will. "
                                "Nothing was kept; check the values."), name=sent.name)
    for element in possible:
        admitted(element, sent.name, sent.variables, sent.actor)


def _check_start(db: Database, key: str, element_id: str, name: str, variables: Mapping[str, Any], actor: str) -> None:
    package_id = packages.newest(db, key)
    with db.read() as connection:
        admitted(packages.load(db, connection, package_id).model.elements[element_id], name, variables, actor)


def _keep(db: Database, sent: Sent, key: Key | None, writes: tuple[Write, ...]) -> bool:
    """Keep a message for later; False where somebody has begun to wait for it meanwhile, or sent it under the same key.

    Raises `NotFound` where no running instance could ever take it, and what `admitted` raises where none would.
    """
    now = clock.now()
    if sent.actor not in messages.TRUSTED:
        _check_possible(db, sent)
    try:
        with db.write() as connection:
            turns.one_at_a_time(connection, sent.name)
            if messages.waiting(connection, sent.name, sent.correlation):
                return False
            messages.keep(connection, sent, now)
            commands.record(connection, key, result={}, at=now)
            for write in writes:
                write(connection)
    except Stale:
        return False
    return True


def broadcast(db: Database, signal: str, variables: Mapping[str, Any] | None = None, *, actor: str, besides: int | None = None,
              idempotency_key: str | None = None, declared: bool = False, chain: int = 0) -> int:
    """Reach everybody who listens to a signal, and start every process that begins with it; return how many.

    With `declared` it sets only what every listening event declares; raises what `admitted` raises.

    The same key again reaches nobody twice, and gets the first count once everybody has been reached.
    """
    bound = commands.bound(idempotency_key, "signal", actor, signal, variables or {})
    with db.read() as connection:
        known = commands.answered(connection, bound)
        if known is not None:
            return int(known["reached"])
        listening = [each for each in messages.listening(connection, signal) if each.instance_id != besides]
        starting = definitions.started_by(connection, "signal", signal)
        if declared:
            _check_declared(db, connection, listening, starting, variables or {}, actor)
    reached = sum(_deliver(db, each, "signal_received", variables or {}, actor, None, (), chain) is not None for each in listening)
    for key, element in starting:
        start(db, key, actor=actor, variables=variables, start_event=element,
              idempotency_key=f"{idempotency_key}/{key}" if idempotency_key else None, chain=chain)
    return _reached(db, bound, reached + len(starting))


def _check_declared(db: Database, connection: Connection, listening: Iterable[Subscription], starting: Iterable[tuple[str, str]],
                    variables: Mapping[str, Any], actor: str) -> None:
    for each in listening:
        package = packages.load(db, connection, instances.find(connection, each.instance_id).package_id)
        admitted(package.model.elements[each.element_id], each.name, variables, actor)
    for key, element_id in starting:
        package = packages.load(db, connection, packages.newest(db, key))
        admitted(package.model.elements[element_id], element_id, variables, actor)


def _reached(db: Database, key: Key | None, count: int) -> int:
    try:
        with db.write() as connection:
            commands.record(connection, key, result={"reached": count}, at=clock.now())
    except Stale:  # the same signal was sent twice at the same moment: each listener was reached by one of the two
        pass
    return count


def _deliver(db: Database, subscription: Subscription, kind: str, variables: Mapping[str, Any], actor: str, key: Key | None,
             writes: tuple[Write, ...], chain: int = 0) -> Moved | None:
    """Deliver to one subscription; None where it is gone by now."""

    def act(step: Step) -> None:
        assert step.instance is not None
        instances.check_active(step.instance)
        if all(wait.activity_id != subscription.activity_id for wait in step.run.waits()):
            raise _Gone
        chains.linked(step, chain)
        if subscription.kind == "message":  # a signal reaches many at once: one that keeps what it has must not hold up the others
            latches.check(step.run.variables(subscription.activity_id), variables)
        taken = step.held(subscription.activity_id, variables)
        if kind == "message_received":
            taken = admitted(step.package.model.elements[subscription.element_id], subscription.name, variables, actor)
        step.tell(kind, element_id=subscription.element_id, activity_id=subscription.activity_id, name=subscription.name,
                  changed=changes(step, subscription.activity_id, taken))
        step.run.deliver(subscription.activity_id, taken)

    try:
        return Moved(**command(db, by_id(subscription.instance_id), act, actor=actor, key=key, writes=writes))
    except _Gone:
        return None


class _Gone(Exception):
    """The subscription went away between looking and delivering."""


def _deliver_thrown(db: Database, job: Job) -> None:
    sent = values.lively(job.payload)
    correlation = sent["correlation"] or _own(db, sent["from"])
    correlate(db, sent["name"], correlation, sent["variables"], actor=SYSTEM, idempotency_key=job.key,
              chain=sent.get("depth", 0) + 1)


def _broadcast_thrown(db: Database, job: Job) -> None:
    sent = values.lively(job.payload)
    broadcast(db, sent["name"], sent["variables"], actor=SYSTEM, besides=sent["from"], chain=sent.get("depth", 0) + 1)


def _own(db: Database, instance_id: int) -> dict[str, Any]:
    """Return what identifies the sender: a message thrown without correlation is about the sender's own case."""
    with db.read() as connection:
        business_key = instances.find(connection, instance_id).business_key
    return {"business_key": business_key} if business_key else {}


work.BUILT_IN.update({"kesu.deliver_message": _deliver_thrown, "kesu.broadcast_signal": _broadcast_thrown})
