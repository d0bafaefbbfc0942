"""What a published diagram is to the rest of the engine: elements, flows and their settings, compiled once and shared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec


@dataclass(frozen=True)
class Flow:
    """A sequence flow. `condition` is FEEL; `default` says that it is taken when no other is."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None
    default: bool = False


@dataclass(frozen=True)
class Element:
    """A flow node as drawn. `settings` holds what its extension elements say, by kind ("assignment", "ballot"...).

    `parent` is the id of the enclosing sub-process, None directly in the process; `attached_to` the activity under a
    boundary event; `events` the kinds of its event definitions.
    """

    id: str
    kind: str
    name: str
    process_id: str
    lane: str | None = None
    documentation: str = ""
    parent: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    events: tuple[str, ...] = ()
    settings: Mapping[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def name_en(self) -> str:
        """The English name: the first line of the documentation, else the name."""
        lines = self.documentation.strip().splitlines()
        return lines[0].strip() if lines and lines[0].strip() else self.name


@dataclass
class Model:
    """A process, ready to run: what was drawn (`elements`, `flows`) and SpiffWorkflow's specification of it.

    Elements of called processes are in here too; where an id is used twice, the called one is known as `process:id`.
    `starts` lists the start events of the process itself, `calls` every process it can call.
    """

    process_id: str
    name: str
    elements: dict[str, Element]
    flows: dict[str, Flow]
    spec: WorkflowSpec
    starts: tuple[Element, ...] = ()
    calls: tuple[str, ...] = ()
    settings: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    documentation: str = ""
