"""What a file offers to those who only want to know: its executable processes, their names, and what starts them from outside."""

from dataclasses import dataclass

from kesu.engine.spiff.building import Building
from kesu.engine.spiff.surveys import survey


@dataclass(frozen=True)
class StartEvent:
    """A start event that a message or signal sets off."""

    kind: str
    name: str
    element_id: str


@dataclass(frozen=True)
class Executable:
    """One executable process of a file."""

    key: str
    name: str
    starts: tuple[StartEvent, ...]


def executables(xml: bytes) -> list[Executable]:
    """Return the executable processes of a file, in its order.

    Raises `Invalid` where the file cannot be read.
    """
    return [_named(key, building) for key, building in survey(xml).buildings.items()]


def _named(key: str, building: Building) -> Executable:
    process = building.processes[key]
    begun = process.content.starts + process.content.by_trigger
    starts = [StartEvent(trigger.kind, trigger.name, node.element.id) for node in begun for trigger in getattr(node, "triggers", ())
              if trigger.kind in ("message", "signal") and trigger.name]
    return Executable(key, process.element.name or key, tuple(starts))
