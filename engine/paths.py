"""The way an instance took through its diagram, read off its history: how often it was where, where it stands, step by step."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

ENTER, LEAVE, CANCEL, FLOW, TROUBLE, MENDED = "enter", "leave", "cancel", "flow", "trouble", "mended"
ACTS = {
    "activity_entered": ENTER, "activity_completed": LEAVE, "activity_cancelled": CANCEL, "flow_taken": FLOW,
    "incident_opened": TROUBLE, "uncaught_error": TROUBLE, "uncaught_escalation": TROUBLE, "incident_resolved": MENDED,
}


@dataclass(frozen=True)
class Path:
    """How often every element and flow was passed, and the elements where the instance stands, was cut off, or is in trouble."""

    visits: dict[str, int] = field(default_factory=dict)
    flows: dict[str, int] = field(default_factory=dict)
    current: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)


def steps(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what each event does on the diagram: sequence, act ("" where nothing), element, activity, flow."""
    return [_step(event, ACTS.get(event["kind"], "")) for event in events]


def path(events: Iterable[Mapping[str, Any]]) -> Path:
    """Return the way taken up to the last of these events."""
    visits, flows, standing = Counter[str](), Counter[str](), dict[Any, str]()
    cut, trouble = set[str](), set[str]()
    for step in steps(events):
        element, act = step["element"], step["act"]
        if act == FLOW:
            flows[step["flow"]] += 1
        elif act == ENTER:
            visits[element] += 1
            standing[step["activity"]] = element
            cut.discard(element)
        elif act in (LEAVE, CANCEL):
            standing.pop(step["activity"], None)
            cut.update({element} if act == CANCEL else ())
        elif act in (TROUBLE, MENDED):
            (trouble.add if act == TROUBLE else trouble.discard)(element)
    current = list(dict.fromkeys(standing.values()))
    return Path(dict(visits), dict(flows), current, sorted(cut - set(current)), sorted(trouble - {None}))


def _step(event: Mapping[str, Any], act: str) -> dict[str, Any]:
    element = event["element_id"]
    drawn = {"element": None, "flow": element} if act == FLOW else {"element": element, "flow": None}
    return {"sequence": event["sequence"], "act": act, "activity": event["activity_id"], **drawn}
