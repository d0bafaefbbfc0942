"""Who was asked as one of a group and belongs to it no more, or has left: their ballot goes to somebody else, or the node alerts.

The voters of a round are frozen, but a voice belongs to the group for which it was asked. It is looked after when such a voter answers,
which is refused, and every minute for those who never come. Claimed tasks of those who have lost their group go back to the shared list.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, select

from kesu.engine import (
    ballots,
    candidates,
    claims,
    electorates,
    history,
    identity,
    incidents,
    user_tasks,
)
from kesu.engine.askings import Asked, without
from kesu.engine.ballots import Ballot, Seat
from kesu.engine.database import Database
from kesu.engine.errors import Forbidden, Rejected, sentence
from kesu.engine.history import Event
from kesu.engine.identity import SYSTEM
from kesu.engine.notifications import ASKED
from kesu.engine.runtime.acts import Acting, on_task
from kesu.engine.runtime.reconciling import ROLES
from kesu.engine.user_tasks import UserTask

LOST, LEFT = "role_lost", "left"
TOLD = sentence("You were asked about {task} for {groups}, to which you do not belong any more, so your vote cannot be taken. "
                "Somebody else is asked instead.")


class Lapsed(Forbidden):
    """This voter has lost what they were asked as: their ballot has to be given to somebody else."""


def check(connection: Connection, task: UserTask, ballot: Ballot) -> None:
    """Raise `Lapsed` where a ballot is not its voter's to answer any more, `Forbidden` where four eyes keeps them out."""
    claims.check_four_eyes(connection, task, ballot.voter)
    if reason(connection, task, ballot) is not None:
        groups = _groups(task, ballot) or [
            name for _, name in candidates.names(connection, task.id)
        ]
        raise Lapsed(TOLD, task=task.name, groups=", ".join(groups))


def reason(connection: Connection, task: UserTask, ballot: Ballot) -> str | None:
    """Return why a ballot is not its voter's to answer any more; None where it is."""
    groups = _groups(task, ballot)
    if groups and not any(_speaks_for(connection, ballot.on_behalf_of or ballot.voter, key) for key in groups):
        return LOST
    if _has_taken(task, ballot) and claims.has_lapsed(connection, task):
        return LOST
    return None if identity.active(connection, [ballot.voter]) else LEFT


def give_on(db: Database, task_id: int) -> None:
    """Give the unanswered ballots of a round that are nobody's any more to others; where there is nobody, an incident says so."""

    def act(acting: Acting) -> None:
        for ballot in acting.round_:
            why = reason(acting.connection, acting.task, ballot) if ballot.is_undone else None
            if why is not None:
                _give(acting, ballot, why)

    on_task(db, task_id, act, actor=SYSTEM)


def ask_more(acting: Acting) -> None:
    """Where a round can pass no more though nobody has said no, do what the node's policy for nobody says; else an incident tells it."""
    if _may_pass(acting):
        return
    seat = max(each.position for each in acting.round_) + 1
    asked = _asked(acting)
    voting = {each.voter for each in acting.round_}
    for login in without(electorates.more(asked, [each.voter for each in acting.round_ if each.counts]), asked.excluded | voting):
        ballots.hand_out(acting.connection, acting.task.id, [Seat(login, seat)])
        acting.tell("vote_reassigned", **{"from": "", "to": login, "why": electorates.TOO_FEW})
        acting.notify(ASKED, [login])
        if _may_pass(acting):
            return
    words = f"{acting.task.name} can never pass: more votes are needed than people are asked, and nobody has said no."
    alert(acting.connection, acting.task, words, acting.now)


def alert(connection: Connection, task: UserTask, words: str, at: datetime) -> None:
    """Open an incident at a task that nobody can bring to an end, unless there is one."""
    standing = incidents.listed(connection, instance_id=task.instance_id, kind=incidents.NOBODY, element_id=task.element_id)
    if any(each.activity_id == task.activity_id for each in standing):
        return
    incidents.open_incident(connection, kind=incidents.NOBODY, instance_id=task.instance_id, definition_key=task.definition_key,
                            business_key=task.business_key, element_id=task.element_id, activity_id=task.activity_id,
                            message=words, opened_at=at)
    told = Event("incident_opened", SYSTEM, at, task.element_id, task.activity_id, words, details={"kind": incidents.NOBODY})
    history.append(connection, task.instance_id, [told])


