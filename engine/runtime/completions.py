"""Completing a user task: one person decides. Where others were asked to sign as well, it is their owner's ballot."""

from collections.abc import Iterable, Mapping
from typing import Any

from kesu.engine import commands
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Invalid, sentence
from kesu.engine.runtime import votes
from kesu.engine.runtime.endings import APPROVED, REJECTED, Ending, FieldProblem, checked, checked_submission, finish_task, of_task, outcome_variable
from kesu.engine.runtime.starts import Moved
from kesu.engine.runtime.steps import Step, command
from kesu.engine.service_tasks import Write

__all__ = ["APPROVED", "REJECTED", "FieldProblem", "checked_submission", "complete", "outcome_variable"]


def complete(db: Database, task_id: int, *, actor: str, submission: Mapping[str, Any] | None = None, outcome: str | None = None,
             comment: str | None = None, seen: int | None = None, idempotency_key: str | None = None, writes: Iterable[Write] = ()) -> Moved:
    """Complete a user task with what the person filled in. `seen` is the version of the task they looked at.

    Raises `Forbidden` where it is not theirs, `Conflict` where somebody was first, `Invalid` with every wrong field.
    """
    if outcome not in (None, APPROVED, REJECTED):
        raise Invalid(sentence("Expected the outcome approved or rejected, but got {outcome}."), outcome=outcome)
    key = commands.bound(idempotency_key, "complete", actor, task_id, submission or {}, outcome, comment)

    def act(step: Step) -> None:
        task = checked(step, task_id, actor=actor, seen=seen)
        if (task.ballot or {}).get("added"):
            raise _OwnersBallot
        if task.ballot:
            raise Conflict(sentence("{task} is decided by vote: cast your ballot instead of completing it."), task=task.name)
        finish_task(step, task, Ending(submission, outcome, comment, task.on_behalf_of), actor=actor)

    try:
        return Moved(**command(db, of_task(task_id), act, actor=actor, key=key, writes=writes))
    except _OwnersBallot:
        return votes.cast_ballot(db, votes.Cast(task_id, actor, outcome != REJECTED, comment, dict(submission or {}), key, seen, tuple(writes)))


class _OwnersBallot(Exception):
    """Others were asked to sign as well, so what would complete the task is its owner's ballot."""
