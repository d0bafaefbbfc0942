"""What the engine tells the runtime: what happened, in order, and what is being waited for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

HappeningKind = Literal["entered", "completed", "cancelled", "flow", "thrown", "decided", "undecided", "setting_failed", "uncaught_error",
                        "uncaught_escalation"]
WaitKind = Literal["user_task", "service", "timer", "message", "signal", "conditional"]


class Host(Protocol):
    """What a run asks of whoever runs it: the time, and the decisions of the pinned package."""

    def now(self) -> datetime: ...

    def decide(self, decision_id: str, context: Mapping[str, Any]) -> tuple[Any, Any]:
        """Return the value of a decision and which rules fired."""
        ...


@dataclass(frozen=True)
class Happening:
    """One thing that happened. `element_id` is the flow's id for kind "flow"; `activity_id` names the activation."""

    kind: HappeningKind
    element_id: str
    activity_id: str | None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wait:
    """One thing that the run waits for. `detail` is as the kind needs: see `waits.py`."""

    activity_id: str
    kind: WaitKind
    element_id: str
    scope_id: str
    detail: dict[str, Any] = field(default_factory=dict)
