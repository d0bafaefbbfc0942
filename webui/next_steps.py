"""What happens next, in words, before somebody presses the button: played forward by the engine, else read off the diagram."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import Connection, select

from kesu.engine import identity, runtime
from kesu.engine.assignments import Assignment
from kesu.engine.database import Database
from kesu.engine.errors import Failed, Rejected
from kesu.engine.runtime import Next
from kesu.engine.user_tasks import UserTask
from kesu.webui.languages import named
from kesu.webui.task_cards import people_names

CHOICES = {"decide": ("approved", "rejected"), "vote": ("approved", "rejected"), "form": (None,)}


@dataclass(frozen=True)
class Ahead:
    """What follows one answer: `outcome` approved, rejected or None for a plain form; each step a sentence."""

    outcome: str | None
    steps: tuple[str, ...]


def ahead(db: Database, task: UserTask, mode: str, login: str, values: Mapping[str, Any]) -> list[Ahead]:
    """Say what follows each answer that the reader can give; nothing where it cannot be known yet."""
    found = [Ahead(outcome, _steps(db, task, login, values, outcome)) for outcome in CHOICES.get(mode, ())]
    return [each for each in found if each.steps]


def _steps(db: Database, task: UserTask, login: str, values: Mapping[str, Any], outcome: str | None) -> tuple[str, ...]:
    try:
        following = runtime.what_next(db, task.id, actor=login, submission=values, outcome=outcome)
    except (Rejected, Failed):
        return ()  # the form is not complete yet: what follows is not known, and the page says nothing rather than something wrong
    with db.read() as connection:
        return said(connection, following)


def said(connection: Connection, following: Sequence[Next]) -> tuple[str, ...]:
    """Say what follows, step by step."""
    return tuple(_words(connection, each) for each in following) or (_("Nothing more for people; the process goes on by itself."),)


def _words(connection: Connection, following: Next) -> str:
    name = named(following)
    if following.kind == "service":
        return _("%(name)s (automatic)", name=name)
    who = _who(connection, following.assignment)
    return _("%(name)s: %(who)s", name=name, who=who) if who else name


def _who(connection: Connection, asked: Assignment | None) -> str:
    if asked is None:
        return ""
    if asked.voters:
        return _listed([people_names(connection, [login])[login] for login in asked.voters], "standard")
    if asked.assignee:
        return people_names(connection, [asked.assignee])[asked.assignee]
    return _listed([_candidate(connection, kind, name) for kind, name in asked.candidates], "or")


def _listed(names: list[str], style: Literal["standard", "or"]) -> str:
    return format_list(names, style, locale=get_locale())


def _candidate(connection: Connection, kind: str, name: str) -> str:
    if kind == "person":
        return people_names(connection, [name])[name]
    row = connection.execute(select(identity.groups).where(identity.groups.c.key == name)).one_or_none()
    return named(row) or name
