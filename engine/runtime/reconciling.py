"""From what a run waits for to rows: new waits become user tasks, timers, jobs and subscriptions, gone ones are cancelled.

The run is the truth and the rows follow it. `book` remembers what the last command left waiting, so nothing has to be looked up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from kesu.engine import ballots, due_dates, incidents, jobs, messages, moments, service_tasks, spiff, timers, user_tasks, values
from kesu.engine.assignments import Assignment
from kesu.engine.deadlines import Due
from kesu.engine.history import Event
from kesu.engine.resources import FORM
from kesu.engine.runtime import chains, policies, standstills, undecided
from kesu.engine.runtime.asking import Question, incident, question, raising, tell
from kesu.engine.runtime.asking import due as due_of

if TYPE_CHECKING:
    from kesu.engine.runtime.steps import Step

DECISION = "decision"  # the variable of an outcome where the diagram names none but the form is for deciding
ROLES = "asked_as"  # in the settings of a task: as which groups each voter is asked
PRIORITIES, USUAL_PRIORITY = ("1", "2", "3", "4", "5"), 3
RowWrite = Callable[[Connection, int], None]
TOLD = {"entered": "activity_entered", "completed": "activity_completed", "cancelled": "activity_cancelled", "flow": "flow_taken",
        "decided": "decision_made", "thrown": "event_thrown", "uncaught_error": "uncaught_error", "uncaught_escalation": "uncaught_escalation"}


@dataclass
class Rows:
    """The rows that one command changes, and the book for the next."""

    book: dict[str, Any]
    writes: list[RowWrite] = field(default_factory=list)
    at_once: bool = False  # a service task was left that is done right after the command

    def write(self, connection: Connection, instance_id: int) -> None:
        """Write them, inside the command's transaction."""
        for write in self.writes:
            write(connection, instance_id)


def reconcile(step: Step) -> Rows:
    """Compare what the run waits for with the book, and collect the rows and events that follow."""
    waits = {} if step.abandoned else {wait.activity_id: wait for wait in step.run.waits()}
    signatures = {activity_id: _signature(wait) for activity_id, wait in waits.items()}
    before = step.book["waits"]
    gone = [activity_id for activity_id, signature in before.items() if signatures.get(activity_id) != signature]
    fresh = [wait for activity_id, wait in waits.items() if before.get(activity_id) != signatures[activity_id]]
    resumes = {activity_id: wanted for activity_id, wanted in step.book.get("resume", {}).items() if activity_id in signatures}
    rows = Rows({"waits": signatures, "rounds": dict(step.book["rounds"]), **({"resume": resumes} if resumes else {}),
                 **({"subject": step.book["subject"]} if "subject" in step.book else {}), **chains.kept(step)})
    _tell(step)
    _cancel(step, rows, gone)
    for wait in fresh:
        _OPENERS[wait.kind](step, rows, wait)
    _throw(step, rows)
    if not waits or "stuck" in step.book:
        rows.writes += standstills.note(step, rows.book)
    rows.writes += undecided.note(step, rows.book)
    return rows


def _signature(wait: spiff.Wait) -> str:
    return f"{wait.kind} {wait.detail['due_at'].isoformat()}" if wait.kind == "timer" else wait.kind


def _tell(step: Step) -> None:
    for happening in step.run.happenings:
        if happening.kind not in TOLD:  # its incident tells
            continue
        details = values.plain(dict(happening.detail))
        step.events.append(Event(TOLD[happening.kind], step.actor, step.now, happening.element_id, happening.activity_id, details=details))


def _cancel(step: Step, rows: Rows, gone: list[str]) -> None:
    if not gone:
        return
    actor, now = step.actor, step.now
    kinds = {step.book["waits"][activity_id].split(" ")[0] for activity_id in gone}

    def write(connection: Connection, instance_id: int) -> None:
        if "user_task" in kinds:
            ballots.void_open(connection, user_tasks.cancel(connection, instance_id, gone, actor=actor, at=now))
        if kinds & {"timer", "user_task"}:
            timers.cancel(connection, instance_id, gone)
        if "service" in kinds:
            jobs.cancel(connection, instance_id, gone, now)
            incidents.drop_of(connection, instance_id, gone, now)
        if kinds & {"message", "signal"}:
            messages.unsubscribe(connection, instance_id, gone)

    rows.writes.append(write)


