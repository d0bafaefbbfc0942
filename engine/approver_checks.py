"""Before publishing: is there a step that nobody can ever approve? Asked of the people, roles and groups as they are now.

Refused (an error) is an approval, a decision or a vote whose emptiness the diagram itself brings about: it names nobody, only people who
have left or never were, more votes than voters, or by four eyes always excludes the one person it names. Only warned about is what
may change without the diagram: a group that has no members at the moment, names in a step that is no approval (an administrator can
still do it), and all of it while nobody but administrators has been entered yet. What is worked out at run time (FEEL, the initiator's
department) cannot be known here and is left to the policy at entry; the same holds where that policy is to skip or to ask somebody else.
A yes that stands for the same approver's later step does not help: whom four eyes excludes has nothing to repeat.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from kesu.engine import spiff, tallies
from kesu.engine.errors import sentence
from kesu.engine.rosters import Roster
from kesu.engine.spiff import Element, Problem, constants

NAMES_NOBODY = sentence("{element}: nobody is asked in this vote. Name voters, departments or roles.")
NEVER = sentence("{element}: nobody can ever approve this step: {names} is nobody who works here. Name others, or choose what happens where there is "
                 "nobody.")
FOUR_EYES = sentence("{element}: nobody can ever approve this step: only {who} may, and always does {other}, which four eyes keeps apart.")
TOO_FEW = sentence("{element}: this vote can never pass: it needs {needed} votes, and only {count} people are asked.")
FOR_NOW = sentence("{element}: for now nobody can do this step: {names} has no active members.")
UNKNOWN = sentence("{element}: {names} is no person, department or role that works here.")
MAYBE = sentence("{element}: where {who} does {other}, nobody is left for this step (four eyes).")
NOBODY_ASKED = sentence(
    "{element}: who does this? Nobody is named, and no lane names a department, so it would lie where nobody looks. "
    "Name people, departments or roles, or draw it in a lane that is called like a department."
)
NEVER_MEANT = sentence(
    "{element}: nobody can ever approve this step: {names} is nobody who works here. Is {meant} meant?"
)
UNKNOWN_MEANT = sentence("{element}: {names} is no person, department or role that works here. Is {meant} meant?")
MEANT = {NEVER: NEVER_MEANT, UNKNOWN: UNKNOWN_MEANT}
HUMAN = ("userTask", "manualTask", "task")
ASKS_SOMEBODY = ("administrator", "superior", "skip")  # policies that leave no step without anybody


@dataclass
class Prospects:
    """Who can be asked in a step: `people` now, those of them who are `named` themselves, `unknown` names, groups that are `empty` now.

    `open` says that only a run will tell.
    """

    people: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    open: bool = False


def problems(connection: Connection, xml: bytes) -> list[Problem]:
    """Return what speaks against the approvals of a diagram: each with its element, its rule and a sentence."""
    steps = {element.id: element for element in spiff.elements(xml) if element.kind in HUMAN}
    roster = Roster(connection)
    prospects = {key: _prospects(roster, element) for key, element in steps.items()}
    severity = "error" if roster.is_furnished else "warning"
    found = [problem for key, element in steps.items() for problem in _of_step(element, steps, prospects, severity)]
    return [_meant(problem, roster) for problem in found]


def _of_step(element: Element, steps: Mapping[str, Element], prospects: Mapping[str, Prospects], severity: str) -> list[Problem]:
    return [] if _is_badly_counted(element) else _asked(element, steps, prospects, severity)


def _asked(element: Element, steps: Mapping[str, Element], prospects: Mapping[str, Prospects], severity: str) -> list[Problem]:
    own, names = prospects[element.id], {"element": element.name or element.id}
    approves = "ballot" in element.settings or "outcome" in element.settings
    asks_somebody = element.settings.get("assignment", {}).get("ifNobody") in ASKS_SOMEBODY
    if own.open or own.people or own.empty or asks_somebody:
        found = [Problem(element.id, "unknown_names", UNKNOWN, {**names, "names": ", ".join(own.unknown)}, "warning")] if own.unknown else []
        if own.empty and not (own.open or own.people or asks_somebody):
            found.append(Problem(element.id, "nobody_now", FOR_NOW, {**names, "names": ", ".join(own.empty)}, "warning"))
        return found + _too_few(element, own, names, severity) + ([] if asks_somebody else _four_eyes(element, own, steps, prospects, severity))
    if not own.unknown:
        return [_names_nobody(element, names, severity if approves else "warning")]
    if not approves:
        return [Problem(element.id, "unknown_names", UNKNOWN, {**names, "names": ", ".join(own.unknown)}, "warning")]
    return [Problem(element.id, "nobody_can_approve", NEVER, {**names, "names": ", ".join(own.unknown)}, severity)]


def _names_nobody(element: Element, names: dict[str, Any], severity: str) -> Problem:
    if "ballot" in element.settings:
        return Problem(element.id, "names_nobody", NAMES_NOBODY, names, severity)
    return Problem(element.id, "nobody_asked", NOBODY_ASKED, names, severity)


def _meant(problem: Problem, roster: Roster) -> Problem:
    """Add who was probably meant by a name that is nobody's."""
    better = MEANT.get(problem.message)
    name = str(problem.values.get("names", ""))
    meant = spiff.closest(name, roster.names) if better is not None and "," not in name else None
    if meant is None or better is None:
        return problem
    return replace(problem, message=better, values={**problem.values, "meant": meant})


