"""Tasks as they are shown in lists: the task, its case at a glance, the vote, the people's names, the time limit in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from sqlalchemy import Connection, Row, select

from kesu.engine import ballots, clock, identity
from kesu.engine.identity import Person
from kesu.engine.user_tasks import UserTask
from kesu.webui.case_glances import glances
from kesu.webui.languages import language, listed, zone
from kesu.webui.moments import DueWords, day, due_day, due_words
from kesu.webui.task_rounds import rounds
from kesu.webui.votes import Vote, ballot_words, part_words, vote_of


@dataclass(frozen=True)
class Card:
    """One row of a list of tasks. `section` is the heading it stands under, `waits_for` the others whose votes are asked for now."""

    task: UserTask
    case: Row[Any] | None
    due: DueWords
    vote: Vote | None
    assignee: str | None
    section: str
    draft: bool
    waits_for: str = ""
    round: int = 1

    @property
    def approvable(self) -> bool:
        """Say whether the step is decided by approving it."""
        return self.task.is_open and (bool(self.task.ballot) or "outcome" in self.task.settings)


def cards(connection: Connection, tasks: Sequence[UserTask], person: Person, *, ended: bool = False) -> list[Card]:
    """Put tasks into words for this person; `ended` ones are listed by the day on which they were done."""
    files = glances(connection, [task.business_key for task in tasks])
    votes_cast = ballots.of_tasks(connection, [task.id for task in tasks if task.ballot])
    votes = {task.id: vote_of(task, votes_cast.get(task.id, []), person.login) for task in tasks}
    waits = {task_id: [login for login in vote.waits_for if login != person.login] if vote else [] for task_id, vote in votes.items()}
    times = rounds(connection, tasks)
    names = people_names(connection, [task.assignee for task in tasks] + [login for logins in waits.values() for login in logins])
    return [Card(task, files.get(task.business_key or ""), due_words(task.due_at, task.ended_at), votes[task.id], names.get(task.assignee or ""),
                 _day_done(task) if ended else _when_due(task), (task.draft or {}).get("by") == person.login,
                 listed(names[login] for login in waits[task.id]), times[task.id]) for task in tasks]


def init(app: Flask) -> None:
    """Give templates the ways to show tasks."""
    app.jinja_env.filters["groupby_kept"] = lambda members, name: [
        (section, list(group)) for section, group in groupby(members, key=lambda member: getattr(member, name))
    ]
    app.jinja_env.globals.update(ballot_words=ballot_words, part_words=part_words)


def people_names(connection: Connection, logins: Iterable[str | None]) -> dict[str, str]:
    """Return the names of these people in the reader's language, by login."""
    wanted = [login for login in set(logins) if login]
    query = select(identity.people.c.login, identity.people.c.name, identity.people.c.name_en).where(identity.people.c.login.in_(wanted))
    known = {row.login: row.name if language() == "zh" or not row.name_en else row.name_en for row in connection.execute(query)}
    return {**{login: login for login in wanted}, **known, identity.SYSTEM: _("the system"), identity.CUSTOMER: _("the customer")}


def _when_due(task: UserTask) -> str:
    now = clock.now()
    if task.due_at is None:
        return _("No time limit")
    if task.due_at < now:
        return _("Overdue")
    today = now.astimezone(zone()).date()
    last = due_day(task.due_at)
    days = (last - today).days
    if days <= 1:
        return _("Today") if days == 0 else _("Tomorrow")
    return _("This week") if last <= today + timedelta(days=6 - today.weekday()) else _("Later")


def _day_done(task: UserTask) -> str:
    if task.ended_at is None:
        return _("Still open")
    there, today = task.ended_at.astimezone(zone()).date(), clock.now().astimezone(zone()).date()
    if (today - there).days <= 1:
        return _("Today") if there == today else _("Yesterday")
    return str(day(there).striptags())