def _open_user_task(step: Step, rows: Rows, wait: spiff.Wait) -> None:
    setting = step.package.model.elements[wait.element_id].settings.get("deadline", {})
    found = question(step, wait)
    assignment, due = found.assignment, found.due
    columns = task_columns(step, wait)
    columns |= {
        "round": next_round(rows.book, wait.element_id), "due_at": due.at,
        "state": user_tasks.CLAIMED if assignment.assignee else user_tasks.CREATED, "assignee": assignment.assignee,
        "on_behalf_of": assignment.behalf.get(assignment.assignee or ""),
    }
    if assignment.roles:
        columns["settings"][ROLES] = assignment.roles
    arming = found.tried(lambda: policies.arming(step, wait, setting, due), None)
    rows.writes.append(_task_writer(step, columns, assignment, due))
    rows.writes += [arming] if arming else []
    standing = incident(step, wait, found)
    rows.writes += [raising(step, wait, *standing)] if standing else []
    tell(step, wait, assignment)


def task_columns(step: Step, wait: spiff.Wait) -> dict[str, Any]:
    """Return the columns of a user task that do not depend on who is asked."""
    element = step.package.model.elements[wait.element_id]
    return {
        "activity_id": wait.activity_id, "element_id": wait.element_id, "definition_key": step.package.definition.key,
        "business_key": step.business_key, "name": element.name or element.id, "name_en": element.name_en or element.name or element.id,
        "priority": _priority(step, wait), "created_at": step.now, "form_key": element.settings.get("form", {}).get("key"),
        "settings": _settings(step, element),
    }


def _settings(step: Step, element: spiff.Element) -> dict[str, Any]:
    """Return what the diagram says of a step; a form for approving and rejecting has an outcome though the step names no variable."""
    form = element.settings.get("form", {}).get("key")
    if form in step.package.pins[FORM] and "outcome" not in element.settings and step.package.form(form).decides:
        return {**element.settings, "outcome": {"variable": DECISION}}
    return dict(element.settings)


def next_round(book: dict[str, Any], element_id: str) -> int:
    """Count a new round of a node; numbers are never used again."""
    number = book["rounds"][element_id] = int(book["rounds"].get(element_id, 0)) + 1
    return number


def _task_writer(step: Step, columns: dict[str, Any], assignment: Assignment, due: Due) -> RowWrite:
    ballot = columns["settings"].get("ballot")
    now = step.now

    def write(connection: Connection, instance_id: int) -> None:
        task_id = user_tasks.insert(connection, {"instance_id": instance_id, **columns}, assignment.candidates)
        for each in due.writes:
            each(connection)
        if due.name is not None and due.at is not None:
            due_dates.keep(connection, instance_id, due.name, started_at=now, due_at=due.at)
        if ballot and assignment.voters:
            in_turn = ballot.get("mode") == "in_turn"
            seats = ballots.seats(assignment.voters, weights=assignment.weights, in_turn=in_turn, behalf=assignment.behalf)
            ballots.hand_out(connection, task_id, seats)

    return write


def _priority(step: Step, wait: spiff.Wait) -> int:
    priority = str(step.run.variables(wait.activity_id).get("priority"))
    return int(priority) if priority in PRIORITIES else USUAL_PRIORITY


def _open_timer(step: Step, rows: Rows, wait: spiff.Wait) -> None:
    setting = step.package.model.elements[wait.element_id].settings.get("deadline", {})
    found = Question()
    due = found.due = found.tried(lambda: due_of(step, wait, setting), Due(None))
    before = found.tried(lambda: moments.duration(setting.get("before") or "PT0S", "before"), timedelta(0))
    at = wait.detail["due_at"] if due.at is None else due.at - before
    standing = incident(step, wait, found) if found.faults else None
    rows.writes += [raising(step, wait, *standing)] if standing else []
    row = {"activity_id": wait.activity_id, "element_id": wait.element_id, "due_at": at}
    # Only what stands beside an activity is a mark; an event on the way must go off each time, or the token would never leave it.
    mark = policies.mark(due, wait, "timer") if due.at is not None and "interrupting" in wait.detail else None

    def write(connection: Connection, instance_id: int) -> None:
        for each in due.writes:
            each(connection)
        if due.name is not None and due.at is not None:
            due_dates.keep(connection, instance_id, due.name, started_at=step.now, due_at=due.at)
        if mark is None or not due_dates.fired(connection, instance_id, mark):
            timers.arm(connection, [{"instance_id": instance_id, "mark": mark, **row}])

    rows.writes.append(write)