def _four_eyes(element: Element, own: Prospects, steps: Mapping[str, Element], prospects: Mapping[str, Prospects], severity: str) -> list[Problem]:
    """Say so where the only person of a step is kept out by having done another."""
    if own.open or len(own.people) != 1:
        return []
    [who] = own.people
    found = []
    for key in _listed(element.settings.get("assignment", {}).get("fourEyes")):
        other = prospects.get(key)
        if other is None or other.open or who not in other.people:
            continue
        always = own.named == other.named == {who} and len(other.people) == 1 and not other.empty and not own.empty
        told = {"element": element.name or element.id, "who": who, "other": steps[key].name or key}
        found.append(Problem(element.id, "four_eyes", FOUR_EYES if always else MAYBE, told, severity if always else "warning"))
    return found


def _too_few(element: Element, own: Prospects, names: dict[str, Any], severity: str) -> list[Problem]:
    ballot = element.settings.get("ballot", {})
    needed = str(ballot.get("threshold", ""))
    if ballot.get("mode") != "count" or not needed.isdigit() or own.open or own.empty or ballot.get("groups") or int(needed) <= len(own.people):
        return []
    return [Problem(element.id, "too_few_voters", TOO_FEW, {**names, "needed": needed, "count": len(own.people)}, severity)]


def _prospects(roster: Roster, element: Element) -> Prospects:
    wanted, ballot = element.settings.get("assignment", {}), element.settings.get("ballot", {})
    people = [ballot.get("voters")] if ballot else [wanted.get("assignee"), wanted.get("candidateUsers")]
    groups = [ballot.get("groups")] if ballot else [wanted.get("candidateGroups"), wanted.get("leastLoaded")]
    known = Prospects(open=_is_worked_out(wanted, [*people, *groups, wanted.get("headOf")]))
    for login in [name for setting in people for name in _listed(setting)]:
        present = [login] if login in roster.active else []
        known.named.update(present)
        _add(known, present, [login], known.unknown)
    for key in [name for setting in groups for name in _listed(setting)]:
        head = roster.head(key) if ballot else None  # a vote asks the head of a department for all of it
        _group(roster, known, key, [head] if head else roster.members(key))
    for key in _listed(wanted.get("headOf")):
        _group(roster, known, key, [head] if (head := roster.head(key)) else [])
    if not ballot and not any([*people, *groups, wanted.get("headOf"), known.open]):
        _lane(roster, element, known)
    return known


def _is_worked_out(wanted: Mapping[str, Any], settings: list[str | None]) -> bool:
    """Say whether only a run can tell who is asked."""
    relative = wanted.get("levelsUp") or str(wanted.get("initiatorsDepartment", "")).lower() == "true"
    return bool(relative) or any(str(setting or "").startswith("=") for setting in settings)


def _group(roster: Roster, known: Prospects, key: str, people: list[str]) -> None:
    _add(known, people, [key], known.empty if key in roster.groups else known.unknown)


def _lane(roster: Roster, element: Element, known: Prospects) -> None:
    """What names nobody is done by the department that its lane is called after."""
    called = roster.called(element.lane)
    if called is not None and called in roster.groups:
        _group(roster, known, called, roster.members(called))


def _is_badly_counted(element: Element) -> bool:
    """Say whether a vote cannot be counted by what the diagram says, which `spiff.validate` tells."""
    ballot = element.settings.get("ballot", {})
    mode, threshold = ballot.get("mode") or tallies.MODES[0], str(ballot.get("threshold") or "")
    if mode not in tallies.MODES:
        return True
    is_number = constants.is_number(threshold) and (mode == "count" or float(threshold) <= 100)
    return mode in ("percent", "count", "weighted") and bool(threshold) and not is_number


def _add(known: Prospects, people: list[str], names: list[str], otherwise: list[str]) -> None:
    known.people.update(people)
    if not people:
        otherwise.extend(names)


def _listed(setting: str | None) -> list[str]:
    return [] if not setting or setting.startswith("=") else [name.strip() for name in setting.split(",") if name.strip()]
