"""Who is asked: the settings of a user task (`kesu:assignment`, `kesu:ballot`, its lane) resolved to people and groups at entry.

A setting that begins with `=` is FEEL over the process variables; anything else is a list of keys separated by commas. Whoever has a
standing deputy at that moment is represented by them; whoever completed a four-eyes element does not appear.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from kesu.engine import deputies, holdings, identity
from kesu.engine.errors import Invalid, sentence
from kesu.engine.tallies import check_weight
from kesu.engine.user_tasks import COMPLETED, user_tasks

Evaluate = Callable[[str], Any]
BLOCK, ADMINISTRATOR, SUPERIOR, SKIP = "block", "administrator", "superior", "skip"  # what happens where there is nobody to approve


@dataclass(frozen=True)
class Assignment:
    """The answer: one assignee, or candidates, and for a vote its voters with their weights. `behalf` says whose deputy somebody is."""

    assignee: str | None = None
    candidates: tuple[tuple[str, str], ...] = ()
    voters: tuple[str, ...] = ()
    weights: dict[str, Any] = field(default_factory=dict)
    behalf: dict[str, str] = field(default_factory=dict)
    instead: str | None = None  # the policy by which these were asked, where those meant are not there
    empty: bool = False  # only groups are asked, and none of them has anybody

    @property
    def nobody(self) -> bool:
        """Say whether nobody at all is asked."""
        return self.assignee is None and not self.voters and (self.empty or not self.candidates)


@dataclass(frozen=True)
class Asked:
    """What to resolve, with the places to look."""

    connection: Connection
    instance_id: int | None
    settings: Mapping[str, dict[str, Any]]
    lane: str | None
    evaluate: Evaluate
    acted: tuple[tuple[str, str], ...] = ()  # (element, login) completed by the command that asks, not yet written
    initiator: str | None = None
    definition_key: str | None = None
    at: datetime | None = None  # for deputies; None: nobody is represented


def resolve(asked: Asked) -> Assignment:
    """Resolve a user task's settings to people and groups; people who have left or are excluded do not appear."""
    found = _represented(asked, _vote(asked) if "ballot" in asked.settings else _single(asked))
    return _represented(asked, _instead(asked, found)) if found.nobody and _is_restricted(asked) else found


def policy(settings: Mapping[str, dict[str, Any]]) -> str:
    """Return what is to happen where nobody can be asked: block, administrator, superior or skip."""
    return str(settings.get("assignment", {}).get("ifNobody") or BLOCK)


def excluded_by_four_eyes(asked: Asked) -> set[str]:
    """Return who may not act here because they completed an element this one has to be kept apart from."""
    return _excluded(asked, asked.settings.get("assignment", {}).get("fourEyes"))


def _single(asked: Asked) -> Assignment:
    wanted = asked.settings.get("assignment", {})
    excluded = _excluded(asked, wanted.get("fourEyes"))
    people = _listed(asked, wanted.get("assignee")) + _superiors(asked, wanted)
    assignee = _first(asked, excluded, people) or _least_loaded(asked, excluded, wanted.get("leastLoaded"))
    if assignee is not None:
        return Assignment(assignee)
    groups = _listed(asked, wanted.get("candidateGroups"))
    users = identity.active(asked.connection, _without(_listed(asked, wanted.get("candidateUsers")), excluded))
    if not groups and not users and asked.lane and not wanted.get("assignee"):
        groups = [asked.lane]
    if excluded:  # a group as a whole cannot leave somebody out, so its members are named one by one
        users, groups = users + _without(identity.members(asked.connection, *groups), excluded), []
    empty = bool(groups) and not users and not identity.has_members(asked.connection, *groups)
    return Assignment(None, tuple([("group", key) for key in groups] + [("person", login) for login in users]), empty=empty)


def _vote(asked: Asked) -> Assignment:
    ballot, wanted = asked.settings["ballot"], asked.settings.get("assignment", {})
    named = _listed(asked, ballot.get("voters")) + _superiors(asked, wanted)
    for key in _listed(asked, ballot.get("groups")):
        head = identity.head_of(asked.connection, key)
        named += [head] if head else identity.members(asked.connection, key)
    voters = tuple(dict.fromkeys(identity.active(asked.connection, _without(named, _excluded(asked, wanted.get("fourEyes"))))))
    return Assignment(voters=voters, weights=_weights(asked, voters))


