"""The boxes of an inbox: mine, my groups', done, copied. Overdue first, then by what is due next; a page at a time.

Pages follow each other by the last task seen, not by a number of rows: nothing is skipped or shown twice when tasks come and go.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, or_, select

from kesu.engine.ballots import OPEN as OPEN_BALLOT
from kesu.engine.ballots import ballots
from kesu.engine.copies import copies
from kesu.engine.identity import Person
from kesu.engine.user_tasks import CREATED, OPEN, UserTask, candidates, user_tasks

BOXES = ("mine", "group", "done", "copied")
OPEN_BOXES = ("mine", "group")


@dataclass(frozen=True)
class Filter:
    """What to look for: words in the name or case reference, one process, one element, a span of due dates, a priority or better.

    `keys` selects business keys that match the words in their own way (the case file knows more words than the task); `among` are
    further selections of business keys, all of which must have it.
    """

    text: str = ""
    keys: Select[Any] | None = None
    definition_key: str | None = None
    element_id: str | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    priority: int | None = None
    among: tuple[Select[Any], ...] = ()


def page(connection: Connection, person: Person, box: str, wanted: Filter | None = None, *, limit: int = 50,
         after: UserTask | None = None) -> list[UserTask]:
    """Return one page of a box in the order in which the tasks should be done (done and copied: the latest first).

    `after` is the last task of the page before.
    """
    query = _narrowed(_boxed(select(user_tasks), person, box), wanted or Filter())
    if after is not None:
        query = query.where(_ended_before(after) if box in ("done", "copied") else _due_after(after))
    return [UserTask(**row._mapping) for row in connection.execute(_ordered(query, box).limit(limit))]


def count(connection: Connection, person: Person, box: str, wanted: Filter, *, most: int) -> int:
    """Count what a filter finds in a box, up to `most`: beyond that nobody reads the number."""
    found = _narrowed(_boxed(select(user_tasks.c.id), person, box), wanted).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(found)).scalar_one())


def kinds(connection: Connection, person: Person, box: str) -> list[tuple[str, str, str, str]]:
    """Return the kinds of task in a box, to choose from: definition key, element id, name, English name."""
    columns = (user_tasks.c.definition_key, user_tasks.c.element_id, func.max(user_tasks.c.name), func.max(user_tasks.c.name_en))
    query = _boxed(select(*columns), person, box).group_by(user_tasks.c.definition_key, user_tasks.c.element_id)
    return [tuple(row) for row in connection.execute(query.order_by(user_tasks.c.definition_key, user_tasks.c.element_id))]


def counts(connection: Connection, person: Person, *, now: datetime) -> dict[str, int]:
    """Count the open boxes, and what is overdue in the first."""
    late: Any = func.count(case((user_tasks.c.due_at < now, 1)))
    total, overdue = connection.execute(_boxed(select(*[func.count(), late]), person, "mine")).one()
    group = connection.execute(_boxed(select(func.count()), person, "group")).scalar_one()
    unread = select(func.count()).select_from(copies).where(copies.c.login == person.login, copies.c.read_at.is_(None))
    return {"mine": total, "overdue": overdue, "group": group, "copied": connection.execute(unread).scalar_one()}


def _boxed(query: Select[Any], person: Person, box: str) -> Select[Any]:
    query = query.select_from(user_tasks)
    if box == "mine":
        return query.where(_is_mine(person))
    if box == "group":
        return query.where(_is_offered(person))
    if box == "done":
        voted = exists().where(ballots.c.task_id == user_tasks.c.id, ballots.c.voter == person.login, ballots.c.answered_at.is_not(None))
        return query.where(or_(and_(user_tasks.c.ended_by == person.login, user_tasks.c.state == "completed"), voted))
    return query.where(exists().where(copies.c.task_id == user_tasks.c.id, copies.c.login == person.login))


def _is_mine(person: Person) -> ColumnElement[bool]:
    asked = exists().where(ballots.c.task_id == user_tasks.c.id, ballots.c.voter == person.login, ballots.c.state == OPEN_BALLOT)
    return and_(user_tasks.c.state.in_(OPEN), or_(user_tasks.c.assignee == person.login, asked))


def _is_offered(person: Person) -> ColumnElement[bool]:
    named = or_(and_(candidates.c.kind == "group", candidates.c.name.in_(person.groups)),
                and_(candidates.c.kind == "person", candidates.c.name == person.login))
    return and_(user_tasks.c.state == CREATED, user_tasks.c.id.in_(select(candidates.c.task_id).where(named)))


def _narrowed(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.text:
        like = f"%{wanted.text.replace('%', '').replace('_', '')}%"
        words = [user_tasks.c.name.ilike(like), user_tasks.c.name_en.ilike(like), user_tasks.c.business_key.ilike(like)]
        query = query.where(or_(*words, *([user_tasks.c.business_key.in_(wanted.keys)] if wanted.keys is not None else [])))
    if wanted.definition_key:
        query = query.where(user_tasks.c.definition_key == wanted.definition_key)
    if wanted.element_id:
        query = query.where(user_tasks.c.element_id == wanted.element_id)
    if wanted.due_from:
        query = query.where(user_tasks.c.due_at >= wanted.due_from)
    if wanted.due_before:
        query = query.where(user_tasks.c.due_at < wanted.due_before)
    if wanted.priority:
        query = query.where(user_tasks.c.priority <= wanted.priority)
    return query.where(*[user_tasks.c.business_key.in_(keys) for keys in wanted.among])


def _ordered(query: Select[Any], box: str) -> Select[Any]:
    if box in ("done", "copied"):
        return query.order_by(user_tasks.c.ended_at.desc().nulls_first(), user_tasks.c.id.desc())
    return query.order_by(user_tasks.c.due_at.asc().nulls_last(), user_tasks.c.priority, user_tasks.c.id)


def _due_after(last: UserTask) -> ColumnElement[bool]:
    due, priority, task_id = user_tasks.c.due_at, user_tasks.c.priority, user_tasks.c.id
    further = or_(priority > last.priority, and_(priority == last.priority, task_id > last.id))
    if last.due_at is None:
        return and_(due.is_(None), further)
    return or_(due.is_(None), due > last.due_at, and_(due == last.due_at, further))


def _ended_before(last: UserTask) -> ColumnElement[bool]:
    ended, task_id = user_tasks.c.ended_at, user_tasks.c.id
    if last.ended_at is None:
        return or_(ended.is_not(None), task_id < last.id)
    return or_(ended < last.ended_at, and_(ended == last.ended_at, task_id < last.id))
