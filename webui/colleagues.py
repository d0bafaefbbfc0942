"""Whom a piece of work can be given to: active people, by department, in the reader's language; who is away is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection, Row, select

from kesu.engine import clock, deputies, identity
from kesu.engine.deputies import Deputy
from kesu.webui.languages import language, named
from kesu.webui.moments import day


@dataclass(frozen=True)
class Department:
    """A department with its people as (login, name); `spoken` is what else each can be found by: login and both names."""

    name: str
    people: tuple[tuple[str, str], ...]
    spoken: Mapping[str, str] = field(default_factory=dict)


def departments(connection: Connection, *, without: set[str]) -> list[Department]:
    """Return the departments with their active people, except those left out; people of no department come last."""
    rows = connection.execute(select(identity.people).where(identity.people.c.active).order_by(identity.people.c.login)).all()
    leave = {each.principal: each for each in deputies.standing(connection, clock.now())}
    people = {row.login: _called(row) + _absence(leave.get(row.login), rows) for row in rows if row.login not in without}
    groups = connection.execute(select(identity.groups).where(identity.groups.c.kind == "department").order_by(identity.groups.c.position))
    spoken = {row.login: f"{row.login} {row.name} {row.name_en}" for row in rows}
    found, placed = [], set[str]()
    for group in groups:
        members = [login for login in identity.members(connection, group.key) if login in people]
        placed.update(members)
        if members:
            found.append(Department(named(group), tuple((login, people[login]) for login in members), spoken))
    rest = tuple((login, name) for login, name in people.items() if login not in placed)
    return [*found, Department(_("Others"), rest, spoken)] if rest else found


def everybody(connection: Connection) -> list[tuple[str, str]]:
    """Return all people as (login, name), those who have left too."""
    rows = connection.execute(select(identity.people).order_by(identity.people.c.active.desc(), identity.people.c.login))
    return [(row.login, _called(row) if row.active else _("%(name)s (has left)", name=_called(row))) for row in rows]


def _absence(leave: Deputy | None, rows: Sequence[Row[Any]]) -> str:
    """Say until when somebody is away from every process, and who acts for them."""
    if leave is None or leave.definition_key is not None:
        return ""
    acting = next((_called(row) for row in rows if row.login == leave.deputy), leave.deputy)
    return " " + _("(away until %(day)s, %(who)s acts)", day=day(leave.ends_at - timedelta(microseconds=1)).striptags(), who=acting)


def _called(row: object) -> str:
    name, name_en = getattr(row, "name", ""), getattr(row, "name_en", "")
    return str(name if language() == "zh" or not name_en else name_en)
