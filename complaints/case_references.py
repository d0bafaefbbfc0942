"""Which case a service task works on, and where it may be read."""

from sqlalchemy import Connection

from kesu.engine.errors import Failed, sentence
from kesu.engine.service_tasks import ServiceTask


def of_task(task: ServiceTask) -> str:
    """Return the reference of the case a service task belongs to.

    Raises `Failed` for good where its instance was started without one.
    """
    reference = task.business_key or task.variables.get("reference")
    if not reference:
        raise Failed(
            sentence("{element} works on a case, but its instance was started without a reference as business key."),
            permanent=True,
            element=task.element_id,
        )
    return str(reference)


def reading(task: ServiceTask) -> Connection:
    """Return the connection on which a service task inside a command reads."""
    assert task.connection is not None, "only tasks inside a command read here"
    return task.connection
