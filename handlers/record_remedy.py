"""Record the remedy that was approved, and the promise to the customer that goes with its day."""

from sqlalchemy import Connection

from kesu.complaints import case_references, cases, commitments, remedies
from kesu.complaints.remedies import Remedy
from kesu.engine.service_tasks import Outcome, ServiceTask, done


def record_remedy(task: ServiceTask) -> Outcome:
    """Write the remedy from the variables remedy, amount, due_on and measure. Raises `Invalid` with all that is wrong."""
    reference, variables = case_references.of_task(task), task.variables
    case = cases.find(case_references.reading(task), reference)
    remedy = Remedy(
        str(variables.get("remedy") or ""),
        variables.get("amount") or 0,
        variables.get("due_on"),
        str(variables.get("measure") or ""),
        case.currency,
    )
    remedies.check(remedy)
    key = f"{reference}/{case.cycle}"

    def write(connection: Connection) -> None:
        remedies.record(connection, reference, remedy, cycle=case.cycle, key=key, actor=task.actor, at=task.now)
        found = {name: variables[name] for name in ("cause", "measure", "prevention") if variables.get(name)}
        if found:
            cases.set_columns(connection, reference, **found)
        day = remedies.day(remedy.due_on) if remedy.due_on else None
        if day is not None and remedy.kind != "none":
            commitments.make(connection, reference, remedy.kind, due_on=day, key=key, actor=task.actor, at=task.now)

    return done(writes=[write])
