"""A condition that is neither true nor false: an incident says which, what it gave and what it read.

What a person did before it is kept. Mended by editing the variables and retrying; skipping takes the answer for a no.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from kesu.engine import incidents
from kesu.engine.errors import Conflict, sentence
from kesu.engine.history import Event
from kesu.engine.identity import SYSTEM
from kesu.engine.spiff import Happening

if TYPE_CHECKING:
    from kesu.engine.runtime.steps import Step

MESSAGE = "The condition {expression} at {where} is neither true nor false: it gave {value}, having read {read}."


def note(step: Step, book: dict[str, Any]) -> list[Callable[[Connection, int], None]]:
    """Compare what has no answer with what the last command left; return the rows that follow and keep it in the new book."""
    before: dict[str, str] = step.book.get("undecided", {})
    now = {} if step.abandoned else step.run.undecided
    if now:
        book["undecided"] = now
    told = {each.activity_id: each for each in step.run.happenings if each.kind == "undecided"}
    opened = [
        _opening(step, told[activity_id])
        for activity_id in now
        if activity_id not in before and activity_id in told
    ]
    gone = [activity_id for activity_id in before if activity_id not in now]
    return [_closing(step, gone), *opened] if gone else list(opened)


def take_up(step: Step, activity_id: str) -> None:
    """Ask again. Raises `Conflict`, changing nothing, where there is still no answer."""
    step.run.retry(activity_id)
    step.before_commit.append(lambda: _refuse_if_undecided(step, activity_id))


def _refuse_if_undecided(step: Step, activity_id: str) -> None:
    element_id = step.run.undecided.get(activity_id)
    if element_id is not None:
        raise Conflict(
            sentence(
                "The condition at {element} is still neither true nor false. Give the variables it reads a value, then try again."
            ),
            element=element_id,
        )


def _opening(step: Step, happening: Happening) -> Callable[[Connection, int], None]:
    columns = {
        "kind": incidents.UNDECIDED,
        "definition_key": step.package.definition.key,
        "business_key": step.business_key,
        "element_id": happening.element_id,
        "activity_id": happening.activity_id,
        "opened_at": step.now,
        "message": _message(happening.detail),
    }
    details = {
        "kind": incidents.UNDECIDED,
        "expression": happening.detail["expression"],
        "where": happening.detail["where"],
    }
    step.events.append(
        Event(
            "incident_opened",
            SYSTEM,
            step.now,
            happening.element_id,
            happening.activity_id,
            details=details,
        )
    )
    return lambda connection, instance_id: incidents.open_incident(
        connection, instance_id=instance_id, **columns
    )


def _message(told: Mapping[str, Any]) -> str:
    read = ", ".join(f"{name} = {value}" for name, value in told["read"].items()) or "no variable"
    return MESSAGE.format(
        expression=told["expression"], where=told["where"], value=told["value"], read=read
    )[:2000]


def _closing(step: Step, gone: list[str]) -> Callable[[Connection, int], None]:
    return lambda connection, instance_id: incidents.drop_of(
        connection, instance_id, gone, step.now
    )
