"""Work that goes to another department: why is said, and its clock and its owner go with it (specification 0.2, R11).

Within a department a note is enough; either way whoever gets the work reads it first.
"""

from kesu.engine import candidates, deadlines, identity
from kesu.engine.deadlines import Crossing
from kesu.engine.errors import Invalid, sentence
from kesu.engine.runtime.acts import Acting

ACROSS = sentence("{who} is of another department, so a reason is needed: say why {task} is theirs. "
                  "Its time limit and the case go along.")
WITHIN = sentence("Expected a note for {who}: say why you pass {task} on.")


def crossing(acting: Acting, owner: str | None, to: str, reason: str | None) -> Crossing | None:
    """Return what a change of hands crosses; None where both share a department or the receiver has none."""
    before, after = _departments(acting, owner), identity.departments_of(acting.connection, to)
    if not after or set(before) & set(after):
        return None
    task = acting.task
    return Crossing(task.id, task.business_key, bool(task.ballot), tuple(before), after[0], acting.actor, acting.now,
                    reason or "")


def check_reason(acting: Acting, crossed: Crossing | None, to: str, reason: str | None) -> None:
    """Raise `Invalid` where work is passed on and nobody says why."""
    if not (reason or "").strip():
        raise Invalid(WITHIN if crossed is None else ACROSS, who=to, task=acting.task.name)


def take_along(acting: Acting, crossed: Crossing | None) -> dict[str, str]:
    """Let the clock and the owner of the case follow the work; return what history tells of it."""
    if crossed is None:
        return {}
    deadlines.current().crossed(acting.connection, crossed)
    return {"from_department": next(iter(crossed.before), ""), "to_department": crossed.after}


def _departments(acting: Acting, owner: str | None) -> list[str]:
    """Return the departments where the work is: those of whoever has it, else those it is offered to."""
    if owner is not None:
        return identity.departments_of(acting.connection, owner)
    offered = [name for kind, name in candidates.names(acting.connection, acting.task.id) if kind == candidates.GROUP]
    return identity.departments_among(acting.connection, offered)
