"""Note what whoever carried the remedy out, or could not, has said: only that makes it done, and keeps the promise."""

from sqlalchemy import Connection

from kesu.complaints import case_references, remedies
from kesu.engine.service_tasks import Outcome, ServiceTask, done

IMPOSSIBLE = "impossible"


def confirm_remedy(task: ServiceTask) -> Outcome:
    """Note by the variable carried_out that the remedy was done, or that it cannot be; nothing where none is recorded."""
    reference = case_references.of_task(task)
    outcome = task.variables.get("carried_out")

    def write(connection: Connection) -> None:
        if outcome == IMPOSSIBLE:
            remedies.give_up(connection, reference, at=task.now)
        elif outcome is not None:
            remedies.confirm(connection, reference, actor=task.actor, at=task.now)

    return done(writes=[write])
