"""Judge the danger of a complaint before anything else is guessed, and what its form should have asked for."""

from sqlalchemy import Connection

from kesu.complaints import case_references, cases, dangers, missing_details
from kesu.engine.service_tasks import Outcome, ServiceTask, done


def judge_danger(task: ServiceTask) -> Outcome:
    """Set `safety`, `missing` (names of fields) and, where there is danger, priority 1; the case file keeps the danger too."""
    reference, connection = case_references.of_task(task), case_references.reading(task)
    case = cases.find(connection, reference)
    why = dangers.why(dangers.words(case))
    danger = bool(why) or case.safety or task.variables.get("safety") is True
    if not danger:
        return done({"safety": False, "missing": []})
    told = {"safety": True, "missing": missing_details.of_case(connection, case), "priority": 1}

    def write(connection: Connection) -> None:
        dangers.heed(connection, reference, why=why, actor=task.actor, at=task.now)

    return done(told, [write])
