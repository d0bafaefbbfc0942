"""Who is asked: the settings of a user task (`kesu:assignment`, `kesu:ballot`, its lane) resolved to people and groups at entry.

A setting that begins with `=` is FEEL over the process variables; anything else is a list of keys separated by commas.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from kesu.engine import identity
from kesu.engine.user_tasks import COMPLETED, user_tasks

Evaluate = Callable[[str], Any]


@dataclass(frozen=True)
class Assignment:
    """The answer: one assignee, or candidates, and for a vote its voters with their weights."""

    assignee: str | None = None
    candidates: tuple[tuple[str, str], ...] = ()
    voters: tuple[str, ...] = ()
    weights: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """What to resolve, with the places to look."""

    connection: Connection
    instance_id: int | None
    settings: Mapping[str, dict[str, Any]]
    lane: str | None
    evaluate: Evaluate
    acted: tuple[tuple[str, str], ...] = ()  # (element, login) completed by the command that asks, not yet written


def resolve(asked: Asked) -> Assignment:
    """Resolve a user task's settings to people and groups; people who have left or are excluded do not appear."""
    if "ballot" in asked.settings:
        return _vote(asked)
    wanted = asked.settings.get("assignment", {})
    excluded = _excluded(asked, wanted.get("fourEyes"))
    assignee = _first(asked, excluded, _listed(asked, wanted.get("assignee")) + _heads(asked, wanted.get("headOf")))
    if assignee is not None:
        return Assignment(assignee)
    groups = _listed(asked, wanted.get("candidateGroups"))
    users = identity.active(asked.connection, _without(_listed(asked, wanted.get("candidateUsers")), excluded))
    if not groups and not users and asked.lane and not wanted.get("assignee"):
        groups = [asked.lane]
    if excluded:  # a group as a whole cannot leave somebody out, so its members are named one by one
        users, groups = users + _without(identity.members(asked.connection, *groups), excluded), []
    return Assignment(None, tuple([("group", key) for key in groups] + [("person", login) for login in users]))


def _vote(asked: Asked) -> Assignment:
    ballot = asked.settings["ballot"]
    named = _listed(asked, ballot.get("voters"))
    for key in _listed(asked, ballot.get("groups")):
        head = identity.head_of(asked.connection, key)
        named += [head] if head else identity.members(asked.connection, key)
    excluded = _excluded(asked, asked.settings.get("assignment", {}).get("fourEyes"))
    weights = asked.evaluate(ballot["weights"]) if ballot.get("weights") else {}
    return Assignment(voters=tuple(identity.active(asked.connection, _without(named, excluded))), weights=weights or {})


def _heads(asked: Asked, setting: str | None) -> list[str]:
    found = [identity.head_of(asked.connection, key) for key in _listed(asked, setting)]
    return [login for login in found if login]


def _first(asked: Asked, excluded: set[str], logins: Iterable[str]) -> str | None:
    return next(iter(identity.active(asked.connection, _without(logins, excluded))), None)


def _excluded(asked: Asked, elements: str | None) -> set[str]:
    """Return who completed one of these elements in this instance: four eyes means that they may not decide here."""
    if not elements:
        return set()
    names = [name.strip() for name in elements.split(",")]
    just_now = {login for element, login in asked.acted if element in names}
    query = select(user_tasks.c.ended_by).where(
        user_tasks.c.instance_id == asked.instance_id, user_tasks.c.element_id.in_(names), user_tasks.c.state == COMPLETED
    )
    return just_now | {login for login in asked.connection.execute(query).scalars() if login}


def _listed(asked: Asked, setting: str | None) -> list[str]:
    if not setting:
        return []
    if not setting.startswith("="):
        return [name.strip() for name in setting.split(",") if name.strip()]
    value = asked.evaluate(setting)
    return [str(entry) for entry in value if entry is not None] if isinstance(value, list) else [] if value is None else [str(value)]


def _without(logins: Iterable[str], excluded: set[str]) -> list[str]:
    return [login for login in logins if login not in excluded]
