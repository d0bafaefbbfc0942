"""Who signs in a round, changed while it runs: add-sign before, after or parallel (加签), remove-sign (减签).

Before: the added give their word first, then the owner still decides. After: the owner says yes now, and the node stays open for the
added. Parallel: N grows. Removing re-counts at once, and never goes below one.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kesu.engine import ballots, commands, identity
from kesu.engine.ballots import AFTER, BEFORE, MAIN, OPEN, OPINION, VOID, WAITING, Ballot, Seat
from kesu.engine.commands import Key
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Forbidden, Invalid, Overtaken, sentence
from kesu.engine.notifications import ASKED, TURN
from kesu.engine.runtime import lapses
from kesu.engine.runtime.acts import Acting, check_allowed, check_receiver, on_task, own_ballot
from kesu.engine.runtime.endings import checked, checked_submission, of_task
from kesu.engine.runtime.starts import Moved
from kesu.engine.runtime.steps import Step, command
from kesu.engine.runtime.votes import settle
from kesu.engine.tallies import check_weight
from kesu.engine.values import plain

ADD, REMOVE = "add_sign", "remove_sign"
HOW = ("before", "after", "parallel")


class _Decides(Exception):
    """Removing this ballot settles the round: take the way that moves the token."""


def add_sign(db: Database, task_id: int, *, actor: str, people: Iterable[str], how: str = "parallel", reason: str | None = None,
             seen: int | None = None, idempotency_key: str | None = None, **more: Any) -> Moved:
    """Ask more people in this round. For `after` the owner's own yes is cast with it. `more`: `submission` for its form, `weight` of the new ballots.

    Raises `Forbidden` where it is not theirs, `Conflict` for people asked already or away, `Invalid` for a way that is none.
    """
    wanted = list(dict.fromkeys(people))
    key = commands.bound(idempotency_key, ADD, actor, task_id, wanted, how, reason, more)
    if how not in HOW or not wanted:
        raise Invalid(sentence("Expected people to ask, and before, after or parallel for how, but got {how}."), how=how)

    def act(acting: Acting) -> None:
        check_allowed(acting.task, ADD)
        own = own_ballot(acting, actor)
        if own.state != OPEN or own.part in (BEFORE, OPINION):
            problem = sentence("Only those whose own decision it is now can ask more people: {task} does not wait for yours.")
            raise Conflict(problem, task=acting.task.name)
        for login in wanted:
            check_receiver(acting, login)
        check_weight(more.get("weight", 1), ", ".join(wanted))
        _ADDING[how](db, acting, own, wanted, {"weight": more.get("weight", 1), "submission": more.get("submission"), "reason": reason})
        acting.tell("sign_added", reason, how=how, people=wanted)
        acting.notify(ASKED, wanted, reason)

    return on_task(db, task_id, act, actor=actor, seen=seen, key=key)


def remove_sign(db: Database, task_id: int, *, actor: str, person: str, reason: str | None = None, seen: int | None = None,
                idempotency_key: str | None = None) -> Moved:
    """Take somebody who has not answered out of the round; it is counted again at once. Who added them may, and administrators.

    Raises `Conflict` for an answered ballot and for the last one.
    """
    key = commands.bound(idempotency_key, REMOVE, actor, task_id, person, reason)

    def act(acting: Acting) -> None:
        check_allowed(acting.task, REMOVE)
        gone = _removable(acting.round_, person, actor, is_admin=identity.is_member(acting.connection, actor, "admin"))
        if ballots.result(acting.task.ballot or {}, _without(acting.round_, gone)):
            raise _Decides
        _void(acting, gone)
        acting.tell("sign_removed", reason, person=person)
        lapses.ask_more(acting)

    try:
        return on_task(db, task_id, act, actor=actor, seen=seen, key=key)
    except _Decides:
        return _remove_and_move(db, task_id, actor=actor, person=person, reason=reason, seen=seen, key=key)


def _remove_and_move(db: Database, task_id: int, *, actor: str, person: str, reason: str | None, seen: int | None, key: Key | None) -> Moved:
    def act(step: Step) -> None:
        task = checked(step, task_id, actor=actor, seen=seen, whoever=True)
        round_ = ballots.of_task(step.connection, task_id)
        someone = identity.find_person(step.connection, actor)
        gone = _removable(round_, person, actor, is_admin=someone is not None and "admin" in someone.groups)
        left = _without(round_, gone)
        settled = ballots.result(task.ballot or {}, left)
        if settled is None:
            raise Overtaken(sentence("{task} has changed since you opened it. Look at it again; nothing of yours was done."), task=task.name)
        step.tell("sign_removed", element_id=task.element_id, activity_id=task.activity_id, reason=reason, task=task.id, person=person)
        step.ends.append(lambda connection: ballots.change(connection, gone, state=VOID))
        settle(step, task, left, settled, actor=actor)

    return Moved(**command(db, of_task(task_id), act, actor=actor, key=key))


def _add_before(_db: Database, acting: Acting, own: Ballot, people: Sequence[str], _more: Mapping[str, Any]) -> None:
    ballots.change(acting.connection, own, state=WAITING)
    seats = [Seat(login, own.position, part=BEFORE, beside=own.id, added_by=acting.actor) for login in people]
    ballots.hand_out(acting.connection, acting.task.id, seats)


def _add_after(db: Database, acting: Acting, own: Ballot, people: Sequence[str], more: Mapping[str, Any]) -> None:
    _check_form(db, acting, more["submission"] or {})
    ballots.cast(acting.connection, own, yes=True, at=acting.now, comment=more["reason"], submission=plain(dict(more["submission"] or {})) or None)
    acting.tell("ballot_cast", more["reason"], on_behalf_of=own.on_behalf_of, answer="yes", part=own.part)
    _add_behind(acting, own, people, AFTER, more["weight"])


def _add_parallel(_db: Database, acting: Acting, own: Ballot, people: Sequence[str], more: Mapping[str, Any]) -> None:
    _add_behind(acting, own, people, MAIN, more["weight"])


def _add_behind(acting: Acting, own: Ballot, people: Sequence[str], part: str, weight: Any) -> None:
    """Seat people right behind a ballot; in turn they wait for theirs."""
    in_turn = (acting.task.ballot or {}).get("mode") == "in_turn"
    ballots.make_room(acting.connection, acting.task.id, after=own.position, places=len(people))
    seats = [Seat(login, own.position + 1 + i, weight, WAITING if in_turn else OPEN, part, added_by=acting.actor) for i, login in enumerate(people)]
    ballots.hand_out(acting.connection, acting.task.id, seats)
    ballots.open_following(acting.connection, acting.round_, in_turn=in_turn)


def _check_form(db: Database, acting: Acting, submission: Mapping[str, Any]) -> None:
    """The owner's yes stands from now on, so what they fill in has to hold now."""
    if acting.task.form_key is not None:
        step = Step.load(db, acting.connection, acting.instance, actor=acting.actor)
        checked_submission(step, acting.task, submission)


