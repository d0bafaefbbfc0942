"""When a process starts by itself: the timer start events of a file's processes, and the rounds of their cycles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kesu.engine.spiff import timers
from kesu.engine.spiff.surveys import survey
from kesu.engine.spiff.triggers import Trigger


@dataclass(frozen=True)
class StartTime:
    """A timer start event of a process."""

    element_id: str
    trigger: Trigger

    def first(self, now: datetime) -> dict[str, Any] | None:
        """Return the setting of its first round after `now`: {"due": ISO instant, "left", "every"}; None where its time is past."""
        assert self.trigger.timer is not None and self.trigger.expression is not None
        setting = timers.setting(self.trigger.timer, self.trigger.expression, {}, now, self.element_id)
        return setting if datetime.fromisoformat(setting["due"]) > now else timers.later(setting, now, self.element_id)


def start_times(xml: bytes, process_id: str) -> list[StartTime]:
    """Return the timer start events of one process of a file. Raises `Invalid` where the file cannot be read."""
    content = survey(xml).buildings[process_id].processes[process_id].content
    return [StartTime(node.element.id, trigger) for node in content.starts + content.by_trigger for trigger in getattr(node, "triggers", ())
            if trigger.kind == "timer"]


def following(setting: Mapping[str, Any], now: datetime, where: str) -> dict[str, Any] | None:
    """Return the setting of the first round after `now`, None where there is none; what passed meanwhile is used up."""
    return timers.later(setting, now, where)
