"""Whom a piece of work can be given to: active people, by department, in the reader's language."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Connection, select

from kesu.engine import identity
from kesu.webui.languages import language, named


@dataclass(frozen=True)
class Department:
    """A department with its people as (login, name)."""

    name: str
    people: tuple[tuple[str, str], ...]


def departments(connection: Connection, *, without: set[str]) -> list[Department]:
    """Return the departments with their active people, except those left out; people of no department come last."""
    people = {row.login: row for row in connection.execute(select(identity.people).where(identity.people.c.active).order_by(identity.people.c.login))
              if row.login not in without}
    groups = connection.execute(select(identity.groups).where(identity.groups.c.kind == "department").order_by(identity.groups.c.position))
    found, placed = [], set[str]()
    for group in groups:
        members = [login for login in identity.members(connection, group.key) if login in people]
        placed.update(members)
        if members:
            found.append(Department(named(group), tuple((login, _called(people[login])) for login in members)))
    rest = tuple((login, _called(row)) for login, row in people.items() if login not in placed)
    return [*found, Department(_("Others"), rest)] if rest else found


def _called(row: object) -> str:
    name, name_en = getattr(row, "name", ""), getattr(row, "name_en", "")
    return str(name if language() == "zh" or not name_en else name_en)
