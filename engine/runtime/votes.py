"""Voting: a ballot that does not decide writes its own row only; the one that decides completes the task and moves the token."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from kesu.engine import ballots, clock, commands, history, instances, notifications, packages, user_tasks, values
from kesu.engine.ballots import Ballot
from kesu.engine.commands import Key
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Invalid, Overtaken, sentence
from kesu.engine.history import Event
from kesu.engine.instances import Stale
from kesu.engine.notifications import TURN
from kesu.engine.runtime import lapses
from kesu.engine.runtime.acts import notification
from kesu.engine.runtime.endings import APPROVED, REJECTED, Ending, check_fields, checked, finish_task, of_task
from kesu.engine.runtime.starts import Moved
from kesu.engine.runtime.steps import ATTEMPTS, Step, command
from kesu.engine.service_tasks import Write
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
    key: Key | None
    seen: int | None = None
    writes: tuple[Write, ...] = ()


class _Decides(Exception):
    """This ballot settles the round: roll back and take the way that moves the token."""


def vote(db: Database, task_id: int, *, actor: str, answer: str, comment: str | None = None, submission: Mapping[str, Any] | None = None,
         seen: int | None = None, idempotency_key: str | None = None, writes: Iterable[Write] = ()) -> Moved:
    """Cast this person's ballot, `yes` or `no`; a voter may change it while the round is undecided.

    Raises `Forbidden` for those not asked, `Conflict` where the round is over or it is not their turn.
    """
    if answer not in ANSWERS:
        raise Invalid(sentence("Expected the answer yes or no, but got {answer}."), answer=answer)
    key = commands.bound(idempotency_key, "vote", actor, task_id, answer, comment, submission or {})
    return cast_ballot(db, Cast(task_id, actor, ANSWERS[answer], comment, dict(submission or {}), key, seen, tuple(writes)))


def cast_ballot(db: Database, cast: Cast) -> Moved:
    """Cast a ballot as `vote` does, on behalf of another command, whose idempotency key it carries."""
    for _ in range(ATTEMPTS):
        try:
            return _cast_only(db, cast)
        except _Decides:
            pass
        except lapses.Lapsed:
            lapses.give_on(db, cast.task_id)
            raise
        except (Stale, Changed):
            continue
        try:
            return _cast_and_move(db, cast)
        except Changed:
            continue
    raise Overtaken(sentence("Too many people acted on this case at the same moment. Nothing of yours was done; try again."))


def _cast_only(db: Database, cast: Cast) -> Moved:
    with db.write() as connection:
        known = commands.answered(connection, cast.key)
        if known is not None:
            return Moved(**known)
        task = user_tasks.find(connection, cast.task_id)
        user_tasks.check_open(task, cast.seen)
        state = instances.active_state(connection, task.instance_id)
        user_tasks.touch(connection, task)  # locks the round: voters write one after the other, each seeing the ones before
        round_ = ballots.standing(connection, task.id)
        own = _own(connection, task, round_, cast.actor)
        after = _after(round_, own, cast.yes)
        if ballots.result(task.ballot or {}, after):
            raise _Decides
        now = clock.now()
        _check_fields(db, connection, task, cast.submission)
        ballots.cast(connection, own, yes=cast.yes, at=now, comment=cast.comment, submission=values.plain(cast.submission) or None)
        following = ballots.open_following(connection, after, in_turn=(task.ballot or {}).get("mode") == "in_turn")
        if following:
            notifications.tell(connection, notification(task, TURN, tuple(following), by=cast.actor, at=now))
        if not any(each.is_undone for each in after if each.counts):
            lapses.alert(connection, task, f"Everybody has voted on {task.name}, and it is still undecided: more votes are needed "
                         "than people were asked.", now)
        history.append(connection, task.instance_id, [_event(task, own, cast, now, instances.subject(connection, task.instance_id))])
        for write in cast.writes:
            write(connection)
        moved = Moved(task.instance_id, state)
        commands.record(connection, cast.key, instance_id=task.instance_id, result=vars(moved), at=now)
        return moved


def _cast_and_move(db: Database, cast: Cast) -> Moved:
    def act(step: Step) -> None:
        task = checked(step, cast.task_id, actor=cast.actor, seen=cast.seen)
        round_ = ballots.of_task(step.connection, task.id)
        own, at = _own(step.connection, task, round_, cast.actor), step.now
        settled = ballots.result(task.ballot or {}, _after(round_, own, cast.yes))
        if settled is None:
            raise Changed(sentence("{task} has changed since you opened it. Look at it again; nothing of yours was done."), task=task.name)
        step.events.append(_event(task, own, cast, at, step.book.get("subject")))
        step.ends.append(lambda connection: ballots.cast(connection, own, yes=cast.yes, at=at, comment=cast.comment,
                                                         submission=values.plain(cast.submission) or None))
        others = [each for each in round_ if each.id != own.id]  # an answer that is changed takes what was filled in with it
        settle(step, task, others, settled, actor=cast.actor, submission=cast.submission, on_behalf_of=own.on_behalf_of)

    return Moved(**command(db, of_task(cast.task_id), act, actor=cast.actor, key=cast.key, writes=cast.writes))


def settle(step: Step, task: UserTask, round_: Sequence[Ballot], settled: str, *, actor: str, submission: Mapping[str, Any] | None = None,
           on_behalf_of: str | None = None) -> None:
    """End a decided round: what its voters filled in is put together, the last word last. Without a submission nobody filled the form now."""
    answered = sorted((each for each in round_ if each.counts and each.answered_at), key=lambda each: each.answered_at or step.now)
    whole: dict[str, Any] = {}
    for ballot in answered:
        whole.update(values.lively(ballot.submission or {}))
    whole.update(submission or {})
    outcome: str | None = APPROVED if settled == PASSED else REJECTED
    if (task.ballot or {}).get("added") and "outcome" not in task.settings and settled == PASSED:
        outcome = None  # the work of one person that others have signed: the diagram asks for no decision
    ending = Ending(whole, outcome, None, on_behalf_of, unattended=submission is None)
    finish_task(step, task, ending, actor=actor)
    step.ends.append(lambda connection: ballots.void_open(connection, [task.id]))


def _own(connection: Connection, task: UserTask, round_: Sequence[Ballot], actor: str) -> Ballot:
    if not task.ballot:
        raise Conflict(sentence("{task} is not decided by vote: complete it instead."), task=task.name)
    own = ballots.of_voter(round_, actor)
    lapses.check(connection, task, own)
    return own


def _after(round_: Sequence[Ballot], own: Ballot, yes: bool) -> list[Ballot]:
    return [ballot._replace(state=ballots.YES if yes else ballots.NO) if ballot.id == own.id else ballot for ballot in round_]


def _check_fields(db: Database, connection: Connection, task: UserTask, submission: Mapping[str, Any]) -> None:
    """Raise `Invalid` where a ballot that does not decide brings more than its form asks for: nobody would look at it again."""
    if submission and task.form_key is not None:
        instance = instances.find(connection, task.instance_id)
        check_fields(packages.load(db, connection, instance.package_id).form(task.form_key), submission)


def _event(task: UserTask, own: Ballot, cast: Cast, at: Any, subject: Mapping[str, Any] | None) -> Event:
    kind = "opinion_given" if own.part == ballots.OPINION else "ballot_cast"
    details = {"task": task.id, "round": task.round, "answer": "yes" if cast.yes else "no", "part": own.part}
    details |= {"read": subject["digest"]} if subject else {}
    return Event(kind, cast.actor, at, task.element_id, task.activity_id, cast.comment, own.on_behalf_of, details)
