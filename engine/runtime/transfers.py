"""Work changes hands: transfer, delegate and resolve, handover on leaving, and copies for those who only need to know.

A transferred ballot keeps its place and its due date and never changes N. A delegate gives an opinion; the owner alone decides.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from kesu.engine import ballots, claims, commands, copies, holdings, identity, incidents, urges, user_tasks
from kesu.engine.ballots import OPINION, Seat
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Forbidden, Invalid, Rejected, sentence
from kesu.engine.identity import SYSTEM
from kesu.engine.notifications import ASKED, COPIED, TRANSFERRED, URGED
from kesu.engine.parties import is_party
from kesu.engine.runtime import crossings
from kesu.engine.runtime.acts import Acting, check_allowed, check_receiver, holders, on_task, own_ballot, runs_it
from kesu.engine.runtime.starts import Moved
from kesu.engine.runtime.votes import vote
from kesu.engine.user_tasks import UserTask

TAKEN_OUT = sentence("{who} was taken out of this round, so nothing can be transferred to them in it. Add them to it again instead.")
NOBODY_ASKED = sentence("Nobody is asked in {task} yet. Only managers and administrators can say who is.")
ONE_IS_TOO_FEW = sentence("{task} needs more votes than one, so {who} alone could never decide it. Mend who is asked, then try the "
                          "incident again.")
TRANSFER, DELEGATE, RESOLVE, COPY, URGE = "transfer", "delegate", "resolve", "copy", "urge"


@dataclass(frozen=True)
class Handed:
    """What became of one task in a handover (or would): it has changed hands unless it was refused."""

    task_id: int
    what: str  # task | ballot | offer
    refused: Rejected | None = None

    @property
    def problem(self) -> str:
        """Return why it was refused; empty where it has changed hands."""
        return str(self.refused or "")


class _OnlyAsked(Exception):
    """A preview has seen enough: what was done is rolled back."""


def transfer(db: Database, task_id: int, *, actor: str, to: str, of: str | None = None, reason: str | None = None, seen: int | None = None,
             idempotency_key: str | None = None) -> Moved:
    """Give a task or a ballot to somebody else for good. Managers may transfer what is with somebody else (`of`).

    Raises `Conflict` to oneself, to somebody away or asked in the round already, `Forbidden` where it is not theirs to give,
    `Invalid` where nobody says why. In another department its clock and its owner go along (R11).
    """
    key = commands.bound(idempotency_key, TRANSFER, actor, task_id, to, of, reason)

    def act(acting: Acting) -> None:
        check_allowed(acting.task, TRANSFER)
        if acting.task.ballot and not any(each.counts for each in acting.round_):
            _ask_first(acting, to, reason)
            return
        owner = (of or actor) if acting.task.ballot else _owner(acting.task, of)
        if owner != actor and not runs_it(acting.connection, actor):
            _check_may_take(acting, owner)
        check_receiver(acting, to, owner=owner)
        crossed = crossings.crossing(acting, owner, to, reason)
        crossings.check_reason(acting, crossed, to, reason)
        _hand_on(acting, owner, to)
        along = crossings.take_along(acting, crossed)
        acting.tell("task_transferred", reason, **{"from": owner, "to": to}, **along)
        acting.notify(TRANSFERRED, [to], reason)

    return on_task(db, task_id, act, actor=actor, seen=seen, key=key)


def delegate(db: Database, task_id: int, *, actor: str, to: str, reason: str | None = None, seen: int | None = None,
             idempotency_key: str | None = None) -> Moved:
    """Ask somebody for an opinion first; the ballot waits, comes back, and its owner alone decides. Raises as `transfer`, and in a circle."""
    key = commands.bound(idempotency_key, DELEGATE, actor, task_id, to, reason)

    def act(acting: Acting) -> None:
        check_allowed(acting.task, DELEGATE)
        own = own_ballot(acting, actor)
        if own.state != ballots.OPEN:
            raise Conflict(sentence("Only a ballot that waits for your answer can be delegated."))
        check_receiver(acting, to)
        ballots.change(acting.connection, own, state=ballots.WAITING)
        ballots.hand_out(acting.connection, task_id, [Seat(to, own.position, part=OPINION, beside=own.id, added_by=actor)])
        acting.tell("task_delegated", reason, to=to)
        acting.notify(ASKED, [to], reason)

    return on_task(db, task_id, act, actor=actor, seen=seen, key=key)


def resolve(db: Database, task_id: int, *, actor: str, answer: str = "yes", comment: str | None = None, seen: int | None = None,
            idempotency_key: str | None = None) -> Moved:
    """Give the opinion that was asked for; the ballot is its owner's again. Raises `Conflict` where none was asked for."""
    with db.read() as connection:
        own = [each for each in ballots.of_task(connection, task_id) if each.voter == actor and each.part == OPINION]
    if not own:
        raise Conflict(sentence("Nobody has delegated this to you, so there is no opinion to give."))
    return vote(db, task_id, actor=actor, answer=answer, comment=comment, seen=seen, idempotency_key=idempotency_key)


