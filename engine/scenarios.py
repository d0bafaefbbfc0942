"""Scenarios: stories about a process, told in YAML, played on the real engine: who does what, when, and what must be true then.

The format is described in `processes/README.md`. Reading one checks its shape and names everything that does not hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from kesu.engine.errors import Invalid, sentence

VERBS = ("complete", "vote", "claim", "release", "move", "message", "signal", "advance", "retry", "skip", "suspend", "activate",
         "cancel", "terminate", "expect")
EXPECTATIONS = ("open", "state", "variables", "decisions", "visited", "not_visited", "candidates", "voters", "due", "incidents")
TOP = ("scenario", "about", "process", "at", "company", "start", "answers", "fails", "steps")
DEFAULT_START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a scenario, and where."""

    element: str
    message: str


@dataclass(frozen=True)
class Act:
    """One step of the story: a verb, what it is done to, how, and what is expected afterwards."""

    number: int
    verb: str
    subject: Any
    how: Mapping[str, Any] = field(default_factory=dict)
    expect: Mapping[str, Any] = field(default_factory=dict)
    refused: str | None = None

    @property
    def told(self) -> str:
        """Return the step as a line a person can read."""
        by = f" by {self.how['by']}" if "by" in self.how else ""
        return "expect" if self.verb == "expect" else f"{self.verb} {self.subject}{by}"


@dataclass(frozen=True)
class Scenario:
    """A story: where it begins, what the service tasks answer, what happens.

    `people` maps logins to their groups, `heads` departments to logins, `superiors` logins to logins. `answers` are the variables
    that a topic without a handler returns; `fails` says how often it fails before.
    """

    name: str
    about: str
    process: str
    at: datetime
    start: Mapping[str, Any]
    people: Mapping[str, Sequence[str]]
    heads: Mapping[str, str]
    superiors: Mapping[str, str]
    answers: Mapping[str, Mapping[str, Any]]
    fails: Mapping[str, int]
    acts: tuple[Act, ...]


def load(path: Path) -> Scenario:
    """Read a scenario from its file; a company named in it is a file beside it.

    Raises `Invalid`.
    """
    return read(path.read_text("utf-8"), lambda name: (path.parent / Path(name).name).read_text("utf-8"))


def read(text: str, company: Any = None) -> Scenario:
    """Read a scenario; `company(name)` gives the text of a company file that it names.

    Raises `Invalid` with everything that does not hold.
    """
    told = _mapping(text)
    problems = [Problem(key, f"unknown entry {key}; known are {', '.join(TOP)}") for key in told if key not in TOP]
    problems += [Problem(key, f"{key} is missing") for key in ("scenario", "process", "steps") if not told.get(key)]
    steps = told.get("steps") if isinstance(told.get("steps"), list) else []
    problems += [problem for number, step in enumerate(steps or [], 1) for problem in _step_problems(number, step)]
    if problems:
        raise Invalid(sentence("The scenario cannot be played: {count} entries do not hold. First: {first}"), problems,
                      count=len(problems), first=f"{problems[0].element}: {problems[0].message}")
    place = told.get("company") or {}
    place = _mapping(company(place)) if isinstance(place, str) and company else place
    return _scenario(told, place, tuple(_act(number, step) for number, step in enumerate(steps or [], 1)))


def _mapping(text: str) -> dict[str, Any]:
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        raise Invalid(sentence("Expected a scenario in YAML: {reason}"), reason=str(wrong)) from wrong
    if not isinstance(told, dict):
        raise Invalid(sentence("Expected a scenario in YAML: {reason}"), reason="the outermost thing is not a mapping")
    return told


def _step_problems(number: int, step: Any) -> list[Problem]:
    place = f"step {number}"
    if not isinstance(step, dict):
        return [Problem(place, "expected a mapping with one verb")]
    verbs = [key for key in step if key in VERBS and key != "expect"] or [key for key in step if key == "expect"]
    if len(verbs) != 1:
        return [Problem(place, f"expected one of the verbs {', '.join(VERBS)}, found {', '.join(map(str, step))}")]
    unknown = [key for key in step.get("expect") or {} if key not in EXPECTATIONS]
    return [Problem(place, f"unknown expectation {key}; known are {', '.join(EXPECTATIONS)}") for key in unknown]


def _act(number: int, step: dict[str, Any]) -> Act:
    verb = next((key for key in step if key in VERBS and key != "expect"), "expect")
    how = {key: value for key, value in step.items() if key not in (verb, "expect", "refused")}
    return Act(number, verb, None if verb == "expect" else step[verb], how, step.get("expect") or {}, step.get("refused"))


def _scenario(told: dict[str, Any], place: Mapping[str, Any], acts: tuple[Act, ...]) -> Scenario:
    at = told.get("at") or DEFAULT_START
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    people, heads, superiors = (place.get(name) or {} for name in ("people", "heads", "superiors"))
    return Scenario(told["scenario"], told.get("about", ""), told["process"], at, told.get("start") or {}, people, heads,
                    superiors, told.get("answers") or {}, told.get("fails") or {}, acts)
