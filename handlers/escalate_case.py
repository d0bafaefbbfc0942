"""Escalate a case: who stands so many levels above is told at once, in the program and by mail. Once for a level and a reason."""

from sqlalchemy import Connection

from kesu.complaints import case_references, cases, clocks, summons
from kesu.complaints.summons import Summons
from kesu.engine.service_tasks import Outcome, ServiceTask, done


def escalate_case(task: ServiceTask, level: int, reason: str) -> Outcome:
    """Call in whoever stands `level` steps above the department at work: 1 its head, 2 the head's superior, and so on."""
    reference = case_references.of_task(task)
    return done(writes=[lambda connection: _escalate(connection, task, reference, int(level), reason)])


def _escalate(connection: Connection, task: ServiceTask, reference: str, level: int, reason: str) -> None:
    case = cases.find(connection, reference)
    department = str(task.variables.get("department") or case.owner_department or "customer_service")
    department = clocks.held_by(connection, reference, department)
    key = f"{reference}/{case.cycle}/{level}/{reason}"
    summons.call_in(connection, Summons(reference, reason, level, key, task.actor, task.now),
                    summons.above(connection, department, level))