def copy(db: Database, task_id: int, *, actor: str, people: Iterable[str], reason: str | None = None, idempotency_key: str | None = None) -> Moved:
    """Send copies: a read receipt that blocks nothing, once a person and case. Raises `Invalid` for people we do not know."""
    wanted = list(dict.fromkeys(people))
    key = commands.bound(idempotency_key, COPY, actor, task_id, wanted, reason)

    def act(acting: Acting) -> None:
        check_allowed(acting.task, COPY)
        _check_party(acting)
        unknown = set(wanted) - set(identity.active(acting.connection, wanted))
        if unknown or not wanted:
            raise Invalid(sentence("Expected the logins of active people, but {who} is not one."), who=", ".join(sorted(unknown)) or "-")
        sent = [login for login in wanted if copies.send(acting.connection, instance_id=acting.instance.id, task_id=task_id, login=login, actor=actor,
                                                         at=acting.now)]
        acting.tell("copied", reason, to=sent)
        acting.notify(COPIED, sent, reason)

    return on_task(db, task_id, act, actor=actor, key=key)


def urge(db: Database, task_id: int, *, actor: str, reason: str | None = None, idempotency_key: str | None = None) -> Moved:
    """Ask those who have it to do it: recorded and told, at most once an hour; no clock is touched. Raises `Conflict` when too early."""
    key = commands.bound(idempotency_key, URGE, actor, task_id, reason)

    def act(acting: Acting) -> None:
        check_allowed(acting.task, URGE)
        _check_party(acting)
        urges.urge(acting.connection, task_id, actor=actor, at=acting.now, reason=reason)
        who = holders(acting.connection, acting.task)
        acting.tell("urged", reason, to=who)
        acting.notify(URGED, who, reason)

    return on_task(db, task_id, act, actor=actor, key=key)


def hand_over(db: Database, leaver: str, *, to: str, actor: str, reason: str | None = None, preview: bool = False) -> list[Handed]:
    """Move all open work of somebody who leaves, item by item, and report on each. Managers only; what cannot be moved says why.

    A preview does and undoes every move, so that it is refused for the same reasons.
    """
    with db.read() as connection:
        if not runs_it(connection, actor):
            raise Forbidden(sentence("Only managers and administrators may hand over somebody else's work."))
        identity.person(connection, leaver)
        if not identity.active(connection, [to]) or to == leaver:
            raise Invalid(sentence("Expected an active person, but {who} is not one."), who=to)
        found = [("task", task_id) for task_id in holdings.assigned_to(connection, leaver)]
        found += [("ballot", task_id) for task_id in holdings.ballots_of(connection, leaver)]
        found += [("offer", task_id) for task_id in holdings.offered_to(connection, leaver)]
    return [_handed(db, what, task_id, leaver, to, actor, reason, preview) for what, task_id in found]


