"""Archive a case, if its file is complete; else an incident says what is missing, and trying again after mending it closes it."""

from sqlalchemy import Connection

from kesu.complaints import case_references, closures
from kesu.engine.errors import Failed, sentence
from kesu.engine.service_tasks import Outcome, ServiceTask, done


def archive_case(task: ServiceTask) -> Outcome:
    """Close the file. Raises `Failed` for good, naming everything that is missing."""
    reference = case_references.of_task(task)
    lacking = closures.missing(case_references.reading(task), reference, task.variables)
    if lacking:
        raise Failed(
            sentence("Case {reference} cannot be archived yet; missing: {missing}. Add it to the case, then try again."),
            permanent=True,
            reference=reference,
            missing=", ".join(closures.MISSING[name] for name in lacking),
        )

    def write(connection: Connection) -> None:
        closures.close(connection, reference, task.variables, actor=task.actor, at=task.now)

    return done(writes=[write])
