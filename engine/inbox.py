"""The boxes of an inbox: mine, my groups', urged, with others on my cases, done, copied. Overdue first, then by what is due next; a page at a time.

Pages follow each other by the last task seen, not by a number of rows: nothing is skipped or shown twice when tasks come and go.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, and_, case, func, or_, select, union_all

from kesu.engine.ballots import NO, YES, ballots
from kesu.engine.ballots import OPEN as OPEN_BALLOT
from kesu.engine.candidates import candidates, not_for
from kesu.engine.copies import copies
from kesu.engine.deeds import deeds
from kesu.engine.identity import Person
from kesu.engine.instances import ACTIVE, instances
from kesu.engine.urges import urges
from kesu.engine.user_tasks import CLAIMED, COMPLETED, CREATED, OPEN, UNDONE, UserTask, user_tasks

BOXES = ("mine", "group", "urged", "cases", "done", "copied")
OPEN_BOXES = ("mine", "group", "urged", "cases")
Keys = Select[Any] | list[str]  # a selection of business keys, or the keys themselves
BADGE = 100  # as far as the number beside a box is counted: it then says 99+
SOME = 300  # as many of its tasks are looked at for the kinds to choose from
MANY = 1000  # as far as tasks are counted and looked through for what a page says beside them


@dataclass(frozen=True)
class Filter:
    """What to look for: words in the name or case reference, one process, one element, a span of due dates, a priority or better.

    `keys` selects business keys that match the words in their own way (the case file knows more words than the task); `among` are
    further selections of business keys, all of which must have it.
    """

    text: str = ""
    keys: Keys | None = None
    definition_key: str | None = None
    element_id: str | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    priority: int | None = None
    among: tuple[Keys, ...] = ()


def page(connection: Connection, person: Person, box: str, wanted: Filter | None = None, *, limit: int = 50,
         after: UserTask | None = None) -> list[UserTask]:
    """Return one page of a box in the order in which the tasks should be done (done and copied: the latest first).

    `after` is the last task of the page before.
    """
    wanted, last = _known(connection, wanted or Filter()), _place(connection, person, box, after) if after else None
    ways = _ways(person, box, _is_much(connection, person, box))
    found = [_first(way, place, wanted, limit, last) for way, place in zip(ways, _places(box, ways), strict=True)]
    shown = select(user_tasks).where(user_tasks.c.id.in_(_either(found)))
    query = shown.order_by(*_ordering(_done_at(person) if box == "done" else _places(box, ways)[0])).limit(limit)
    return [UserTask(*row) for row in connection.execute(query)]


def count(connection: Connection, person: Person, box: str, wanted: Filter, *, most: int) -> int:
    """Count what a filter finds in a box, up to `most`: beyond that nobody reads the number."""
    wanted = _known(connection, wanted)
    ways = [_narrowed(select(user_tasks.c.id).where(way), wanted).limit(most) for way in _ways(person, box, _is_much(connection, person, box))]
    found = select(_either(ways).subquery().c.id).distinct().limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(found)).scalar_one())


def among(connection: Connection, person: Person, box: str, task_ids: Sequence[int]) -> set[int]:
    """Return which of these tasks are in a box."""
    return set(connection.execute(_boxed(select(user_tasks.c.id).where(user_tasks.c.id.in_(task_ids)), person, box)).scalars())


def kinds(connection: Connection, person: Person, box: str) -> list[tuple[str, str, str, str]]:
    """Return the kinds of task in a box, to choose from: definition key, element id, name, English name.

    In a very large box those among its first tasks.
    """
    columns = (user_tasks.c.definition_key, user_tasks.c.element_id, func.max(user_tasks.c.name), func.max(user_tasks.c.name_en))
    first = _either([select(user_tasks.c.id).where(way).limit(SOME) for way in _ways(person, box)])
    query = select(*columns).where(user_tasks.c.id.in_(first)).group_by(user_tasks.c.definition_key, user_tasks.c.element_id)
    return [tuple(row) for row in connection.execute(query.order_by(user_tasks.c.definition_key, user_tasks.c.element_id))]


def counts(connection: Connection, person: Person, *, now: datetime) -> dict[str, int]:
    """Count the open boxes, and what is overdue in the first; the groups' and the urged up to `BADGE`."""
    late: Any = func.count(case((user_tasks.c.due_at < now, 1)))
    total, overdue = connection.execute(_boxed(select(*[func.count(), late]), person, "mine")).one()
    group = count(connection, person, "group", Filter(), most=BADGE)
    unread = select(func.count()).select_from(copies).where(copies.c.login == person.login, copies.c.read_at.is_(None))
    urged = count(connection, person, "urged", Filter(), most=BADGE)
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
        if not much:
            return [and_(user_tasks.c.state == CREATED, _is_in(offered))]
        # Not "created": PostgreSQL would take what is created and what is undone for two things, and expect next to nothing of both.
        return [and_(UNDONE, user_tasks.c.state != CLAIMED, offered.where(candidates.c.task_id == user_tasks.c.id).exists())]
    if box == "done":
        voted = _voted(person)
        alone = ~select(1).where(voted).correlate(user_tasks).exists()
        return [and_(_finished(person), alone), voted, and_(deeds.c.task_id == user_tasks.c.id, deeds.c.login == person.login)]
    if box == "urged":
        urged = select(urges.c.task_id).where(urges.c.urged_by != person.login)
        offered = urged.where(_offered(person).where(candidates.c.task_id == urges.c.task_id).exists())
        is_urged = urged.where(urges.c.task_id == user_tasks.c.id).exists()  # asked for each of mine: they are few, all that was ever urged is not
        return [*[and_(way, is_urged) for way in _ways(person, "mine")], and_(user_tasks.c.state == CREATED, _is_in(offered))]
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
    instance = user_tasks.c.instance_id + 0  # not by its index: what is open is far less than all they have done
    return [and_(UNDONE, or_(instance.in_(begun), instance.in_(done)), others)]  # an `or`: PostgreSQL hashes each, and would go through a union


