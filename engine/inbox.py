"""The boxes of an inbox: mine, my groups', urged, with others on my cases, done, copied. Overdue first, then by what is due next; a page at a time.

Pages follow each other by the last task seen, not by a number of rows: nothing is skipped or shown twice when tasks come and go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, and_, case, func, or_, select, union_all

from kesu.engine.ballots import NO, YES, ballots
from kesu.engine.ballots import OPEN as OPEN_BALLOT
from kesu.engine.candidates import candidates
from kesu.engine.copies import copies
from kesu.engine.identity import Person
from kesu.engine.instances import ACTIVE, instances
from kesu.engine.urges import urges
from kesu.engine.user_tasks import COMPLETED, CREATED, OPEN, UNDONE, UserTask, user_tasks

BOXES = ("mine", "group", "urged", "cases", "done", "copied")
OPEN_BOXES = ("mine", "group", "urged", "cases")
MANY = 1000  # as far as tasks are counted and looked through for what a page says beside them


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
    wanted = wanted or Filter()
    much = not wanted.text and _is_much(connection, person, box)
    found = [_first(way, box, wanted, limit, after) for way in _ways(person, box, much)]
    query = _ordered(select(user_tasks).where(user_tasks.c.id.in_(_either(found))), box).limit(limit)
    return [UserTask(*row) for row in connection.execute(query)]


def count(connection: Connection, person: Person, box: str, wanted: Filter, *, most: int) -> int:
    """Count what a filter finds in a box, up to `most`: beyond that nobody reads the number."""
    found = _narrowed(_boxed(select(user_tasks.c.id), person, box), wanted).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(found)).scalar_one())


def among(connection: Connection, person: Person, box: str, task_ids: Sequence[int]) -> set[int]:
    """Return which of these tasks are in a box."""
    return set(connection.execute(_boxed(select(user_tasks.c.id).where(user_tasks.c.id.in_(task_ids)), person, box)).scalars())


def kinds(connection: Connection, person: Person, box: str) -> list[tuple[str, str, str, str]]:
    """Return the kinds of task in a box, to choose from: definition key, element id, name, English name.

    In a very large box those among its first tasks.
    """
    columns = (user_tasks.c.definition_key, user_tasks.c.element_id, func.max(user_tasks.c.name), func.max(user_tasks.c.name_en))
    first = _either([select(user_tasks.c.id).where(way).limit(MANY) for way in _ways(person, box)])
    query = select(*columns).where(user_tasks.c.id.in_(first)).group_by(user_tasks.c.definition_key, user_tasks.c.element_id)
    return [tuple(row) for row in connection.execute(query.order_by(user_tasks.c.definition_key, user_tasks.c.element_id))]


def counts(connection: Connection, person: Person, *, now: datetime) -> dict[str, int]:
    """Count the open boxes, and what is overdue in the first; the groups' up to `MANY`: beyond that nobody reads the number."""
    late: Any = func.count(case((user_tasks.c.due_at < now, 1)))
    total, overdue = connection.execute(_boxed(select(*[func.count(), late]), person, "mine")).one()
    group = count(connection, person, "group", Filter(), most=MANY)
    unread = select(func.count()).select_from(copies).where(copies.c.login == person.login, copies.c.read_at.is_(None))
    urged = count(connection, person, "urged", Filter(), most=MANY)
    return {"mine": total, "overdue": overdue, "group": group, "urged": urged, "copied": connection.execute(unread).scalar_one()}


def _boxed(query: Select[Any], person: Person, box: str) -> Select[Any]:
    ways = _ways(person, box)
    return query.where(*ways) if len(ways) == 1 else query.where(user_tasks.c.id.in_(_either([select(user_tasks.c.id).where(way) for way in ways])))


