"""Whom a task concerns: who has or had it, could take it, votes in it or was sent a copy, and who started its case.

One rule for pages, programming interface and case files. For everybody else but the overseers a task does not exist.
"""

from typing import Any

from sqlalchemy import Connection, Select, or_, select, union

from kesu.engine.ballots import ballots
from kesu.engine.candidates import GROUP, PERSON, candidates
from kesu.engine.copies import copies
from kesu.engine.deeds import deeds
from kesu.engine.errors import NotFound, sentence
from kesu.engine.identity import Person
from kesu.engine.instances import Instance, instances
from kesu.engine.user_tasks import OPEN, UserTask, find, user_tasks

OVERSEERS = ("manager", "auditor", "owner")  # they see every task; seeing one does not make them a party


def visible(connection: Connection, task_id: int, person: Person) -> UserTask:
    """Return a task that this person may see. Raises `NotFound` where there is none, or it is hidden from them."""
    task = find(connection, task_id)
    if not person.is_in(*OVERSEERS) and not concerns(connection, task.instance_id, person):
        raise NotFound(sentence("Expected the id of a user task, but there is none with id {id}."), id=task_id)
    return task


def concerns(connection: Connection, instance_id: int, person: Person) -> bool:
    """Say whether a person started an instance or is party to a task of it."""
    began = select(instances.c.id).where(instances.c.id == instance_id, instances.c.started_by == person.login)
    ways = [way.with_only_columns(user_tasks.c.id).where(user_tasks.c.instance_id == instance_id) for way in _ways(person)]
    return any(connection.execute(way.limit(1)).first() for way in (began, *ways))


def is_party(connection: Connection, instance: Instance, person: Person | None) -> bool:
    """Say whether an instance is a person's own affair: they run the place, or it concerns them."""
    return person is not None and (person.is_in("manager") or concerns(connection, instance.id, person))


def listed(connection: Connection, *, instance_id: int | None = None, definition_key: str | None = None, after: int = 0, limit: int = 100,
           person: Person | None = None) -> list[UserTask]:
    """Return open tasks in order of id, beginning after one; for a person only those to which they are party."""
    query = select(user_tasks).where(user_tasks.c.state.in_(OPEN), user_tasks.c.id > after).order_by(user_tasks.c.id).limit(limit)
    if instance_id is not None:
        query = query.where(user_tasks.c.instance_id == instance_id)
    if definition_key is not None:
        query = query.where(user_tasks.c.definition_key == definition_key)
    if person is not None:
        query = query.where(user_tasks.c.id.in_(union(*(way.with_only_columns(user_tasks.c.id) for way in _ways(person)))))
    return [UserTask(*row) for row in connection.execute(query)]


def business_keys(person: Person) -> Any:
    """Return the selection of the business keys of everything that concerns a person."""
    began = select(instances.c.business_key).where(instances.c.started_by == person.login)
    return union(began, *(way.with_only_columns(user_tasks.c.business_key) for way in _ways(person)))


def _ways(person: Person) -> tuple[Select[Any], ...]:
    """Return how a person can be party to a task, each a selection of tasks that a database may begin at either end."""
    by_name = (candidates.c.kind == PERSON) & (candidates.c.name == person.login)
    offered = or_(by_name, (candidates.c.kind == GROUP) & candidates.c.name.in_(person.groups))
    return (
        select(user_tasks).where(or_(user_tasks.c.assignee == person.login, user_tasks.c.ended_by == person.login)),
        select(user_tasks).join(candidates, candidates.c.task_id == user_tasks.c.id).where(offered),
        select(user_tasks).join(ballots, ballots.c.task_id == user_tasks.c.id).where(ballots.c.voter == person.login),
        select(user_tasks).join(copies, copies.c.task_id == user_tasks.c.id).where(copies.c.login == person.login),
        select(user_tasks).join(deeds, deeds.c.task_id == user_tasks.c.id).where(deeds.c.login == person.login),
    )