def _open_service(step: Step, rows: Rows, wait: spiff.Wait) -> None:
    topic, number = wait.detail["topic"], rows.book["rounds"].get(wait.activity_id, 0) + 1
    rows.book["rounds"][wait.activity_id] = number
    known = service_tasks.registry()
    attempts = wait.detail.get("retries") or (known.find(topic).attempts if topic in known else 1)
    payload = {"parameters": values.plain(wait.detail["parameters"])}
    rows.at_once = rows.at_once or service_tasks.is_at_once(topic)

    def write(connection: Connection, instance_id: int) -> None:
        jobs.enqueue(connection, topic, payload, key=f"{instance_id}/{wait.activity_id}/{number}", run_at=step.now, attempts=int(attempts),
                     instance_id=instance_id, activity_id=wait.activity_id, element_id=wait.element_id)

    rows.writes.append(write)


def _open_subscription(step: Step, rows: Rows, wait: spiff.Wait) -> None:
    correlation = wait.detail.get("correlation") or {}

    def write(connection: Connection, instance_id: int) -> None:
        form = messages.canonical(correlation) if correlation else messages.own(step.business_key, instance_id)
        row = {"instance_id": instance_id, "activity_id": wait.activity_id, "element_id": wait.element_id, "kind": wait.kind,
               "name": wait.detail["name"], "correlation": form}
        messages.subscribe(connection, row, step.now)

    rows.writes.append(write)


def _open_nothing(step: Step, rows: Rows, wait: spiff.Wait) -> None:
    """A conditional event needs no row: it is looked at whenever the instance moves."""


_OPENERS: dict[str, Callable[[Step, Rows, spiff.Wait], None]] = {
    "user_task": _open_user_task, "timer": _open_timer, "service": _open_service, "message": _open_subscription,
    "signal": _open_subscription, "conditional": _open_nothing,
}


def _throw(step: Step, rows: Rows) -> None:
    for number, happening in enumerate(step.run.happenings):
        if happening.kind == "thrown" and happening.detail.get("kind") in ("message", "signal"):
            too_deep = chains.is_too_deep(step)
            rows.writes.append(chains.incident(step, happening) if too_deep else _delivery(step, happening, number))
        elif happening.kind in ("uncaught_error", "uncaught_escalation"):
            rows.writes.append(_incident(step, happening))
        elif happening.kind == "setting_failed":
            rows.writes.append(raising(step, happening, incidents.SETTING, str(happening.detail["reason"])))


def _delivery(step: Step, happening: spiff.Happening, number: int) -> RowWrite:
    detail = values.plain(dict(happening.detail))
    topic = "kesu.deliver_message" if detail["kind"] == "message" else "kesu.broadcast_signal"
    version, depth = step.instance.version if step.instance else 0, chains.depth_of(step)

    def write(connection: Connection, instance_id: int) -> None:
        payload = {"from": instance_id, "depth": depth, **detail}
        key = f"{instance_id}/{happening.activity_id}/{version}/{number}/thrown"
        jobs.enqueue(connection, topic, payload, key=key, run_at=step.now, element_id=happening.element_id)

    return write


def _incident(step: Step, happening: spiff.Happening) -> RowWrite:
    key, business_key, now = step.package.definition.key, step.business_key, step.now
    code = happening.detail.get("code")

    def write(connection: Connection, instance_id: int) -> None:
        incidents.open_incident(connection, kind=happening.kind, instance_id=instance_id, definition_key=key, business_key=business_key,
                                element_id=happening.element_id, activity_id=happening.activity_id, opened_at=now,
                                message=f"{happening.element_id} threw {code or 'an event without a code'}, and nothing in the diagram catches it.")

    return write
