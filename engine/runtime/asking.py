"""What a user task needs to be opened: who is asked and until when. A setting that fails is an incident at the step, not a refusal.

Whoever did the step before has done their own work: it stays done. So a setting that cannot be evaluated, or gives what it should not,
opens the task without what it was to say, and an incident tells the element, the expression, the value and what was expected.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection

from kesu.engine import due_dates, electorates, incidents, moments, spiff
from kesu.engine.assignments import Asked, Assignment, resolve
from kesu.engine.deadlines import DeadlineRequest, Due
from kesu.engine.deadlines import current as deadlines
from kesu.engine.errors import Failed, Rejected
from kesu.engine.history import Event
from kesu.engine.identity import SYSTEM

if TYPE_CHECKING:
    from kesu.engine.runtime.steps import Step

T = TypeVar("T")
WRONG = (Rejected, Failed, ValueError, TypeError, ArithmeticError, LookupError)
NOBODY = "Nobody can do {name}: its assignment names nobody who is active."
LACKING = {
    electorates.FOUR_EYES: "{of} did what this step has to check (four eyes), and nobody above them can vote instead",
    electorates.LEFT: "{of} is not active, and nobody can vote instead",
    electorates.EMPTY: "{of} has no active members",
    electorates.TOO_FEW: "the vote could never pass: more votes are needed than people are asked ({of})",
}


@dataclass
class Question:
    """Who is asked and until when, with what went wrong in finding that out."""

    assignment: Assignment = field(default_factory=Assignment)
    due: Due = field(default_factory=lambda: Due(None))
    faults: list[str] = field(default_factory=list)

    def tried(self, work: Callable[[], T], otherwise: T) -> T:
        """Return what the work gives; where it fails, keep the reason and return the other."""
        try:
            return work()
        except WRONG as reason:
            self.faults.append(str(reason) or type(reason).__name__)
            return otherwise


def question(step: Step, wait: spiff.Wait) -> Question:
    """Return who is asked at a waiting user task, and until when."""
    setting = step.package.model.elements[wait.element_id].settings.get("deadline", {})
    found = Question()
    found.assignment = found.tried(lambda: resolve(asking(step, wait)), Assignment())
    found.due = found.tried(lambda: due(step, wait, setting), Due(None))
    return found


def asking(step: Step, wait: spiff.Wait) -> Asked:
    """Return the question who is asked at a waiting user task."""
    element = step.package.model.elements[wait.element_id]
    return Asked(step.connection, step.instance_id, element.settings, element.lane,
                 lambda text: step.run.evaluate(wait.activity_id, text), tuple(step.acted), step.initiator,
                 step.package.definition.key, step.now)


def due(step: Step, wait: spiff.Wait, setting: dict[str, Any]) -> Due:
    """Return when waiting work is due by its deadline. Raises what `WRONG` names where the deadline is none."""
    if not setting:
        return Due(None)
    variables, duration = step.run.variables(wait.activity_id), setting.get("duration")
    request = DeadlineRequest(step.business_key, setting.get("kind") or wait.element_id, wait.element_id, duration, variables,
                              step.now, lambda decision, context: step.host.decide(decision, context)[0])
    if setting.get("due"):
        return Due(_due_at(step, wait, str(setting["due"]), request))
    if duration:
        moments.duration(str(duration), f"{wait.element_id}, duration")
    found = deadlines().due(step.connection, request)
    if found.name is None:
        return found
    name = f"{found.name}#{wait.detail.get('instance') or ''}"
    return replace(found, name=name, at=due_dates.known(step.connection, step.instance_id, name) or found.at)


def incident(step: Step, wait: spiff.Wait, found: Question) -> tuple[str, str] | None:
    """Return the kind and the words of the incident that an opened task needs; None where somebody has it and all is well."""
    element = step.package.model.elements[wait.element_id]
    name = element.name or element.id
    if found.faults:
        return incidents.SETTING, f"{name}: " + " ".join(found.faults)
    if not found.assignment.nobody:
        return None
    lacking = "; ".join(LACKING[change.why].format(of=change.of) for change in found.assignment.lacking)
    return incidents.NOBODY, f"Nobody can do {name}: {lacking}." if lacking else NOBODY.format(name=name)


def tell(step: Step, wait: spiff.Wait, assignment: Assignment) -> None:
    """Say in the history who was asked instead of whom."""
    for change in assignment.changes:
        step.events.append(Event("vote_reassigned", SYSTEM, step.now, wait.element_id, wait.activity_id,
                                 details={"from": change.of, "to": change.to, "why": change.why}))
    if assignment.instead or assignment.behalf:
        step.events.append(Event("assigned", SYSTEM, step.now, wait.element_id, wait.activity_id,
                                 details={"instead": assignment.instead, "behalf": assignment.behalf}))


def raising(step: Step, wait: spiff.Wait | spiff.Happening, kind: str, words: str) -> Callable[[Connection, int], None]:
    """Return the write that opens an incident at a waiting step, and tell it."""
    step.events.append(Event("incident_opened", SYSTEM, step.now, wait.element_id, wait.activity_id, words[:500], details={"kind": kind}))
    columns = {"kind": kind, "definition_key": step.package.definition.key, "business_key": step.business_key,
               "element_id": wait.element_id, "activity_id": wait.activity_id, "opened_at": step.now, "message": words[:2000]}
    return lambda connection, instance_id: incidents.open_incident(connection, instance_id=instance_id, **columns)


def _due_at(step: Step, wait: spiff.Wait, text: str, request: DeadlineRequest) -> datetime:
    value = step.run.evaluate(wait.activity_id, text) if text.startswith("=") else text

    def end_of_work(day: date) -> datetime:
        return deadlines().end_of_work(step.connection, replace(request, now=step.host.now()), day)  # in the company's zone

    zone = deadlines().zone(step.connection, request) or step.host.now().tzinfo or UTC
    return moments.due(value, now=step.now, zone=zone, end_of_work=end_of_work, setting=f"{wait.element_id}, due", expression=text)
