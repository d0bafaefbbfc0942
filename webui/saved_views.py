"""Saved views: a box with filters under a name, kept with the person. A view is an address, so it can be sent to a colleague as a link.

One of them may be the default: the inbox opens with it.
"""

from dataclasses import dataclass

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Integer, String, Table, UniqueConstraint, func, select

from kesu.engine.database import metadata
from kesu.engine.errors import Invalid, NotFound, sentence

MOST, LONGEST = 20, 60
COUNTED = 1000  # up to which the tasks of a view are counted

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String, ForeignKey("people.login"), nullable=False),
    Column("name", String, nullable=False),
    Column("query", String, nullable=False),  # the address behind its question mark
    Column("position", Integer, nullable=False),
    Column("is_default", Boolean, nullable=False),
    UniqueConstraint("login", "name"),
)


@dataclass(frozen=True)
class View:
    """One saved view."""

    id: int
    login: str
    name: str
    query: str
    position: int
    is_default: bool


def of_person(connection: Connection, login: str) -> list[View]:
    """Return a person's views in their order."""
    query = select(saved_views).where(saved_views.c.login == login).order_by(saved_views.c.position, saved_views.c.id)
    return [View(**row._mapping) for row in connection.execute(query)]


def save(connection: Connection, login: str, name: str, query: str, *, as_default: bool = False) -> int:
    """Keep a view under a name; one of the same name is replaced. Raises `Invalid` without a name, and for more than 20 views."""
    kept = {view.name: view for view in of_person(connection, login)}
    known = kept.get(_checked(name))
    if known is None and len(kept) >= MOST:
        raise Invalid(sentence("You have {most} saved views already. Forget one of them first."), most=MOST)
    if known is not None:
        connection.execute(saved_views.update().where(saved_views.c.id == known.id).values(query=query))
    view_id = known.id if known else _insert(connection, login, _checked(name), query)
    if as_default:
        prefer(connection, login, view_id)
    return view_id


def rename(connection: Connection, login: str, view_id: int, name: str) -> None:
    """Give a view another name. Raises `Invalid` for no name, or one that another view has."""
    find(connection, login, view_id)
    if any(view.name == _checked(name) and view.id != view_id for view in of_person(connection, login)):
        raise Invalid(sentence("You have another view of that name."))
    connection.execute(saved_views.update().where(saved_views.c.id == view_id).values(name=_checked(name)))


def shift(connection: Connection, login: str, view_id: int, by: int) -> None:
    """Move a view up (-1) or down (1) in the list; at the end it stays."""
    order = [view.id for view in of_person(connection, login)]
    place = order.index(find(connection, login, view_id).id)
    order.insert(max(place + by, 0), order.pop(place))
    for position, each in enumerate(order):
        connection.execute(saved_views.update().where(saved_views.c.id == each).values(position=position))


def prefer(connection: Connection, login: str, view_id: int | None) -> None:
    """Let the inbox open with a view, or with none."""
    if view_id is not None:
        find(connection, login, view_id)
    connection.execute(saved_views.update().where(saved_views.c.login == login).values(is_default=saved_views.c.id == (view_id or 0)))


def forget(connection: Connection, login: str, view_id: int) -> None:
    """Forget a view."""
    connection.execute(saved_views.delete().where(saved_views.c.id == find(connection, login, view_id).id))


def find(connection: Connection, login: str, view_id: int) -> View:
    """Return a view of this person. Raises `NotFound`, also for somebody else's."""
    found = next((view for view in of_person(connection, login) if view.id == view_id), None)
    if found is None:
        raise NotFound(sentence("This view is no longer there."))
    return found


def _insert(connection: Connection, login: str, name: str, query: str) -> int:
    last = connection.execute(select(func.max(saved_views.c.position)).where(saved_views.c.login == login)).scalar()
    row = {"login": login, "name": name, "query": query, "position": 0 if last is None else last + 1, "is_default": False}
    return int(connection.execute(saved_views.insert().values(row).returning(saved_views.c.id)).scalar_one())


def _checked(name: str) -> str:
    name = " ".join(name.split())[:LONGEST]
    if not name:
        raise Invalid(sentence("Give the view a name."))
    return name
