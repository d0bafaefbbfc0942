"""A brake on chains across instances: what one throws starts or moves another, which throws again.

Each link is one deeper than the one before it, and past a limit nothing is sent: an incident says so.
Inside one instance its own steps are limited (`spiff/runs.py`). A person's act begins a chain anew,
and so does a time limit of at least a minute: a round that somebody or the clock lets go is no flood.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection

from kesu.engine import incidents
from kesu.engine.history import Event
from kesu.engine.identity import SYSTEM
from kesu.engine.spiff import SHORTEST, Happening
from kesu.engine.timers import Timer

if TYPE_CHECKING:
    from kesu.engine.runtime.steps import Step

MAX_CHAIN: Final = 50
MESSAGE: Final = (
    "{element} sends {name} at the end of a chain of {limit} messages and signals that processes have "
    "sent each other without a person or a time limit between them. It was not sent."
)


def linked(step: Step, depth: int) -> None:
    """Note that this command came through a chain that is so deep."""
    if depth:
        step.book["chain"] = [depth, step.now.isoformat()]


def depth_of(step: Step) -> int:
    """Return how deep in a chain this command stands; 0 where a person has given it."""
    return int(step.book["chain"][0]) if "chain" in step.book and step.actor == SYSTEM else 0


def kept(step: Step) -> dict[str, Any]:
    """Return what the next command has to know of the chain."""
    return {"chain": step.book["chain"]} if depth_of(step) else {}


def waited(step: Step, timer: Timer) -> None:
    """Begin anew after a time limit that left everybody time."""
    if "chain" in step.book:
        since = datetime.fromisoformat(step.book["chain"][1])
        if timer.due_at - since >= SHORTEST:
            del step.book["chain"]


def is_too_deep(step: Step) -> bool:
    """Whether nothing more may be sent from here."""
    return depth_of(step) >= MAX_CHAIN


def incident(step: Step, happening: Happening) -> Callable[[Connection, int], None]:
    """Return the row of the incident that stands for what is not sent."""
    element, name = happening.element_id, happening.detail["name"]
    columns = {
        "kind": incidents.CHAIN,
        "definition_key": step.package.definition.key,
        "business_key": step.business_key,
        "element_id": element,
        "opened_at": step.now,
        "message": MESSAGE.format(element=element, name=name, limit=MAX_CHAIN),
    }
    details = {"kind": incidents.CHAIN}
    step.events.append(Event("incident_opened", SYSTEM, step.now, element, details=details))
    return lambda connection, instance_id: incidents.open_incident(
        connection, instance_id=instance_id, **columns
    )
