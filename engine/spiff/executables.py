"""What a file offers to those who only want to know: its executable processes, their names, and what starts them from outside."""

from dataclasses import dataclass

from kesu.engine.spiff.compiling import _build, _executable
from kesu.engine.spiff.files import File
from kesu.engine.spiff.problems import Problems


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
    file = File("diagram", xml)
    return [_named(xml, key) for key in _executable(file)]


def _named(xml: bytes, key: str) -> Executable:
    building = _build([File("diagram", xml)], key, Problems(), None)
    process = building.processes[key]
    begun = process.content.starts + process.content.by_trigger
    starts = [StartEvent(trigger.kind, trigger.name, node.element.id) for node in begun for trigger in getattr(node, "triggers", ())
              if trigger.kind in ("message", "signal") and trigger.name]
    return Executable(key, process.element.name or key, tuple(starts))
