"""Work on a case that is passed on to another department takes its clock along, and the case itself where it was theirs (R11).

A clock is due when it was: whoever gets late work has late work. A vote is no ownership, so a ballot takes only its clock along.
"""

from typing import Any

from sqlalchemy import Connection, Row

from kesu.complaints import cases, clocks
from kesu.complaints.numbers import REFERENCE
from kesu.engine.deadlines import Crossing

OWNER = "owner_department"


def follow(connection: Connection, crossing: Crossing) -> None:
    """Give the clock of a task, and the case where its giver's department owned it, to the department that gets the task."""
    clock = clocks.of_task(connection, crossing.task_id)
    if clock is not None:
        clocks.belong(connection, clock.id, crossing.after)
    reference = crossing.business_key or ""
    if crossing.is_vote or not REFERENCE.fullmatch(reference):
        return
    owner = cases.find(connection, reference).owner_department
    if owner is not None and owner not in crossing.before:
        return
    cases.set_columns(connection, reference, **{OWNER: crossing.after})
    changed = {OWNER: (owner, crossing.after)}
    cases.note_changes(connection, reference, changed, actor=crossing.actor, at=crossing.at, reason=crossing.reason)


def stays(connection: Connection, case: Row[Any], routed: str) -> bool:
    """Say whether a case was passed on, or corrected, from the department it was routed to: then routing does not take it back."""
    owners = [change for change in cases.changes_of(connection, case.reference) if change.field == OWNER]
    return bool(owners) and (owners[-1].before, owners[-1].after) == (routed, case.owner_department)
