"""Correcting what a case says: the variables that carry the same names follow, and the history tells before, after and reason."""

from collections.abc import Mapping
from typing import Any

from kesu.engine import clock, history, instances
from kesu.engine.database import Database
from kesu.engine.history import Event
from kesu.engine.instances import ENDED
from kesu.engine.runtime.steps import Step, by_id, command
from kesu.engine.service_tasks import Write

KIND = "case_corrected"


def correct(db: Database, instance_id: int | None, told: Mapping[str, tuple[Any, Any]], *, variables: Mapping[str, Any], actor: str, reason: str,
            writes: tuple[Write, ...]) -> None:
    """Do these writes and tell them (name: before, after) in the instance's history; variables it has are changed, no others are made."""
    changed = {name: {"before": before, "after": after} for name, (before, after) in told.items()}
    with db.read() as connection:
        moves = instance_id is not None and instances.find(connection, instance_id).state not in ENDED
    if instance_id is None or not moves:
        with db.write() as connection:
            for write in writes:
                write(connection)
            if instance_id is not None:
                history.append(connection, instance_id, [Event(KIND, actor, clock.now(), reason=reason, details={"changed": changed})])
        return

    def act(step: Step) -> None:
        known = step.run.variables()
        step.tell(KIND, reason=reason, changed=changed)
        step.run.set_variables({name: value for name, value in variables.items() if name in known})

    command(db, by_id(instance_id), act, actor=actor, writes=writes)
