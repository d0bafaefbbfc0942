"""Who votes: the people named, and for each department its head, for any other group all of its members.

Nobody's place is lost silently. Whom four eyes keeps out or who has left is represented by their standing deputy, else by the next
superior who may; each such change is told (`vote_reassigned`). Where nobody remains, or fewer are asked than have to say yes, the
node's policy for nobody holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kesu.engine import deputies, identity, tallies
from kesu.engine.askings import ADMINISTRATOR, SKIP, SUPERIOR, Asked, ladder, listed, policy, superiors, without
from kesu.engine.errors import Invalid, sentence

FOUR_EYES, LEFT, EMPTY, TOO_FEW = "four_eyes", "left", "nobody_there", "too_few"


@dataclass(frozen=True)
class Change:
    """One place in a vote that somebody else takes: whose it was (a login or a group), who is asked (None: nobody), and why."""

    of: str
    to: str | None
    why: str


@dataclass
class Electorate:
    """The voters of a round. `roles` says as which groups somebody is asked; `lacking` which places nobody can take."""

    voters: list[str] = field(default_factory=list)
    roles: dict[str, list[str]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    lacking: list[Change] = field(default_factory=list)
    weights: dict[str, Any] = field(default_factory=dict)

    def seat(self, login: str, key: str | None = None) -> None:
        """Ask somebody, by name or as one of a group; one person is asked once."""
        if login not in self.voters:
            self.voters.append(login)
        if key is not None:
            self.roles.setdefault(login, []).append(key)


def elect(asked: Asked) -> Electorate:
    """Return who votes; nobody where a place stays empty or the vote could never pass. Raises `Invalid` for bad weights."""
    found = Electorate()
    named = listed(asked, "voters", asked.settings["ballot"].get("voters")) + superiors(asked)
    groups = listed(asked, "groups", asked.settings["ballot"].get("groups"))
    excluded = asked.excluded
    present = set(identity.active(asked.connection, named))
    vacant = [Change(login, None, FOUR_EYES if login in present else LEFT) for login in named if login in excluded or login not in present]
    for login in without(named, {change.of for change in vacant}):
        found.seat(login)
    for key in groups:
        vacant += _of_group(asked, found, key, excluded)
    for change in vacant:
        _fill(asked, found, change, excluded)
    found.weights = _weights(asked, found.voters)
    if not found.lacking and found.voters and not _can_pass(asked, found):
        _enlarge(asked, found, excluded)
    return found


def successor(asked: Asked, login: str, excluded: set[str]) -> str | None:
    """Return who takes somebody's place: their standing deputy, else the next superior; None where nobody may."""
    deputy = deputies.acting(asked.connection, login, asked.definition_key, asked.at) if asked.at else login
    order = [*([deputy] if deputy != login else []), *ladder(asked.connection, login)]
    return next(iter(without(identity.active(asked.connection, order), excluded)), None)


def more(asked: Asked, voters: Sequence[str]) -> list[str]:
    """Return whom the policy for nobody names beside too few voters: the administrators, or the superiors of those asked."""
    if policy(asked.settings) == ADMINISTRATOR:
        return identity.members(asked.connection, "admin")
    if policy(asked.settings) == SUPERIOR:
        return identity.active(asked.connection, [above for login in voters for above in ladder(asked.connection, login)])
    return []


def _of_group(asked: Asked, found: Electorate, key: str, excluded: set[str]) -> list[Change]:
    """Seat a group, its head or else its members; return the places that stay empty."""
    head = identity.head_of(asked.connection, key)
    people = [head] if head else identity.members(asked.connection, key)
    left = without(people, excluded)
    for login in left:
        found.seat(login, key)
    return [] if left else [Change(people[0] if people else key, None, FOUR_EYES if people else EMPTY)]


def _fill(asked: Asked, found: Electorate, vacant: Change, excluded: set[str]) -> None:
    """Let somebody else take a place, rather one who is not asked yet."""
    to = successor(asked, vacant.of, excluded | set(found.voters)) or successor(asked, vacant.of, excluded)
    if to is None and policy(asked.settings) == SUPERIOR and asked.initiator:
        to = successor(asked, asked.initiator, excluded)
    if to is None and policy(asked.settings) == ADMINISTRATOR:
        to = next(iter(without(identity.members(asked.connection, "admin"), excluded)), None)
    if to is not None:
        found.seat(to)
    if to is not None or policy(asked.settings) == SKIP:
        found.changes.append(Change(vacant.of, to, vacant.why))
    else:
        found.lacking.append(vacant)


def _enlarge(asked: Asked, found: Electorate, excluded: set[str]) -> None:
    """Ask more people by the policy for nobody, until the vote can pass; where it still cannot, a place is lacking."""
    for login in without(more(asked, found.voters), excluded | set(found.voters)):
        found.seat(login)
        found.weights[login] = 1
        found.changes.append(Change("", login, TOO_FEW))
        if _can_pass(asked, found):
            return
    found.lacking.append(Change(", ".join(found.voters), None, TOO_FEW))


def _can_pass(asked: Asked, found: Electorate) -> bool:
    return tallies.can_pass(tallies.rule(asked.settings["ballot"]), [found.weights[login] for login in found.voters])


def _weights(asked: Asked, voters: Sequence[str]) -> dict[str, Any]:
    """Return the weight of each voter, one where the diagram names none. Raises `Invalid` for what is no weight, or none at all together."""
    setting = asked.settings["ballot"].get("weights")
    named = (asked.evaluate(setting) if setting else None) or {}
    if not isinstance(named, Mapping):
        raise Invalid(sentence("{setting}: expected weights by login, such as {{ada: 2, bo: 1}}, but {expression} gave {value}."),
                      setting="weights", expression=str(setting)[:200], value=str(named)[:100])
    weights = {login: named.get(login, 1) for login in voters}
    for login, weight in weights.items():
        tallies.check_weight(weight, login)
    if weights and not any(weights.values()):
        raise Invalid(sentence("Expected at least one weight above 0 among those of {who}."), who=", ".join(weights))
    return weights