def look_after_lapsed(db: Database) -> int:
    """Look after every open ballot and claimed task of those who are not there any more; return how many rounds and tasks that were."""
    with db.read() as connection:
        found = sorted(_stale_rounds(connection))
        taken = [task for task in _claimed(connection) if claims.has_lapsed(connection, task)]
    done = 0
    for task_id in found:
        done += _tried(partial(give_on, db, task_id))
    for task in taken:
        done += _tried(partial(_put_back, db, task))
    return done


def _give(acting: Acting, ballot: Ballot, why: str) -> None:
    connection, principal = acting.connection, ballot.on_behalf_of or ballot.voter
    asked = _asked(acting)
    voting = {each.voter for each in acting.round_}
    taken = _has_taken(acting.task, ballot)
    people = candidates.people(connection, acting.task.id) if taken else []
    people += [login for key in _groups(acting.task, ballot) for login in _people(connection, key)]
    out = asked.excluded | voting
    to = next((login for login in people if login not in out), None) or electorates.successor(asked, principal, out)
    if to is None:
        alert(acting.connection, acting.task, f"{ballot.voter} cannot vote on {acting.task.name} any more ({why}), "
              "and there is nobody to ask instead.", acting.now)
        return
    ballots.change(connection, ballot, voter=to, on_behalf_of=None)
    if acting.task.assignee == ballot.voter:
        acting.columns.update(assignee=to, on_behalf_of=None)
    roles = dict(acting.task.settings.get(ROLES, {}))
    keys = [key for key in roles.pop(principal, []) if to in _people(connection, key)]
    settings = {
        **acting.task.settings,
        ROLES: {**roles, **({to: keys} if keys else {})},
        **({claims.TAKEN_BY: to} if taken else {}),
    }
    acting.columns["settings"] = settings
    acting.task = replace(
        acting.task,
        settings=settings,
        assignee=acting.columns.get("assignee", acting.task.assignee),
    )
    acting.tell("vote_reassigned", **{"from": ballot.voter, "to": to, "why": why})
    acting.notify(ASKED, [to])


def _asked(acting: Acting) -> Asked:
    return Asked(acting.connection, acting.instance.id, acting.task.settings, None, lambda _text: None, initiator=acting.instance.started_by,
                 definition_key=acting.task.definition_key, at=acting.now)


def _may_pass(acting: Acting) -> bool:
    counting = [each for each in acting.round_ if each.counts]
    return not counting or any(each.state == ballots.NO for each in counting) or ballots.can_pass(acting.task.ballot or {}, counting)


def _groups(task: UserTask, ballot: Ballot) -> list[str]:
    return list(task.settings.get(ROLES, {}).get(ballot.on_behalf_of or ballot.voter, []))


def _has_taken(task: UserTask, ballot: Ballot) -> bool:
    """Say whether this is the ballot of whoever took the task off a shared list before others were asked beside them."""
    return (
        bool((task.ballot or {}).get("added"))
        and task.settings.get(claims.TAKEN_BY) == ballot.voter == task.assignee
    )


def _speaks_for(connection: Connection, login: str, key: str) -> bool:
    """Say whether somebody may answer for a group: its head, or any member where it has none."""
    return login in _people(connection, key)


def _people(connection: Connection, key: str) -> list[str]:
    head = identity.head_of(connection, key)
    return [head] if head else identity.members(connection, key)


def _stale_rounds(connection: Connection) -> Iterable[int]:
    undone = ballots.ballots.c.state.in_([ballots.OPEN, ballots.WAITING])
    query = select(ballots.ballots.c.task_id).join(user_tasks.user_tasks, user_tasks.user_tasks.c.id == ballots.ballots.c.task_id)
    for task_id in set(connection.execute(query.where(undone, user_tasks.UNDONE)).scalars()):
        task = user_tasks.find(connection, task_id)
        if any(each.is_undone and reason(connection, task, each) for each in ballots.standing(connection, task_id)):
            yield task_id


def _claimed(connection: Connection) -> list[UserTask]:
    tasks = user_tasks.user_tasks
    query = select(tasks).where(user_tasks.UNDONE, tasks.c.state == user_tasks.CLAIMED).order_by(tasks.c.id)
    return [
        task
        for task in (UserTask(*row) for row in connection.execute(query))
        if claims.TAKEN_BY in task.settings and not task.ballot
    ]


def _put_back(db: Database, task: UserTask) -> None:
    with db.write() as connection:
        claims.put_back(connection, task, SYSTEM)


def _tried(work: Callable[[], None]) -> int:
    try:
        work()
    except Rejected:  # somebody was first, or the case stands still: the next minute will tell
        return 0
    return 1
