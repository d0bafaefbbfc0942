"""Event definitions: what an event waits for or throws, read once from the diagram."""

from dataclasses import dataclass, field
from typing import Literal

TriggerKind = Literal["message", "signal", "timer", "conditional", "error", "escalation", "compensate", "cancel", "link", "terminate"]
TimerKind = Literal["duration", "date", "cycle"]


@dataclass(frozen=True)
class Trigger:
    """One event definition. `name` of a message, signal or link; `code` of an error or escalation (None catches any).

    `expression` is the timer's text or the condition's FEEL; `correlation` FEEL by key; `payload` FEEL for what is sent;
    `variable` where what is received goes (None: its entries are merged); `activity` what to compensate.
    """

    kind: TriggerKind
    name: str | None = None
    code: str | None = None
    timer: TimerKind | None = None
    expression: str | None = None
    correlation: dict[str, str] = field(default_factory=dict)
    payload: str | None = None
    variable: str | None = None
    activity: str | None = None
    wait: bool = True
    ref: str | None = None

    def matches(self, code: str | None) -> bool:
        """Whether an error or escalation with this code is caught here."""
        return self.code is None or self.code == code
