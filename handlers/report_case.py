"""Report a case at once, before anybody investigates: danger to people to whoever must know of it, anything else to the management."""

from sqlalchemy import Connection

from kesu.complaints import case_references, cases, dangers, summons
from kesu.complaints.summons import Summons
from kesu.engine.service_tasks import Outcome, ServiceTask, done

LEVEL = 2


def report_case(task: ServiceTask, reason: str) -> Outcome:
    """Report the case of this task; a danger that was told before is not told again."""
    reference = case_references.of_task(task)

    def write(connection: Connection) -> None:
        case = cases.find(connection, reference)
        if case.safety or task.variables.get("safety") is True:
            dangers.heed(connection, reference, why=reason, actor=task.actor, at=task.now)
            return
        key = f"{reference}/{case.cycle}/{LEVEL}/{reason}"
        summons.call_in(connection, Summons(reference, reason, LEVEL, key, task.actor, task.now),
                        summons.above(connection, case.owner_department or "customer_service", LEVEL))

    return done(writes=[write])
