"""Starting an instance: of the latest version, on what is published now, pinned for its life."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kesu.engine import commands, packages, spiff
from kesu.engine.commands import Key
from kesu.engine.database import Database
from kesu.engine.errors import Overtaken, sentence
from kesu.engine.instances import Stale
from kesu.engine.runtime import chains
from kesu.engine.runtime.steps import ATTEMPTS, Step, finish
from kesu.engine.service_tasks import Write


@dataclass(frozen=True)
class Moved:
    """Where an instance stands after a command."""

    instance_id: int
    state: str


def start(db: Database, key: str, *, actor: str, business_key: str | None = None, variables: Mapping[str, Any] | None = None,
          idempotency_key: str | None = None, writes: Iterable[Write] = (), start_event: str | None = None,
          chain: int = 0) -> Moved:
    """Start an instance of the latest version of a process and run it to its first wait state.

    `writes` join the transaction; service tasks that read the database follow in transactions of their own right after it, or by the
    worker if this process dies in between. `chain` is how deep in a chain across instances it stands. Raises `NotFound` for an unknown process.
    """
    bound = commands.bound(idempotency_key, "start", actor, key, business_key, variables or {}, start_event)
    return begin(db, key, bound, actor=actor, business_key=business_key, variables=variables or {}, writes=writes, start_event=start_event,
                 chain=chain)


def begin(db: Database, key: str, bound: Key | None, *, actor: str, business_key: str | None, variables: Mapping[str, Any],
          writes: Iterable[Write], start_event: str | None = None, chain: int = 0) -> Moved:
    """Start an instance as `start` does, on behalf of another command, whose idempotency key it carries."""
    joining = tuple(writes)
    for _ in range(ATTEMPTS):
        try:
            return _started(db, key, actor, business_key, variables, bound, joining, start_event, chain)
        except Stale:  # the same key at the same moment, or a message that came or was taken meanwhile: look again
            continue
    raise Overtaken(sentence("Two people started this at the same moment. Look whether it is there before you try again."))


def _started(db: Database, key: str, actor: str, business_key: str | None, variables: Mapping[str, Any], bound: Key | None,
             writes: tuple[Write, ...], start_event: str | None, chain: int) -> Moved:
    package_id = packages.newest(db, key)
    with db.read() as connection:
        known = commands.answered(connection, bound)
        if known is not None:
            return Moved(**known)
        step = Step(db, connection, packages.load(db, connection, package_id), actor=actor)
        step.business_key = business_key
        step.run = spiff.Run.start(step.package.model, dict(variables), step.host, start_event)
        step.writes.extend(writes)
        chains.linked(step, chain)
        step.columns = _columns(step, package_id)
        step.tell("instance_started", definition=step.package.definition.key, version=step.package.definition.version)
        step.settle()
    return Moved(**finish(db, step, bound))


def _columns(step: Step, package_id: int) -> dict[str, Any]:
    definition = step.package.definition
    return {"package_id": package_id, "definition_key": definition.key, "definition_version": definition.version,
            "business_key": step.business_key, "started_at": step.now, "started_by": step.actor}