def _removable(round_: Sequence[Ballot], person: str, actor: str, *, is_admin: bool) -> Ballot:
    gone = next((each for each in round_ if each.voter == person and each.state != VOID), None)
    if gone is None:
        raise Conflict(sentence("{who} is not asked in this round."), who=person)
    if not gone.is_undone:
        raise Conflict(sentence("{who} has answered already, so the ballot stands."), who=person)
    if gone.added_by != actor and not is_admin:
        raise Forbidden(sentence("Only who asked {who}, or an administrator, can take them out of the round."), who=person)
    if gone.counts and sum(each.counts for each in round_) == 1:
        raise Conflict(sentence("{who} is the last one asked; a round cannot be left without anybody. Transfer it instead."), who=person)
    return gone


def _without(round_: Sequence[Ballot], gone: Ballot) -> list[Ballot]:
    return [each._replace(state=VOID) if each.id == gone.id else each for each in round_]


def _void(acting: Acting, gone: Ballot) -> None:
    for each in _with_those_asked(acting.round_, gone):
        ballots.change(acting.connection, each, state=VOID)
    if acting.task.assignee == gone.voter:
        acting.columns.update(assignee=None)
    in_turn = (acting.task.ballot or {}).get("mode") == "in_turn"
    acting.notify(TURN, ballots.open_following(acting.connection, acting.round_, in_turn=in_turn))


def _with_those_asked(round_: Sequence[Ballot], gone: Ballot) -> list[Ballot]:
    """Whoever was asked on behalf of the one who is gone is not needed any more, nor whom they have asked in turn."""
    asked = [each for each in round_ if each.beside == gone.id and each.is_undone]
    return [gone, *(each for other in asked for each in _with_those_asked(round_, other))]


_ADDING = {"before": _add_before, "after": _add_after, "parallel": _add_parallel}
