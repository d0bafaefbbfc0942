"""Who may take a task that is nobody's yet: groups and people, each by key, and who may not though their group may (four eyes).

Groups stay groups, so that whoever joins one later is asked too, and whoever leaves it no more. The rows go when the task is no longer open.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, String, Table, bindparam, literal, or_, select

from kesu.engine import identity
from kesu.engine.database import metadata

GROUP, PERSON, EXCLUDED = "group", "person", "excluded"

candidates = Table(
    "candidates",
    metadata,
    Column("task_id", Integer, ForeignKey("user_tasks.id"), primary_key=True),
    Column("kind", String, primary_key=True),  # group | person | excluded
    Column("name", String, primary_key=True),
    Index("ix_candidates_name", "name", "kind", "task_id"),
)

# Built once: putting a statement together costs more than running it on the path that every command takes.
_INSERT = candidates.insert()
_WITHDRAW = candidates.delete().where(candidates.c.task_id.in_(bindparam("wanted", expanding=True)))
_OFFERED = select(literal(1)).where(candidates.c.task_id == bindparam("wanted"), or_(
    (candidates.c.kind == PERSON) & (candidates.c.name == bindparam("actor")),
    (candidates.c.kind == GROUP) & candidates.c.name.in_(identity.groups_of(bindparam("actor"))))).where(
        candidates.c.task_id.not_in(select(candidates.c.task_id).where(
            candidates.c.task_id == bindparam("wanted"), candidates.c.kind == EXCLUDED, candidates.c.name == bindparam("actor"))))
_NAMES = select(candidates.c.kind, candidates.c.name).where(candidates.c.task_id == bindparam("wanted"))


def offer(connection: Connection, task_id: int, names: Iterable[tuple[str, str]]) -> None:
    """Offer a task to groups and people, given as (kind, name)."""
    for kind, name in dict.fromkeys(names):
        connection.execute(_INSERT, {"task_id": task_id, "kind": kind, "name": name})


def withdraw(connection: Connection, task_ids: list[int]) -> None:
    """Offer these tasks to nobody any more."""
    connection.execute(_WITHDRAW, {"wanted": task_ids})


def names(connection: Connection, task_id: int) -> list[tuple[str, str]]:
    """Return the candidates of an open task as (kind, name)."""
    return [(kind, name) for kind, name in connection.execute(_NAMES, {"wanted": task_id}) if kind != EXCLUDED]


def people(connection: Connection, task_id: int) -> list[str]:
    """Return everybody to whom an open task is offered now, by name or as a member of a group."""
    rows = connection.execute(_NAMES, {"wanted": task_id}).all()
    named = [name for kind, name in rows if kind == PERSON]
    found = dict.fromkeys([*named, *identity.members(connection, *[name for kind, name in rows if kind == GROUP])])
    return [login for login in found if (EXCLUDED, login) not in [tuple(row) for row in rows]]


def not_for(login: str) -> Any:
    """Return a query for the tasks that a person may not do though they may be offered to a group of theirs, to stand inside another one."""
    return select(candidates.c.task_id).where(candidates.c.kind == EXCLUDED, candidates.c.name == login)


def include(connection: Connection, task_id: int, login: str) -> bool:
    """Say whether a task is offered to this person, by name or through a group."""
    return connection.execute(_OFFERED, {"wanted": task_id, "actor": login}).first() is not None