def _weights(asked: Asked, voters: Sequence[str]) -> dict[str, Any]:
    """Return the weight of each voter, one where the diagram names none. Raises `Invalid` for what is no weight, or none at all together."""
    ballot = asked.settings["ballot"]
    named = (asked.evaluate(ballot["weights"]) if ballot.get("weights") else None) or {}
    weights = {login: named.get(login, 1) for login in voters}
    for login, weight in weights.items():
        check_weight(weight, login)
    if weights and not any(weights.values()):
        raise Invalid(sentence("Expected at least one weight above 0 among those of {who}."), who=", ".join(weights))
    return weights


def _superiors(asked: Asked, wanted: dict[str, Any]) -> list[str]:
    """Return the heads named by `headOf` and `initiatorsDepartment`, or whoever stands `levelsUp` above them (or above the initiator)."""
    keys = _listed(asked, wanted.get("headOf"))
    if str(wanted.get("initiatorsDepartment", "")).lower() == "true" and asked.initiator:
        keys += [key for key in [identity.department_of(asked.connection, asked.initiator)] if key]
    found = [identity.head_of(asked.connection, key) for key in keys]
    levels = int(next(iter(_listed(asked, wanted.get("levelsUp"))), 0))
    if levels and not keys:
        found = [asked.initiator]
    return [above for login in found if login and (above := identity.superior_of(asked.connection, login, levels) if levels else login)]


def _least_loaded(asked: Asked, excluded: set[str], setting: str | None) -> str | None:
    """Return the member of these groups (departments, roles, skills) with the least open work; of equals the first by login."""
    members = _without(identity.members(asked.connection, *_listed(asked, setting)), excluded)
    return min(members, key=lambda login: (holdings.load_of(asked.connection, login), login), default=None)


def _represented(asked: Asked, found: Assignment) -> Assignment:
    if asked.at is None:
        return found
    offered = [name for kind, name in found.candidates if kind == "person"]
    meant = [found.assignee] if found.assignee else [*found.voters, *offered]
    excluded = excluded_by_four_eyes(asked)
    acting: dict[str, str] = {}
    for login in meant:
        deputy = deputies.acting(asked.connection, login, asked.definition_key, asked.at)
        present = deputy != login and deputy not in excluded and identity.active(asked.connection, [deputy])
        acting[login] = deputy if present else login
    behalf: dict[str, str] = {}
    for login, deputy in acting.items():
        if deputy != login and deputy not in meant:
            behalf.setdefault(deputy, login)
    if found.assignee:
        return replace(found, assignee=acting[found.assignee], behalf=behalf)
    candidates = tuple(dict.fromkeys((kind, acting.get(name, name) if kind == "person" else name) for kind, name in found.candidates))
    weights: dict[str, Any] = {}
    for login, weight in found.weights.items():  # who acts for several has one ballot, as heavy as theirs together
        weights[acting[login]] = weights.get(acting[login], 0) + weight
    voters = tuple(dict.fromkeys(acting[login] for login in found.voters))
    return replace(found, voters=voters, candidates=candidates, weights=weights, behalf=behalf)


def _instead(asked: Asked, nobody: Assignment) -> Assignment:
    """Return who is asked where nobody is left: the administrators, or the superior of whom was meant (else of the initiator)."""
    wanted = policy(asked.settings)
    if wanted == ADMINISTRATOR:
        people = _without(identity.members(asked.connection, "admin"), excluded_by_four_eyes(asked))
    elif wanted == SUPERIOR:
        people = identity.active(asked.connection, _above(asked))[:1]
    else:
        return replace(nobody, instead=wanted)
    if "ballot" in asked.settings:
        return Assignment(voters=tuple(people), instead=wanted)
    if len(people) == 1:
        return Assignment(people[0], instead=wanted)
    return Assignment(None, tuple(("person", login) for login in people), instead=wanted)


def _above(asked: Asked) -> list[str]:
    settings = asked.settings.get("ballot", {}).get("voters") or asked.settings.get("assignment", {}).get("assignee")
    meant = [*_listed(asked, settings), *([asked.initiator] if asked.initiator else [])]
    return [above for login in meant if (above := identity.superior_of(asked.connection, login)) and above not in excluded_by_four_eyes(asked)]


def _is_restricted(asked: Asked) -> bool:
    return bool("ballot" in asked.settings or asked.settings.get("assignment"))


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
    if value is None and setting[1:].strip() == "initiator":
        value = asked.initiator
    return [str(entry) for entry in value if entry is not None] if isinstance(value, list) else [] if value is None else [str(value)]


def _without(logins: Iterable[str], excluded: set[str]) -> list[str]:
    return [login for login in logins if login not in excluded]
