"""What one person holds: open tasks of theirs, ballots still to answer, offers made to them by name. What a handover moves."""

from sqlalchemy import Connection, select

from kesu.engine.ballots import OPEN as OPEN_BALLOT
from kesu.engine.ballots import WAITING, ballots
from kesu.engine.candidates import candidates
from kesu.engine.user_tasks import OPEN, user_tasks


def assigned_to(connection: Connection, login: str) -> list[int]:
    """Return the ids of the open tasks of one person that are no votes, oldest first."""
    voted = select(ballots.c.task_id)
    query = select(user_tasks.c.id).where(user_tasks.c.assignee == login, user_tasks.c.state.in_(OPEN), user_tasks.c.id.not_in(voted))
    return list(connection.execute(query.order_by(user_tasks.c.id)).scalars())


def ballots_of(connection: Connection, login: str) -> list[int]:
    """Return the ids of the open tasks in which this person still has a ballot to answer, now or later."""
    query = select(ballots.c.task_id).join(user_tasks, user_tasks.c.id == ballots.c.task_id)
    query = query.where(ballots.c.voter == login, ballots.c.state.in_([OPEN_BALLOT, WAITING]), user_tasks.c.state.in_(OPEN))
    return list(connection.execute(query.order_by(ballots.c.task_id)).scalars())


def offered_to(connection: Connection, login: str) -> list[int]:
    """Return the ids of the tasks that are offered to this person by name."""
    query = select(candidates.c.task_id).where(candidates.c.kind == "person", candidates.c.name == login)
    return list(connection.execute(query.order_by(candidates.c.task_id)).scalars())


def pass_offer_on(connection: Connection, task_id: int, leaver: str, successor: str) -> None:
    """Offer a task to somebody else instead."""
    mine = (candidates.c.task_id == task_id) & (candidates.c.kind == "person") & (candidates.c.name == leaver)
    known = select(candidates.c.name).where(candidates.c.task_id == task_id, candidates.c.kind == "person", candidates.c.name == successor)
    if connection.execute(known).first() is not None:
        connection.execute(candidates.delete().where(mine))
    else:
        connection.execute(candidates.update().where(mine).values(name=successor))


def load_of(connection: Connection, login: str) -> int:
    """Count what is open with a person: tasks assigned and ballots to answer."""
    return len(assigned_to(connection, login)) + len(ballots_of(connection, login))
