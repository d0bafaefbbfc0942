"""Who is asked: the settings of a user task (`kesu:assignment`, `kesu:ballot`, its lane) resolved to people and groups at entry.

Groups stay groups: who may act is asked when they act (`engine.claims`). Whoever has a standing deputy at that moment is represented by
them; whoever did a four-eyes element is not asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from kesu.engine import candidates, deputies, electorates, holdings, identity
from kesu.engine.askings import ADMINISTRATOR, BLOCK, SKIP, SUPERIOR, Asked, listed, policy, superiors, without
from kesu.engine.electorates import FOUR_EYES, Change

__all__ = ["ADMINISTRATOR", "BLOCK", "SKIP", "SUPERIOR", "Asked", "Assignment", "policy", "resolve"]


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
    roles: dict[str, list[str]] = field(default_factory=dict)  # as which groups a voter is asked
    changes: tuple[Change, ...] = ()  # who is asked instead of whom
    lacking: tuple[Change, ...] = ()  # whose place nobody can take

    @property
    def nobody(self) -> bool:
        """Say whether nobody at all is asked."""
        return self.assignee is None and not self.voters and (self.empty or not self.candidates)


def resolve(asked: Asked) -> Assignment:
    """Resolve a user task's settings to people and groups; people who have left or are excluded do not appear.

    Raises `Invalid` or what the evaluation raises where a setting does not give what it should.
    """
    found = _represented(asked, _vote(asked) if "ballot" in asked.settings else _single(asked))
    return _represented(asked, _instead(asked, found)) if found.nobody else found


def _single(asked: Asked) -> Assignment:
    wanted, excluded, connection = asked.wanted, asked.excluded, asked.connection
    people = listed(asked, "assignee", wanted.get("assignee")) + superiors(asked)
    assignee = _first(asked, excluded, people) or _least_loaded(asked, excluded, wanted.get("leastLoaded"))
    if assignee is not None:
        return Assignment(assignee)
    groups = listed(asked, "candidateGroups", wanted.get("candidateGroups"))
    named = without(listed(asked, "candidateUsers", wanted.get("candidateUsers")), excluded)
    users = identity.active(connection, named)
    if not groups and not users and asked.lane and not wanted.get("assignee"):
        groups = [identity.group_called(connection, asked.lane) or asked.lane]
    members = set(identity.members(connection, *groups)) if excluded else set()
    empty = bool(groups) and not users and not (members - excluded if excluded else identity.has_members(connection, *groups))
    if (not users and not groups or empty) and (stands_in := _for_the_excluded(asked, excluded, people)):
        return stands_in
    kept_out = [(candidates.EXCLUDED, login) for login in sorted(members & excluded)]
    offered = [("group", key) for key in groups] + [("person", login) for login in users]
    return Assignment(None, tuple(offered + kept_out if offered else ()), empty=empty)


def _for_the_excluded(asked: Asked, excluded: set[str], people: list[str]) -> Assignment | None:
    """Where four eyes keeps out the person who was meant, their deputy or the next superior is asked."""
    meant = next((login for login in people if login in excluded), None)
    to = electorates.successor(asked, meant, excluded) if meant else None
    return Assignment(to, changes=(Change(meant, to, FOUR_EYES),)) if meant and to else None


def _vote(asked: Asked) -> Assignment:
    found = electorates.elect(asked)
    if found.lacking:
        return Assignment(lacking=tuple(found.lacking))
    return Assignment(voters=tuple(found.voters), weights=found.weights, roles=found.roles, changes=tuple(found.changes))


def _least_loaded(asked: Asked, excluded: set[str], setting: str | None) -> str | None:
    """Return the member of these groups (departments, roles, skills) with the least open work; of equals the first by login."""
    members = without(identity.members(asked.connection, *listed(asked, "leastLoaded", setting)), excluded)
    return min(members, key=lambda login: (holdings.load_of(asked.connection, login), login), default=None)


def _represented(asked: Asked, found: Assignment) -> Assignment:
    if asked.at is None:
        return found
    offered = [name for kind, name in found.candidates if kind == "person"]
    meant = [found.assignee] if found.assignee else [*found.voters, *offered]
    excluded = asked.excluded
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
    names = tuple(dict.fromkeys((kind, acting.get(name, name) if kind == "person" else name) for kind, name in found.candidates))
    weights: dict[str, Any] = {}
    for login, weight in found.weights.items():  # who acts for several has one ballot, as heavy as theirs together
        weights[acting[login]] = weights.get(acting[login], 0) + weight
    voters = tuple(dict.fromkeys(acting[login] for login in found.voters))
    return replace(found, voters=voters, candidates=names, weights=weights, behalf=behalf)


def _instead(asked: Asked, nobody: Assignment) -> Assignment:
    """Return who is asked where nobody is left: the administrators, or the superior of whom was meant (else of the initiator)."""
    wanted = policy(asked.settings)
    if any(change.why == electorates.TOO_FEW for change in nobody.lacking) and wanted != SKIP:
        return replace(nobody, instead=wanted)  # those whom the policy names are not enough either
    if wanted == ADMINISTRATOR:
        people = without(identity.members(asked.connection, "admin"), asked.excluded)
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
    settings = asked.settings.get("ballot", {}).get("voters") or asked.wanted.get("assignee")
    meant = [*listed(asked, "assignee", settings), *([asked.initiator] if asked.initiator else [])]
    return [above for login in meant if (above := identity.superior_of(asked.connection, login)) and above not in asked.excluded]


def _first(asked: Asked, excluded: set[str], logins: Iterable[str]) -> str | None:
    return next(iter(identity.active(asked.connection, without(logins, excluded))), None)
