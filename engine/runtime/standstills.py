"""A run that waits for nothing and is not complete: an incident names every join at which tokens stand and nothing more can come.

The incident goes away by itself when a move brings the case on its way again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from kesu.engine import incidents, spiff, values
from kesu.engine.errors import Conflict, sentence
from kesu.engine.history import Event
from kesu.engine.identity import SYSTEM

if TYPE_CHECKING:
    from kesu.engine.runtime.steps import Step

MESSAGE = "{element} waits for a token that can never come: nothing else of this case is open."


def note(step: Step, book: dict[str, Any]) -> list[Callable[[Connection, int], None]]:
    """Compare where the run stands still with what the last command left; return the rows that follow and keep it in the new book."""
    before = step.book.get("stuck", [])
    now = [] if step.abandoned else step.run.stuck
    if now:
        book["stuck"] = now
    for element_id in now:
        if element_id not in before:
            step.events.append(Event("incident_opened", SYSTEM, step.now, element_id, details={"kind": incidents.STUCK}))
    closing = [_closing(step, element_id) for element_id in before if element_id not in now]
    return closing + [_opening(step, element_id) for element_id in now if element_id not in before]


def take_up(step: Step, element_id: str, variables: Mapping[str, Any]) -> None:
    """Look again whether the case can go on, with changed variables if given. Raises `Conflict`, changing nothing, where it cannot."""
    before = step.run.variables()
    changed = {name: {"before": values.plain(before.get(name)), "after": values.plain(value)} for name, value in variables.items()}
    if changed:
        step.tell("variables_edited", changed=changed)
    step.run.set_variables(dict(variables))
    step.before_commit.append(lambda: _refuse_if_stuck(step.run, element_id))


def pass_over(step: Step, element_id: str, variables: Mapping[str, Any]) -> None:
    """Let the tokens that wait at a join pass though not all have come. Raises `Conflict` where they cannot."""
    step.run.set_variables(dict(variables))
    step.run.release(element_id)


def _refuse_if_stuck(run: spiff.Run, element_id: str) -> None:
    if element_id in run.stuck:
        raise Conflict(sentence("{element} still waits for a token that can never come. Skip the incident to let it pass, or end the case."),
                       element=element_id)


def _opening(step: Step, element_id: str) -> Callable[[Connection, int], None]:
    columns = {"kind": incidents.STUCK, "definition_key": step.package.definition.key, "business_key": step.business_key,
               "element_id": element_id, "message": MESSAGE.format(element=element_id), "opened_at": step.now}
    return lambda connection, instance_id: incidents.open_incident(connection, instance_id=instance_id, **columns)


def _closing(step: Step, element_id: str) -> Callable[[Connection, int], None]:
    return lambda connection, instance_id: incidents.drop_stuck(connection, instance_id, element_id, step.now)
