"""Classify a complaint: category, subcategory, danger, how sure, and what the customer wants. The case file keeps it too."""

from sqlalchemy import Connection

from kesu.complaints import case_references, cases, classification, dangers
from kesu.engine.service_tasks import Outcome, ServiceTask, done


def classify_complaint(task: ServiceTask) -> Outcome:
    """Classify by rules and the local model; a danger once seen is never lowered here; where unsure, the confidence says so."""
    reference, connection = case_references.of_task(task), case_references.reading(task)
    case = cases.find(connection, reference)
    chosen = (case.category, case.subcategory) if case.classified_by == "complainant" else (None, None)
    found = classification.classify(connection, f"{case.title}\n{case.description}", category=chosen[0], subcategory=chosen[1])
    danger = found.safety or case.safety
    demand = found.demand or case.demand

    def write(connection: Connection) -> None:
        cases.set_columns(
            connection,
            reference,
            category=found.category,
            subcategory=found.subcategory,
            classified_by=found.by,
            confidence=found.confidence,
            demand=demand,
        )
        if danger:
            dangers.heed(connection, reference, why=dangers.why(dangers.words(case)), actor=task.actor, at=task.now)

    told = {
        "category": found.category,
        "subcategory": found.subcategory,
        "safety": danger,
        "confidence": found.confidence,
        "demand": demand,
    }
    return done(told, [write])