def _handed(db: Database, what: str, task_id: int, leaver: str, to: str, actor: str, reason: str | None,
            preview: bool) -> Handed:
    def act(acting: Acting) -> None:
        check_receiver(acting, to, owner=leaver)
        if what == "task":
            _owner(acting.task, leaver)
        # An offer stays with the others who have it too, and so does its department.
        crossed = crossings.crossing(acting, leaver, to, reason) if what != "offer" else None
        if what == "offer":
            holdings.pass_offer_on(acting.connection, task_id, leaver, to)
        else:
            _hand_on(acting, leaver, to)
        along = crossings.take_along(acting, crossed)
        acting.tell("task_handed_over", reason, **{"from": leaver, "to": to, "what": what}, **along)
        acting.notify(TRANSFERRED, [to], reason)
        if preview:
            raise _OnlyAsked

    with suppress(_OnlyAsked):
        try:
            on_task(db, task_id, act, actor=actor)
        except Rejected as error:
            return Handed(task_id, what, error)
    return Handed(task_id, what)


def _hand_on(acting: Acting, owner: str | None, to: str) -> None:
    task = acting.task
    _has_somebody(acting)
    given = {
        name: value for name, value in task.settings.items() if name != claims.TAKEN_BY
    }  # what is passed on needs no role
    if not task.ballot:
        acting.columns.update(
            assignee=to, state=user_tasks.CLAIMED, on_behalf_of=None, settings=given
        )
        return
    own = next((each for each in acting.round_ if each.voter == owner and each.state != ballots.VOID), None)
    if own is None or not own.is_undone:
        raise Conflict(sentence("{who} has no unanswered ballot in this round to give away."), who=owner or "-")
    if any(each.voter == to for each in acting.round_):  # the row is there, and one person has one
        raise Conflict(TAKEN_OUT, who=to)
    ballots.change(acting.connection, own, voter=to, on_behalf_of=None)
    if task.assignee == owner:
        acting.columns.update(assignee=to, on_behalf_of=None, settings=given)


def _ask_first(acting: Acting, to: str, reason: str | None) -> None:
    """Ask somebody in a vote for which nobody could be asked. Raises `Forbidden` for all but managers."""
    if not runs_it(acting.connection, acting.actor):
        raise Forbidden(NOBODY_ASKED, task=acting.task.name)
    check_receiver(acting, to)
    ballots.hand_out(acting.connection, acting.task.id, [Seat(to, 0, added_by=acting.actor)])
    if not ballots.can_pass(acting.task.ballot or {}, ballots.of_task(acting.connection, acting.task.id)):
        raise Conflict(ONE_IS_TOO_FEW, task=acting.task.name, who=to)
    _has_somebody(acting)
    acting.tell("vote_reassigned", reason, **{"from": "", "to": to, "why": "assigned"})
    acting.notify(ASKED, [to], reason)


def _has_somebody(acting: Acting) -> None:
    """Close the incident of a task that nobody could do: somebody can now."""
    nobodys = (incidents.incidents.c.kind == incidents.NOBODY) & (incidents.incidents.c.activity_id == acting.task.activity_id)
    incidents.close(acting.connection, nobodys & (incidents.incidents.c.instance_id == acting.instance.id), at=acting.now)


def _owner(task: UserTask, of: str | None) -> str | None:
    """Return who has a task. Raises `Conflict` where it was to be taken from somebody else."""
    if of not in (None, task.assignee):
        raise Conflict(sentence("{task} is not with {who}, so it cannot be taken from them."), task=task.name, who=of)
    return task.assignee


def _check_may_take(acting: Acting, owner: str | None) -> None:
    """A shared task may be passed on by those it is offered to; anything else only by its owner."""
    if owner is not None or acting.task.ballot:
        raise Forbidden(sentence("{task} is with {who}, so only they can do it."), task=acting.task.name, who=owner or "-")
    claims.check_actor(acting.connection, acting.task, acting.actor)


def _check_party(acting: Acting) -> None:
    """Raise `Forbidden` unless the case concerns this person: they started it, act in it, or run the place."""
    if acting.actor != SYSTEM and not is_party(acting.connection, acting.instance, identity.find_person(acting.connection, acting.actor)):
        raise Forbidden(sentence("{task} is not among your tasks, so you cannot do it."), task=acting.task.name)
