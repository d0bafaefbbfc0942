"""Closing a case (ISO 10002, 7.9): only with cause, measure, notice to the customer, and a follow-up or why none was needed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from kesu.complaints import cases, contacts, statuses, surveys
from kesu.engine.errors import sentence

MISSING = {
    "cause": sentence("the cause"),
    "measure": sentence("the measure taken"),
    "notice": sentence("the notice of the result to the customer"),
    "follow_up": sentence("the follow-up, or the reason why none was needed"),
}


def missing(connection: Connection, reference: str, variables: Mapping[str, Any]) -> list[str]:
    """Return what a case still lacks before it may be closed, as keys of `MISSING`; `variables` are what the process knows."""
    case = cases.find(connection, reference)
    has = {
        "cause": case.cause or variables.get("cause"),
        "measure": case.measure or variables.get("measure"),
        "notice": contacts.was_told(connection, reference, "result"),
        "follow_up": _followed_up(connection, case, variables),
    }
    return [name for name, found in has.items() if not found]


def close(connection: Connection, reference: str, variables: Mapping[str, Any], *, actor: str, at: datetime) -> None:
    """Close and archive a case."""
    columns = {name: variables[name] for name in ("cause", "measure", "prevention", "waiver") if variables.get(name)}
    statuses.mark(connection, reference, "closed", actor=actor, at=at)
    cases.set_columns(connection, reference, closed_at=at, closed_by=actor, archived_at=at, **columns)


def _followed_up(connection: Connection, case: Any, variables: Mapping[str, Any]) -> bool:
    answered = any(survey.answered_at for survey in surveys.of_case(connection, case.reference) if survey.cycle == case.cycle)
    known = case.waiver or variables.get("waiver") or variables.get("follow_up") or variables.get("satisfied") is not None
    return answered or bool(known)