def _is_in(task_ids: Select[Any]) -> ColumnElement[bool]:
    return user_tasks.c.id.in_(task_ids)


def _is_much(connection: Connection, person: Person, box: str) -> bool:
    some = _offered(person).limit(MANY).subquery()
    return box == "group" and connection.execute(select(func.count()).select_from(some)).scalar_one() == MANY


def _offered(person: Person) -> Select[Any]:
    named = or_(and_(candidates.c.kind == "group", candidates.c.name.in_(person.groups)),
                and_(candidates.c.kind == "person", candidates.c.name == person.login))
    kept_out = candidates.c.task_id.in_(not_for(person.login))
    return select(candidates.c.task_id).where(named, ~kept_out)


def _finished(person: Person) -> ColumnElement[bool]:
    return and_(user_tasks.c.ended_by == person.login, user_tasks.c.state == COMPLETED)


def _voted(person: Person) -> ColumnElement[bool]:
    """Say that a task stands beside a ballot that this person has answered: a join, in the order of their answers."""
    is_answered = and_(ballots.c.answered_at.is_not(None), ballots.c.state.in_([YES, NO]))
    return and_(ballots.c.task_id == user_tasks.c.id, ballots.c.voter == person.login, is_answered)


def _done_at(person: Person) -> ColumnElement[Any]:
    own = select(ballots.c.answered_at).where(_voted(person)).correlate(user_tasks).scalar_subquery()
    moved = select(deeds.c.at).where(deeds.c.task_id == user_tasks.c.id, deeds.c.login == person.login).correlate(user_tasks)
    return func.coalesce(own, case((_finished(person), user_tasks.c.ended_at)), moved.scalar_subquery())


