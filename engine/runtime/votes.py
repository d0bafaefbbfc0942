"""Voting: a ballot that does not decide writes its own row only; the one that decides completes the task and moves the token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from kesu.engine import ballots, clock, commands, history, instances, tallies, user_tasks
from kesu.engine.ballots import Ballot
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Invalid, sentence
from kesu.engine.history import Event
from kesu.engine.instances import Stale
from kesu.engine.runtime.completions import APPROVED, REJECTED, checked, finish_task, of_task
from kesu.engine.runtime.starts import Moved
from kesu.engine.runtime.steps import ATTEMPTS, Step, command
from kesu.engine.runtime.work import run_inside
from kesu.engine.tallies import PASSED
from kesu.engine.user_tasks import Changed, UserTask

ANSWERS = {"yes": True, "no": False}


@dataclass(frozen=True)
class Cast:
    """One person's answer on its way into a ballot."""

    task_id: int
    actor: str
    yes: bool
    comment: str | None
    submission: dict[str, Any]
    key: str | None


class _Decides(Exception):
    """This ballot settles the round: roll back and take the way that moves the token."""


def vote(db: Database, task_id: int, *, actor: str, answer: str, comment: str | None = None, submission: Mapping[str, Any] | None = None,
         idempotency_key: str | None = None) -> Moved:
    """Cast this person's ballot, `yes` or `no`; a voter may change it while the round is undecided.

    Raises `Forbidden` for those not asked, `Conflict` where the round is over or it is not their turn.
    """
    if answer not in ANSWERS:
        raise Invalid(sentence("Expected the answer yes or no, but got {answer}."), answer=answer)
    cast = Cast(task_id, actor, ANSWERS[answer], comment, dict(submission or {}), idempotency_key)
    for _ in range(ATTEMPTS):
        try:
            return _cast_only(db, cast)
        except _Decides:
            pass
        except (Stale, Changed):
            continue
        try:
            return _cast_and_move(db, cast)
        except Changed:
            continue
    raise Conflict(sentence("Too many people acted on this case at the same moment. Nothing of yours was done; try again."))


def _cast_only(db: Database, cast: Cast) -> Moved:
    task_id, actor, yes, comment = cast.task_id, cast.actor, cast.yes, cast.comment
    with db.write() as connection:
        known = commands.answered(connection, cast.key)
        if known is not None:
            return Moved(**known)
        task = user_tasks.find(connection, task_id)
        user_tasks.check_open(task, None)
        instance = instances.find(connection, task.instance_id)
        instances.check_active(instance)
        user_tasks.touch(connection, task)  # locks the round: voters write one after the other, each seeing the ones before
        round_ = ballots.of_task(connection, task_id)
        own = _own(task, round_, actor)
        if _settled(task, round_, own, yes):
            raise _Decides
        now = clock.now()
        ballots.cast(connection, own, yes=yes, at=now, comment=comment)
        if yes and task.ballot and task.ballot.get("mode") == "in_turn":
            ballots.open_next(connection, round_)
        history.append(connection, task.instance_id, [_event(task, actor, yes, comment, now)])
        result = {"instance_id": task.instance_id, "state": instance.state}
        commands.record(connection, cast.key, kind="vote", instance_id=task.instance_id, result=result, at=now)
        return Moved(**result)


def _cast_and_move(db: Database, cast: Cast) -> Moved:
    def act(step: Step) -> None:
        task = checked(step, cast.task_id, actor=cast.actor, seen=None)
        round_ = ballots.of_task(step.connection, task.id)
        own, at = _own(task, round_, cast.actor), step.now
        settled = _settled(task, round_, own, cast.yes)
        if settled is None:
            raise Changed(sentence("{task} has changed since you opened it. Look at it again; nothing of yours was done."), task=task.name)
        step.events.append(_event(task, cast.actor, cast.yes, cast.comment, at))
        step.ends.append(lambda connection: ballots.cast(connection, own, yes=cast.yes, at=at, comment=cast.comment))
        outcome = APPROVED if settled == PASSED else REJECTED
        finish_task(step, task, actor=cast.actor, submission=cast.submission, outcome=outcome, comment=None)
        step.ends.append(lambda connection: ballots.void_open(connection, [task.id]))

    moved = Moved(**command(db, of_task(cast.task_id), act, actor=cast.actor, kind="vote", key=cast.key))
    run_inside(db, moved.instance_id)
    return moved


def _own(task: UserTask, round_: Sequence[Ballot], actor: str) -> Ballot:
    if not task.ballot:
        raise Conflict(sentence("{task} is not decided by vote: complete it instead."), task=task.name)
    return ballots.of_voter(round_, actor)


def _settled(task: UserTask, round_: Sequence[Ballot], own: Ballot, yes: bool) -> str | None:
    cast = [replace(ballot, state=ballots.YES if yes else ballots.NO) if ballot.id == own.id else ballot for ballot in round_]
    valid = [ballot.answer for ballot in cast if ballot.state != ballots.VOID]
    return tallies.tally(tallies.rule(task.ballot or {}), valid)


def _event(task: UserTask, actor: str, yes: bool, comment: str | None, at: Any) -> Event:
    return Event("ballot_cast", actor, at, task.element_id, task.activity_id, comment,
                 details={"task": task.id, "round": task.round, "answer": "yes" if yes else "no"})


def states(connection: Connection, task: UserTask) -> tuple[list[Ballot], str | None]:
    """Return a round's ballots and how it is settled, if it is."""
    round_ = ballots.of_task(connection, task.id)
    return round_, tallies.tally(tallies.rule(task.ballot or {}), [ballot.answer for ballot in round_ if ballot.state != ballots.VOID])
