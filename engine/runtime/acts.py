"""Commands on one user task that leave the token where it is: one short transaction, with the guard, the key and the version seen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from kesu.engine import (
    ballots,
    candidates,
    claims,
    clock,
    commands,
    deeds,
    deputies,
    history,
    identity,
    instances,
    notifications,
    user_tasks,
)
from kesu.engine.ballots import Ballot, Seat
from kesu.engine.commands import Key
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Forbidden, Invalid, Overtaken, sentence
from kesu.engine.history import Event
from kesu.engine.identity import SYSTEM
from kesu.engine.instances import Instance, Stale
from kesu.engine.notifications import Notification
from kesu.engine.runtime.starts import Moved
from kesu.engine.runtime.steps import ATTEMPTS
from kesu.engine.spiff.extensions import Moves
from kesu.engine.user_tasks import Changed, UserTask

ASKED_ONCE = sentence("{who} has a ballot in this round already; one person is asked once.")


@dataclass
class Acting:
    """One such command in the making."""

    connection: Connection
    task: UserTask
    instance: Instance
    actor: str
    now: datetime
    columns: dict[str, Any] = field(default_factory=dict)

    @property
    def round_(self) -> list[Ballot]:
        """Return the ballots as they are now."""
        return ballots.of_task(self.connection, self.task.id)

    def tell(self, kind: str, reason: str | None = None, *, on_behalf_of: str | None = None, **details: Any) -> None:
        """Add an event to history."""
        about = {"task": self.task.id, "round": self.task.round, **details}
        event = Event(kind, self.actor, self.now, self.task.element_id, self.task.activity_id, reason, on_behalf_of, about)
        history.append(self.connection, self.instance.id, [event])
        deeds.note(self.connection, self.actor, self.task.id, kind, self.now)

    def notify(self, kind: str, to: Iterable[str], reason: str | None = None) -> None:
        """Tell people, but not the one who acts."""
        people = tuple(login for login in dict.fromkeys(to) if login != self.actor)
        if people:
            notifications.tell(self.connection, notification(self.task, kind, people, by=self.actor, at=self.now, reason=reason))


def on_task(db: Database, task_id: int, act: Callable[[Acting], None], *, actor: str, seen: int | None = None,
            key: Key | None = None) -> Moved:
    """Run one command against a task: all of it, or nothing and a sentence. The same key again gets the first answer."""
    for _ in range(ATTEMPTS):
        try:
            return _once(db, task_id, act, actor=actor, seen=seen, key=key)
        except Changed:
            if seen is not None:
                raise
        except Stale:
            continue
    raise Overtaken(sentence("Too many people acted on this case at the same moment. Nothing of yours was done; try again."))


def notification(task: UserTask, kind: str, to: tuple[str, ...], *, by: str, at: datetime, reason: str | None = None) -> Notification:
    """Describe what is told about a task."""
    return Notification(kind, to, by, at, task.instance_id, task.business_key, task.id, task.element_id, task.name, task.name_en, reason,
                        f"{task.id}/{kind}/{by}/{at.isoformat()}")


def holders(connection: Connection, task: UserTask) -> list[str]:
    """Return who is to act on an open task now: open ballots, the assignee, or everybody it is offered to."""
    if task.ballot:
        return [ballot.voter for ballot in ballots.of_task(connection, task.id) if ballot.state == ballots.OPEN]
    if task.assignee:
        return [task.assignee]
    return candidates.people(connection, task.id)


def check_allowed(task: UserTask, move: str) -> None:
    """Raise `Forbidden` where the diagram does not allow this move here."""
    if not Moves.of(task.settings).allows(move):
        raise Forbidden(sentence("The process does not allow {move} at {task}."), move=move, task=task.name)


def runs_it(connection: Connection, actor: str) -> bool:
    """Say whether this person may act on what is somebody else's: managers and administrators."""
    person = identity.find_person(connection, actor)
    return actor == SYSTEM or (person is not None and person.is_in("manager"))


