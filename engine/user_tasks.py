"""Work for people: one row a round of a user task, with those who may take it.

A task is created, claimed, completed or cancelled. The row changes by compare-and-set; whoever comes second is told who was first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    or_,
    select,
)

from kesu.engine import candidates, identity
from kesu.engine.database import Instant, Json, metadata
from kesu.engine.errors import Conflict, NotFound, Overtaken, sentence
from kesu.engine.instances import Stale

CREATED, CLAIMED, COMPLETED, CANCELLED = "created", "claimed", "completed", "cancelled"
OPEN = (CREATED, CLAIMED)

user_tasks = Table(
    "user_tasks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("instance_id", Integer, ForeignKey("instances.id"), nullable=False),
    Column("activity_id", String, nullable=False),
    Column("element_id", String, nullable=False),
    Column("definition_key", String, nullable=False),
    Column("business_key", String),
    Column("name", String, nullable=False),
    Column("name_en", String, nullable=False),
    Column("round", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("assignee", String),
    Column("priority", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("form_key", String),
    Column("settings", Json, nullable=False),
    Column("submission", Json),
    Column("draft", Json),
    Column("outcome", String),
    Column("ended_at", Instant),
    Column("ended_by", String),
    Column("version", Integer, nullable=False),
    Column("on_behalf_of", String),  # whose deputy the assignee is
    Column("superseded_by", Integer),  # the task from which this round was undone
    UniqueConstraint("instance_id", "activity_id", "round"),
    Index("ix_user_tasks_assignee_state", "assignee", "state", "due_at"),
    Index("ix_user_tasks_definition_state", "definition_key", "state"),
    Index("ix_user_tasks_business_key", "business_key"),
)
UNDONE = user_tasks.c.ended_at.is_(None)
# What the inbox looks at stands in the indexes, so that it fetches only the rows it shows: what somebody has to act on, in the order in
# which it should be done, and what somebody has done, as it was done.
_TOLD = (user_tasks.c.instance_id, user_tasks.c.business_key, user_tasks.c.definition_key, user_tasks.c.element_id, user_tasks.c.name,
         user_tasks.c.name_en)
Index("ix_user_tasks_undone", user_tasks.c.due_at, user_tasks.c.priority, user_tasks.c.id, user_tasks.c.state, user_tasks.c.assignee, *_TOLD,
      user_tasks.c.ended_at, sqlite_where=UNDONE, postgresql_where=UNDONE)
_ENDED = user_tasks.c.ended_by.is_not(None)
Index("ix_user_tasks_done", user_tasks.c.ended_by, user_tasks.c.state, user_tasks.c.ended_at, user_tasks.c.id, *_TOLD, user_tasks.c.due_at,
      user_tasks.c.priority, sqlite_where=_ENDED, postgresql_where=_ENDED)

# Built once: putting a statement together costs more than running it on the path that every command takes.
_BY_ID = select(user_tasks).where(user_tasks.c.id == bindparam("wanted"))
_OF_ACTIVITIES = select(user_tasks).where(
    user_tasks.c.instance_id == bindparam("wanted"), user_tasks.c.activity_id.in_(bindparam("activities", expanding=True))).order_by(user_tasks.c.id)
_INSERT = user_tasks.insert().returning(user_tasks.c.id)
_CHANGE = user_tasks.update().where(user_tasks.c.id == bindparam("wanted"), user_tasks.c.version == bindparam("seen"),
                                    or_(user_tasks.c.state == CREATED, user_tasks.c.state == CLAIMED))


class Changed(Conflict):
    """The task is still open, but no longer as it was read."""


@dataclass(frozen=True)
class UserTask:
    """One round of a user task, as read."""

    id: int
    instance_id: int
    activity_id: str
    element_id: str
    definition_key: str
    business_key: str | None
    name: str
    name_en: str
    round: int
    state: str
    assignee: str | None
    priority: int
    created_at: datetime
    due_at: datetime | None
    form_key: str | None
    settings: dict[str, Any]
    submission: dict[str, Any] | None
    draft: dict[str, Any] | None
    outcome: str | None
    ended_at: datetime | None
    ended_by: str | None
    version: int
    on_behalf_of: str | None
    superseded_by: int | None

    @property
    def is_open(self) -> bool:
        """Say whether somebody still has to act."""
        return self.state in OPEN

    @property
    def ballot(self) -> dict[str, Any] | None:
        """Return the settings of the vote, or None where one person decides."""
        return self.settings.get("ballot")

    def called(self, locale: str) -> str:
        """Return the name to show in this language."""
        return self.name if locale.startswith("zh") or not self.name_en else self.name_en


def find(connection: Connection, task_id: int) -> UserTask:
    """Return a task. Raises `NotFound`."""
    row = connection.execute(_BY_ID, {"wanted": task_id}).one_or_none()
    if row is None:
        raise NotFound(sentence("Expected the id of a user task, but there is none with id {id}."), id=task_id)
    return UserTask(*row)


def of_instance(connection: Connection, instance_id: int, *, only_open: bool = False) -> list[UserTask]:
    """Return the tasks of an instance in order of creation."""
    query = select(user_tasks).where(user_tasks.c.instance_id == instance_id).order_by(user_tasks.c.id)
    if only_open:
        query = query.where(user_tasks.c.state.in_(OPEN))
    return [UserTask(*row) for row in connection.execute(query)]


def of_activities(connection: Connection, instance_id: int, activity_ids: Iterable[str]) -> list[UserTask]:
    """Return the rounds of these activities in order of creation: what a move asks about, however long the story of the instance."""
    return [UserTask(*row) for row in connection.execute(_OF_ACTIVITIES, {"wanted": instance_id, "activities": list(activity_ids)})]


def standing(connection: Connection, instance_id: int, element_ids: Iterable[str]) -> list[UserTask]:
    """Return the completed rounds of these elements of an instance that no move has undone, in order of creation."""
    query = select(user_tasks).where(user_tasks.c.instance_id == instance_id, user_tasks.c.element_id.in_(list(element_ids)),
                                     user_tasks.c.state == COMPLETED, user_tasks.c.superseded_by.is_(None))
    return [UserTask(*row) for row in connection.execute(query.order_by(user_tasks.c.id))]


def check_open(task: UserTask, seen: int | None = None) -> None:
    """Raise `Conflict` where somebody has already dealt with the task, or has changed it since it was seen."""
    if not task.is_open:
        raise Overtaken(sentence("{task} was already handled by {who}; nothing more is needed from you."),
                       task=task.name, who=task.ended_by or identity.SYSTEM)
    if seen is not None and seen != task.version:
        raise Overtaken(sentence("{task} has changed since you opened it. Look at it again; nothing of yours was done."), task=task.name)


def keep_draft(connection: Connection, task_id: int, draft: dict[str, Any]) -> None:
    """Keep what somebody has typed so far."""
    connection.execute(user_tasks.update().where(user_tasks.c.id == task_id).values(draft=draft))


def insert(connection: Connection, columns: dict[str, Any], names: Iterable[tuple[str, str]]) -> int:
    """Write a new open task with its candidates; return its id."""
    task_id = int(connection.execute(_INSERT, {"version": 1, **columns}).scalar_one())
    candidates.offer(connection, task_id, names)
    return task_id


def end(connection: Connection, task: UserTask, *, actor: str, at: datetime, outcome: str | None, submission: Any) -> None:
    """Complete a task by compare-and-set. Raises `Conflict` where somebody else was first."""
    _change(connection, task, state=COMPLETED, ended_at=at, ended_by=actor, outcome=outcome, submission=submission, draft=None)
    candidates.withdraw(connection, [task.id])


def cancel(connection: Connection, instance_id: int, activity_ids: list[str], *, actor: str, at: datetime) -> list[int]:
    """Cancel the open tasks of these activities; return their ids."""
    match = (user_tasks.c.instance_id == instance_id) & user_tasks.c.activity_id.in_(activity_ids) & user_tasks.c.state.in_(OPEN)
    doomed = list(connection.execute(
        user_tasks.update().where(match).values(state=CANCELLED, ended_at=at, ended_by=actor, draft=None, version=user_tasks.c.version + 1)
        .returning(user_tasks.c.id)).scalars())
    if doomed:
        candidates.withdraw(connection, doomed)
    return doomed


def supersede(connection: Connection, task_ids: Iterable[int], *, by: int) -> None:
    """Mark completed rounds as undone by a move that was made from another task; what was answered stays."""
    match = user_tasks.c.id.in_(list(task_ids)) & user_tasks.c.superseded_by.is_(None) & (user_tasks.c.state == COMPLETED)
    connection.execute(user_tasks.update().where(match).values(superseded_by=by))


def check_unchanged(connection: Connection, versions: Mapping[int, int]) -> None:
    """Raise `Stale` where one of these tasks is no longer of the version that was read. Nobody can change them before this commits."""
    query = select(user_tasks.c.id, user_tasks.c.version).where(user_tasks.c.id.in_(list(versions))).with_for_update()
    if any(versions[row.id] != row.version for row in connection.execute(query)):
        raise Stale


def reinstate(connection: Connection, task: UserTask, activity_id: str) -> None:
    """Let a round that was undone stand again, under the activity that took its place."""
    connection.execute(user_tasks.update().where(user_tasks.c.id == task.id).values(superseded_by=None, activity_id=activity_id))


def move_version(connection: Connection, task_ids: Iterable[int]) -> None:
    """Let whoever has one of these open tasks before them look again: what it shows has changed."""
    match = user_tasks.c.id.in_(list(task_ids)) & user_tasks.c.state.in_(OPEN)
    connection.execute(user_tasks.update().where(match).values(version=user_tasks.c.version + 1))


def touch(connection: Connection, task: UserTask, **columns: Any) -> None:
    """Change columns of an open task by compare-and-set. Raises `Conflict` where somebody else was first."""
    _change(connection, task, **columns)


def _change(connection: Connection, task: UserTask, **columns: Any) -> None:
    changed = connection.execute(_CHANGE, {"wanted": task.id, "seen": task.version, "version": task.version + 1, **columns})
    if changed.rowcount != 1:
        now = find(connection, task.id)
        check_open(now)
        raise Changed(sentence("{task} has changed since you opened it. Look at it again; nothing of yours was done."), task=task.name)
