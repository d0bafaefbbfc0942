"""A deadline's own policy: the timers that warn before a user task is due and act when it is, each mark once a deadline.

They hang off the task's row, not off the diagram: `warn` and `onTimeout` of `kesu:deadline`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from kesu.engine import due_dates, moments, spiff, timers
from kesu.engine.deadlines import Due

if TYPE_CHECKING:
    from kesu.engine.runtime.steps import Step

WARN, REMIND, ESCALATE, REJECT, APPROVE = "warn", "remind", "escalate", "reject", "approve"
ON_TIMEOUT = (REMIND, ESCALATE, REJECT, APPROVE)


def arming(step: Step, wait: spiff.Wait, setting: dict[str, Any], due: Due) -> Callable[[Connection, int], None]:
    """Return the write that arms a user task's timers: one to warn, one to act; none that has fired for this deadline before."""
    wanted = [] if due.at is None else _wanted(setting, due.at)

    def write(connection: Connection, instance_id: int) -> None:
        marks = {act: mark(due, wait, act) for act, _ in wanted}
        rows = [{"instance_id": instance_id, "activity_id": wait.activity_id, "element_id": wait.element_id, "due_at": max(at, step.now),
                 "act": act, "mark": marks[act]} for act, at in wanted if not due_dates.fired(connection, instance_id, marks[act])]
        timers.arm(connection, rows)

    return write


def mark(due: Due, wait: spiff.Wait, what: str) -> str:
    """Return the name under which a deadline remembers that this was done about it."""
    return f"{due.clock or due.name or ''}/{wait.element_id}#{wait.detail.get('instance') or ''}/{what}"


def _wanted(setting: dict[str, Any], due_at: datetime) -> list[tuple[str, datetime]]:
    found = [(WARN, due_at - moments.duration(str(setting["warn"]), "warn"))] if setting.get("warn") else []
    return found + ([(setting["onTimeout"], due_at)] if setting.get("onTimeout") in ON_TIMEOUT else [])