def _places(box: str, ways: Sequence[ColumnElement[bool]]) -> list[ColumnElement[Any] | None]:
    """Return by which moment the tasks that come each way are put in order; None is by what is due."""
    if box == "done":
        return [user_tasks.c.ended_at, ballots.c.answered_at, deeds.c.at]
    return [user_tasks.c.ended_at if box == "copied" else None for _way in ways]


def _place(connection: Connection, person: Person, box: str, task: UserTask) -> UserTask:
    """Return a task as the place after which a page begins: ended, for this person, when they answered."""
    if box != "done":
        return task
    return replace(task, ended_at=connection.execute(select(_done_at(person)).where(user_tasks.c.id == task.id)).scalar_one())


def _first(way: ColumnElement[bool], moment: ColumnElement[Any] | None, wanted: Filter, limit: int, last: UserTask | None) -> Select[Any]:
    """Return the first of those that come one way: the first of the box are among the first of each way."""
    query = _narrowed(select(user_tasks.c.id).where(way), wanted)
    if last is not None:
        query = query.where(_due_after(last) if moment is None else _before(moment, last))
    return query.order_by(*_ordering(moment)).limit(limit)


def _either(ways: Sequence[Select[Any]]) -> CompoundSelect[Any]:
    """Put selections of ids together (each in a subquery of its own: SQLite takes no order inside a union)."""
    return union_all(*[select(way.subquery().c.id) for way in ways])


def _known(connection: Connection, wanted: Filter) -> Filter:
    """Look up first which keys are meant: a few are compared with, many are asked for task by task, since a page of them is soon full."""
    def few(keys: Keys) -> Keys:
        found = [] if isinstance(keys, list) else list(connection.execute(keys.limit(MANY + 1)).scalars())
        return found if len(found) <= MANY else keys

    return replace(wanted, keys=few(wanted.keys) if wanted.keys is not None else None, among=tuple(few(keys) for keys in wanted.among))


def _narrowed(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.text:
        told = user_tasks.c.name.concat("\n").concat(user_tasks.c.name_en).concat("\n").concat(func.coalesce(user_tasks.c.business_key, ""))
        like = f"%{wanted.text.replace('%', '').replace('_', '')}%"
        words = func.lower(told).like(func.lower(like))  # an `ilike` would make the words small again for every row
        query = query.where(or_(words, _is_among(wanted.keys)) if wanted.keys is not None else words)
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


def _is_among(keys: Keys) -> ColumnElement[bool]:
    """Compare with a few keys, or ask for the one key of a task (the offset keeps PostgreSQL from looking through all cases)."""
    if isinstance(keys, list):
        return user_tasks.c.business_key.concat("").in_(keys)  # not by its index: a box has far less than all cases of a product
    return keys.where(keys.selected_columns[0] == user_tasks.c.business_key).correlate(user_tasks).offset(0).exists()


def _ordering(moment: ColumnElement[Any] | None) -> list[ColumnElement[Any]]:
    if moment is not None:
        return [moment.desc().nulls_first(), user_tasks.c.id.desc()]
    return [user_tasks.c.due_at.asc().nulls_last(), user_tasks.c.priority.asc(), user_tasks.c.id.asc()]


def _due_after(last: UserTask) -> ColumnElement[bool]:
    due, priority, task_id = user_tasks.c.due_at, user_tasks.c.priority, user_tasks.c.id
    further = or_(priority > last.priority, and_(priority == last.priority, task_id > last.id))
    if last.due_at is None:
        return and_(due.is_(None), further)
    return or_(due.is_(None), due > last.due_at, and_(due == last.due_at, further))


def _before(moment: ColumnElement[Any], last: UserTask) -> ColumnElement[bool]:
    if last.ended_at is None:
        return or_(moment.is_not(None), user_tasks.c.id < last.id)
    return or_(moment < last.ended_at, and_(moment == last.ended_at, user_tasks.c.id < last.id))
