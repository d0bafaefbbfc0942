"""Who may act on an open task: asked when they act, not when the task was opened. And taking a task off the shared list, or putting it back.

Whoever has lost the group to which a task is offered may not do it any more, also where they had claimed it; whoever has come into the
group may. Four eyes binds everybody, administrators too: what somebody did they do not check.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from kesu.engine import candidates, clock, history, identity, user_tasks
from kesu.engine.ballots import ballots
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Forbidden, Overtaken, sentence
from kesu.engine.history import Event
from kesu.engine.instances import active_state
from kesu.engine.user_tasks import CLAIMED, COMPLETED, CREATED, UserTask

TAKEN_BY = "taken_by"  # in a task's settings: who took it off the shared list themselves, so that it is theirs only while it is offered to them
FOUR_EYES = sentence("You did what {task} has to check, so you cannot decide it (four eyes). Give it to somebody else.")
NOT_ASKED = sentence("{task} needs other eyes than those before it, and you are not asked here, administrator or not. "
                     "Transfer it to somebody who may decide it, and say why.")
NO_LONGER = sentence("{task} is offered to a group to which you do not belong any more, so you cannot do it; others of the group can take it.")


def done_by(connection: Connection, instance_id: int | None, elements: Iterable[str]) -> set[str]:
    """Return who completed one of these elements in an instance, or answered in a vote there."""
    tasks = user_tasks.user_tasks.c
    match = (tasks.instance_id == instance_id) & tasks.element_id.in_(list(elements)) & (tasks.state == COMPLETED)
    completed = connection.execute(select(tasks.ended_by).where(match)).scalars()
    voted = select(ballots.c.voter).where(ballots.c.task_id.in_(select(tasks.id).where(match)), ballots.c.answered_at.is_not(None))
    return {login for login in [*completed, *connection.execute(voted).scalars()] if login}


def four_eyes(task: UserTask) -> list[str]:
    """Return the elements that whoever decides a task must not have done."""
    names = str(task.settings.get("assignment", {}).get("fourEyes") or "").split(",")
    return [name.strip() for name in names if name.strip()]


def check_four_eyes(connection: Connection, task: UserTask, actor: str) -> None:
    """Raise `Forbidden` where a person did what this task has to check."""
    elements = four_eyes(task)
    if elements and actor != identity.SYSTEM and actor in done_by(connection, task.instance_id, elements):
        raise Forbidden(FOUR_EYES, task=task.name)


def has_lapsed(connection: Connection, task: UserTask) -> bool:
    """Say whether a task was taken off the shared list by somebody to whom it would not be offered any more."""
    taker = task.settings.get(TAKEN_BY)
    if taker is None or taker != task.assignee or identity.is_member(connection, taker, "admin"):
        return False
    return not (candidates.include(connection, task.id, taker) and identity.active(connection, [taker]))


def check_actor(connection: Connection, task: UserTask, actor: str) -> None:
    """Raise `Forbidden` unless the task is this person's to do now: assignee, candidate of an unclaimed task, administrator.

    A decision under four eyes is not an administrator's either, unless they are asked: they give it to somebody, with a reason.
    """
    if actor == identity.SYSTEM:
        return
    check_four_eyes(connection, task, actor)
    lapsed = has_lapsed(connection, task)
    if task.assignee == actor and lapsed:
        raise Forbidden(NO_LONGER, task=task.name)
    if task.assignee == actor or (task.assignee is None or lapsed) and candidates.include(connection, task.id, actor):
        return
    if identity.is_member(connection, actor, "admin"):
        if not four_eyes(task):
            return
        raise Forbidden(NOT_ASKED, task=task.name)
    if task.assignee is not None:
        raise Forbidden(sentence("{task} is with {who}, so only they can do it."), task=task.name, who=task.assignee)
    raise Forbidden(sentence("{task} is not among your tasks, so you cannot do it."), task=task.name)


def check_claim(connection: Connection, task: UserTask, actor: str) -> None:
    """Raise `Conflict` where somebody else has the task, `Forbidden` where nobody may claim it or it is not offered to this person."""
    if task.assignee not in (None, actor) and not has_lapsed(connection, task):
        raise Overtaken(sentence("Expected to claim {task}, but {who} has already claimed it."), task=task.name, who=task.assignee)
    if task.ballot:
        raise Forbidden(sentence("{task} is a vote: everyone asked answers for themselves, nobody claims it."), task=task.name)
    check_actor(connection, task, actor)


def check_release(connection: Connection, task: UserTask, actor: str) -> None:
    """Raise `Forbidden` where the task is not this person's, `Conflict` where it was given to one person only."""
    if task.assignee != actor:
        check_actor(connection, task, actor)
    if task.ballot:
        raise Conflict(sentence("Others have been asked about {task}, so it cannot be put back on a shared list. Transfer it instead."),
                       task=task.name)
    if task.assignee is None or not candidates.names(connection, task.id):
        raise Conflict(sentence("Expected to put {task} back on a shared list, but it was given to {who} alone. Transfer it instead."),
                       task=task.name, who=task.assignee or "-")


def claim(db: Database, task_id: int, *, actor: str, seen: int | None = None) -> UserTask:
    """Take a task off the shared list. Raises `Conflict` where somebody has it, `Forbidden` for those it is not offered to."""
    with db.write() as connection:
        task = user_tasks.find(connection, task_id)
        user_tasks.check_open(task, seen)
        active_state(connection, task.instance_id)
        check_claim(connection, task, actor)
        user_tasks.touch(connection, task, state=CLAIMED, assignee=actor, settings={**task.settings, TAKEN_BY: actor})
        _tell(connection, task, "task_claimed", actor)
        return user_tasks.find(connection, task_id)


def release(db: Database, task_id: int, *, actor: str, seen: int | None = None) -> UserTask:
    """Put a claimed task back on the shared list. Raises `Conflict` or `Forbidden`; a task given to one person only stays theirs."""
    with db.write() as connection:
        task = user_tasks.find(connection, task_id)
        user_tasks.check_open(task, seen)
        active_state(connection, task.instance_id)
        check_release(connection, task, actor)
        put_back(connection, task, actor)
        return user_tasks.find(connection, task_id)


def put_back(connection: Connection, task: UserTask, actor: str) -> None:
    """Let a claimed task be on the shared list again."""
    settings = {name: value for name, value in task.settings.items() if name != TAKEN_BY}
    user_tasks.touch(connection, task, state=CREATED, assignee=None, settings=settings)
    _tell(connection, task, "task_released", actor)


def save_draft(db: Database, task_id: int, values: dict[str, object], *, actor: str) -> None:
    """Keep what has been typed so far; overwritten by the next draft, gone with completion."""
    with db.write() as connection:
        task = user_tasks.find(connection, task_id)
        user_tasks.check_open(task)
        check_actor(connection, task, actor)
        user_tasks.keep_draft(connection, task_id, {"by": actor, "values": values})


def _tell(connection: Connection, task: UserTask, kind: str, actor: str) -> None:
    event = Event(kind, actor, clock.now(), task.element_id, task.activity_id, details={"task": task.id, "round": task.round})
    history.append(connection, task.instance_id, [event])