def own_ballot(acting: Acting, voter: str) -> Ballot:
    """Return a person's unanswered ballot of the round; where one person decides, the task becomes a round with their ballot in it.

    Raises `Forbidden` for those not asked, `Conflict` where they have answered.
    """
    if not acting.task.ballot:
        _seat_owner(acting, voter)
    own = next((each for each in acting.round_ if each.voter == voter and each.state != ballots.VOID), None)
    if own is None:
        raise Forbidden(sentence("You are not among those asked in this vote."))
    return own


def check_receiver(acting: Acting, login: str, *, owner: str | None = None) -> None:
    """Raise where work cannot be given to this person: `Invalid` for nobody we know, `Conflict` with the reason otherwise."""
    if login == (owner or acting.actor):
        raise Conflict(sentence("Expected somebody else: {who} has it already."), who=login)
    if not identity.active(acting.connection, [login]):
        raise Invalid(sentence("Expected an active person, but {who} is not one."), who=login)
    away = deputies.standing_in(acting.connection, login, acting.task.definition_key, acting.now)
    if away is not None:
        raise Conflict(sentence("{who} is away until {until}; {deputy} acts for them. Give it to {deputy}."), who=login,
                       until=away.ends_at.date().isoformat(), deputy=away.deputy)
    known = next((each for each in acting.round_ if each.voter == login and each.state != ballots.VOID), None)
    if known is not None and _waits_for(acting, known, acting.actor):
        raise Conflict(sentence("That would go in a circle: {who} is waiting for your own answer."), who=login)
    if known is not None:
        raise Conflict(ASKED_ONCE, who=login)
    _check_four_eyes(acting, login)


def _once(db: Database, task_id: int, act: Callable[[Acting], None], *, actor: str, seen: int | None, key: Key | None) -> Moved:
    with db.write() as connection:
        known = commands.answered(connection, key)
        if known is not None:
            return Moved(**known)
        task = user_tasks.find(connection, task_id)
        instance = instances.find(connection, task.instance_id)
        if task.state == user_tasks.COMPLETED:
            user_tasks.check_open(task)
        if instance.state in instances.ENDED:
            instances.check_active(instance)
        user_tasks.check_open(task, seen)
        instances.check_active(instance)
        user_tasks.touch(connection, task)  # locks the task: whoever acts on it next sees what this did
        acting = Acting(connection, replace(task, version=task.version + 1), instance, actor, clock.now())
        act(acting)
        if acting.columns:
            user_tasks.touch(connection, acting.task, **acting.columns)
        moved = Moved(instance.id, instance.state)
        commands.record(connection, key, instance_id=instance.id, result=vars(moved), at=acting.now)
        return moved


def _seat_owner(acting: Acting, owner: str) -> None:
    """Let what one person decides become a round: theirs is the first ballot."""
    task = acting.task
    taken = {}
    if task.assignee is None:
        claims.check_actor(acting.connection, task, owner)
        taken = {claims.TAKEN_BY: owner}
    elif task.assignee != owner:
        raise Forbidden(sentence("{task} is with {who}, so only they can do it."), task=task.name, who=task.assignee)
    settings = {**task.settings, **taken, "ballot": {"mode": "all", "added": True}}
    acting.columns.update(settings=settings, assignee=owner, state=user_tasks.CLAIMED)
    acting.task = replace(task, settings=settings, assignee=owner)
    ballots.hand_out(acting.connection, task.id, [Seat(owner, 0, on_behalf_of=task.on_behalf_of)])


def _waits_for(acting: Acting, ballot: Ballot, voter: str) -> bool:
    """Say whether a ballot waits, directly or through others, for an answer of this person."""
    round_ = {each.id: each for each in acting.round_}
    own = next((each for each in round_.values() if each.voter == voter and each.beside is not None), None)
    while own is not None and own.beside is not None:
        own = round_.get(own.beside)
        if own is not None and own.id == ballot.id:
            return True
    return False


def _check_four_eyes(acting: Acting, login: str) -> None:
    elements = claims.four_eyes(acting.task)
    if elements and login in claims.done_by(acting.connection, acting.instance.id, elements):
        raise Conflict(sentence("{who} did what this step has to check, so they cannot decide here (four eyes)."), who=login)
