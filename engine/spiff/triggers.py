"""Event definitions: what an event waits for or throws, read once from the diagram."""

from dataclasses import dataclass, field
from typing import Literal

TriggerKind = Literal["message", "signal", "timer", "conditional", "error", "escalation", "compensate", "cancel", "link", "terminate"]
TimerKind = Literal["duration", "date", "cycle"]


@dataclass(frozen=True)
class Trigger:
    """One event definition. `name` of what it refers to; `code` of an error or escalation that has one: without, any is caught.

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

    @property
    def thrown(self) -> str | None:
        """The code under which an error or escalation is thrown: its own, else the name of what has none."""
        return self.name if self.code is None else self.code

    def fits(self, code: str | None) -> int:
        """How closely an error or escalation with this code is meant here: 0 not at all, 1 as any other, 3 by its code.

        A definition without a code catches every code (BPMN 2.0, table 10.92); between two such the one that bears its name (2) goes first.
        """
        if self.code is not None:
            return 3 if self.code == code else 0
        return 2 if self.name is not None and self.name == code else 1
