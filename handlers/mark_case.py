"""Mark a case: its status word, and beside it what the process has settled meanwhile (grade, departments, cause).

While a case waits for the customer its clocks stand still; inside a department's branch only that department's.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from kesu.complaints import case_references, cases, categories, dangers, deadlines, first_words, passing_on, remedies, routings, statuses
from kesu.engine.service_tasks import Outcome, ServiceTask, done

MIRRORED = ("grade", "priority", "cause", "measure", "prevention", "waiver")


def mark_case(task: ServiceTask, status: str) -> Outcome:
    """Set the status of the case. Raises `Invalid` for a word that is not one of the eight."""
    statuses.check(status)
    reference = case_references.of_task(task)
    departments = [str(each) for each in task.variables.get("departments") or []]
    scope = str(task.variables.get("department") or "")

    def write(connection: Connection) -> None:
        case = cases.find(connection, reference)
        statuses.mark(connection, reference, status, actor=task.actor, at=task.now)
        if status == "waiting_customer":
            deadlines.pause(connection, reference, at=task.now, scope=scope)
        else:
            deadlines.resume(connection, reference, at=task.now, scope=scope)
        routings.route(connection, reference, departments, at=task.now, actor=task.actor)
        if status == "resolved" and task.variables.get("carried_out") == "done":  # diagrams of before do not say it themselves
            remedies.confirm(connection, reference, actor=task.actor, at=task.now)
        _mirror(connection, case, task.variables, departments)
        if task.variables.get("safety") is True:
            dangers.heed(connection, reference, why="", actor=task.actor, at=task.now)

    return done(writes=[write])


def _mirror(connection: Connection, case: Any, variables: Mapping[str, Any], departments: list[str]) -> None:
    known = {name: variables[name] for name in MIRRORED if variables.get(name) is not None}
    known |= {"priority": int(known["priority"])} if "priority" in known else {}
    columns = {name: value for name, value in known.items() if value != getattr(case, name)}
    columns |= {
        name: variables[name]
        for name in ("category", "subcategory")
        if variables.get(name) and variables[name] != getattr(case, name) and categories.find(connection, variables[name])
    }
    if "category" in columns or "subcategory" in columns:
        columns["classified_by"] = "person"
    first = departments[0] if departments else case.owner_department
    if first != case.owner_department and not passing_on.stays(connection, case, first):
        columns["owner_department"] = departments[0]
    if columns:
        cases.set_columns(connection, case.reference, **columns)
    if "grade" in columns:
        first_words.hasten(connection, case.reference)