def _ways(person: Person, box: str, much: bool = False) -> list[ColumnElement[bool]]:
    """Return how tasks come into a box: each way begins at an index by person or group, never at all tasks.

    An `or` of them would begin at all tasks. Where `much` waits for a group, its tasks are met soon by going through all that wait
    in their order; otherwise its few are looked up and put in order.
    """
    if box == "mine":
        asked = select(ballots.c.task_id).where(ballots.c.voter == person.login, ballots.c.state == OPEN_BALLOT)
        is_open = user_tasks.c.state.in_(OPEN)
        return [and_(user_tasks.c.assignee == person.login, is_open), and_(_is_in(asked), is_open)]
    if box == "group":
        offered = _offered(person)
        met = and_(UNDONE, offered.where(candidates.c.task_id == user_tasks.c.id).exists())
        return [and_(user_tasks.c.state == CREATED, met if much else _is_in(offered))]
    if box == "done":
        voted = select(ballots.c.task_id).where(ballots.c.voter == person.login, ballots.c.state.in_([YES, NO]))
        return [and_(user_tasks.c.ended_by == person.login, user_tasks.c.state == COMPLETED), _is_in(voted)]
    if box == "urged":
        urged = _is_in(select(urges.c.task_id).where(urges.c.urged_by != person.login))
        return [and_(way, urged) for way in [*_ways(person, "mine"), *_ways(person, "group", much=True)]]
    if box == "cases":
        return _elsewhere(person)
    return [_is_in(select(copies.c.task_id).where(copies.c.login == person.login))]


def _elsewhere(person: Person) -> list[ColumnElement[bool]]:
    """Return what is open with others on the cases that this person began or has worked on."""
    worked = user_tasks.alias("worked")
    begun = select(instances.c.id).where(instances.c.started_by == person.login, instances.c.state == ACTIVE)
    done = select(worked.c.instance_id).where(worked.c.ended_by == person.login, worked.c.state == COMPLETED)
    asked = select(ballots.c.task_id).where(ballots.c.voter == person.login, ballots.c.state == OPEN_BALLOT)
    others = and_(func.coalesce(user_tasks.c.assignee, "") != person.login, user_tasks.c.id.not_in(asked))
    theirs = (user_tasks.c.instance_id + 0).in_(union_all(begun, done))  # not by its index: what is open is far less than all they have done
    return [and_(UNDONE, theirs, others)]


def _is_in(task_ids: Select[Any]) -> ColumnElement[bool]:
    return user_tasks.c.id.in_(task_ids)


def _is_much(connection: Connection, person: Person, box: str) -> bool:
    some = _offered(person).limit(MANY).subquery()
    return box == "group" and connection.execute(select(func.count()).select_from(some)).scalar_one() == MANY


def _offered(person: Person) -> Select[Any]:
    named = or_(and_(candidates.c.kind == "group", candidates.c.name.in_(person.groups)),
                and_(candidates.c.kind == "person", candidates.c.name == person.login))
    return select(candidates.c.task_id).where(named)


def _first(way: ColumnElement[bool], box: str, wanted: Filter, limit: int, after: UserTask | None) -> Select[Any]:
    """Return the first of those that come one way: the first of the box are among the first of each way."""
    query = _narrowed(select(user_tasks.c.id).where(way), wanted)
    if after is not None:
        query = query.where(_ended_before(after) if box in ("done", "copied") else _due_after(after))
    return _ordered(query, box).limit(limit)


def _either(ways: Sequence[Select[Any]]) -> CompoundSelect[Any]:
    """Put selections of ids together (each in a subquery of its own: SQLite takes no order inside a union)."""
    return union_all(*[select(way.subquery().c.id) for way in ways])


def _narrowed(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.text:
        like = f"%{wanted.text.replace('%', '').replace('_', '')}%"
        words = [user_tasks.c.name.ilike(like), user_tasks.c.name_en.ilike(like), user_tasks.c.business_key.ilike(like)]
        query = query.where(or_(*words, *([_is_among(wanted.keys)] if wanted.keys is not None else [])))
    if wanted.definition_key:
        query = query.where(user_tasks.c.definition_key.concat("") == wanted.definition_key)  # not by its index: a box is far smaller
    if wanted.element_id:
        query = query.where(user_tasks.c.element_id == wanted.element_id)
    if wanted.due_from:
        query = query.where(user_tasks.c.due_at >= wanted.due_from)
    if wanted.due_before:
        query = query.where(user_tasks.c.due_at < wanted.due_before)
    if wanted.priority:
        query = query.where(user_tasks.c.priority <= wanted.priority)
    return query.where(*[_is_among(keys) for keys in wanted.among])


def _is_among(keys: Select[Any]) -> ColumnElement[bool]:
    """Ask for the one key of a task, so that nobody looks through all cases for the few of a box (the offset keeps PostgreSQL from it)."""
    return keys.where(keys.selected_columns[0] == user_tasks.c.business_key).correlate(user_tasks).offset(0).exists()


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
