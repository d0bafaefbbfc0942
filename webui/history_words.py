"""History in the reader's words: what an event says, by whom, where, with which values before and after."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, g
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import Connection, select

from kesu.engine.identity import CUSTOMER, SYSTEM, people
from kesu.engine.outlines import Label
from kesu.webui.context import database
from kesu.webui.languages import language

WORDS = {
    "instance_started": lazy_gettext("Case started"),
    "activity_entered": lazy_gettext("Reached"),
    "activity_completed": lazy_gettext("Left"),
    "activity_cancelled": lazy_gettext("Cut off"),
    "flow_taken": lazy_gettext("Connection taken"),
    "decision_made": lazy_gettext("Decided by table"),
    "event_thrown": lazy_gettext("Event thrown"),
    "task_claimed": lazy_gettext("Taken on"),
    "task_released": lazy_gettext("Given back"),
    "task_completed": lazy_gettext("Done"),
    "ballot_cast": lazy_gettext("Vote cast"),
    "reject": lazy_gettext("Rejected"),
    "take_back": lazy_gettext("Taken back"),
    "withdraw": lazy_gettext("Withdrawn"),
    "timer_fired": lazy_gettext("Time came"),
    "job_done": lazy_gettext("Carried out by the program"),
    "job_failed": lazy_gettext("Attempt failed"),
    "signal_received": lazy_gettext("Signal arrived"),
    "vote_reassigned": lazy_gettext("Asked instead of somebody"),
    "assigned": lazy_gettext("Given to a deputy or somebody instead"),
    "revoked": lazy_gettext("Revoked by another case"),
    "incident_opened": lazy_gettext("Incident: stands still"),
    "incident_resolved": lazy_gettext("Incident settled"),
    "uncaught_error": lazy_gettext("Error that nothing catches"),
    "uncaught_escalation": lazy_gettext("Escalation that nothing catches"),
    "case_corrected": lazy_gettext("Case corrected"),
    "variables_edited": lazy_gettext("Variables corrected"),
    "suspended": lazy_gettext("Suspended"),
    "activated": lazy_gettext("Activated again"),
    "cancelled": lazy_gettext("Cancelled"),
    "terminated": lazy_gettext("Terminated"),
    "timeout_policy": lazy_gettext("Time limit acts"),
    "message_received": lazy_gettext("Message arrived"),
    "instance_completed": lazy_gettext("Case ended"),
    "jump": lazy_gettext("Jumped"),
    "task_transferred": lazy_gettext("Passed on"),
    "task_delegated": lazy_gettext("Opinion asked for"),
    "opinion_given": lazy_gettext("Opinion given"),
    "sign_added": lazy_gettext("More people asked"),
    "sign_removed": lazy_gettext("Somebody taken out of the round"),
    "task_handed_over": lazy_gettext("Handed over"),
    "task_skipped": lazy_gettext("Skipped"),
    "copied": lazy_gettext("Copy sent"),
    "urged": lazy_gettext("Reminder sent"),
    "auto_approved": lazy_gettext("Approved without asking again"),
    "proposed": lazy_gettext("Proposed"),
    "proposal_reopened": lazy_gettext("Opened again because of a correction"),
    "resumed": lazy_gettext("Came straight back"),
    "resume_refused": lazy_gettext("Did not come straight back"),
}
DETAILS = {
    "topic": lazy_gettext("action"),
    "attempts": lazy_gettext("attempts"),
    "attempt": lazy_gettext("attempt"),
    "last": lazy_gettext("last attempt"),
    "act": lazy_gettext("what it does"),
    "kind": lazy_gettext("kind"),
    "name": lazy_gettext("name"),
    "part": lazy_gettext("part"),
    "due_at": lazy_gettext("due"),
    "from_department": lazy_gettext("from department"),
    "to_department": lazy_gettext("to department"),
    "error": lazy_gettext("error"),
}
ACTS = {
    "warn": lazy_gettext("warn"),
    "remind": lazy_gettext("remind"),
    "escalate": lazy_gettext("escalate"),
    "reject": lazy_gettext("reject"),
    "approve": lazy_gettext("approve"),
}
MACHINERY = frozenset({"activity_entered", "activity_completed", "flow_taken"})
WORK_OF_THE_PROGRAM = frozenset({"serviceTask", "sendTask", "scriptTask", "callActivity"})
TONES = {
    "task_completed": "good",
    "instance_started": "good",
    "incident_opened": "bad",
    "job_failed": "bad",
    "uncaught_error": "bad",
    "reject": "bad",
    "terminated": "bad",
    "cancelled": "bad",
    "withdraw": "warn",
    "take_back": "warn",
    "timer_fired": "info",
    "decision_made": "info",
    "ballot_cast": "info",
}
TOLD_ELSEWHERE = frozenset(
    {"read", "digest", "since", "about",
     "changed", "fired", "decision", "value", "outcome", "answer", "task", "round", "target", "definition", "version"}
)


@dataclass(frozen=True)
class Line:
    """One event as the page shows it."""

    sequence: int
    at: datetime
    kind: str
    what: str
    tone: str
    who: str
    on_behalf_of: str | None
    element_id: str | None
    where: str
    reason: str | None
    verdict: str
    changed: list[tuple[str, str, str]]
    decision: str
    rules: list[str]
    more: list[tuple[str, str]]
    hash: str
    is_machinery: bool

    @property
    def said(self) -> str:
        """Say the event in one breath, for a screen reader on the slider."""
        return " ".join(part for part in (self.what, self.where, self.who) if part)


def init(app: Flask) -> None:
    """Give templates the names of people."""
    app.jinja_env.globals.update(person_called=person_called)


def person_called(login: str) -> str:
    """Return what somebody is called, in the reader's language; the login where nobody has it."""
    if "people_called" not in g:
        with database().read() as connection:
            g.people_called = people_called(connection)
    return str(g.people_called.get(login, login))


def lines(connection: Connection, events: Iterable[Mapping[str, Any]], labels: Mapping[str, Label]) -> list[Line]:
    """Return events as lines; `labels` are those of the diagrams' elements."""
    told, called = list(events), people_called(connection)
    by_job = {event["activity_id"] for event in told if event["kind"] == "job_done"}  # says itself that the program did it
    return [_line(event, labels, called, told_by_job=event["activity_id"] in by_job) for event in told]


def people_called(connection: Connection) -> dict[str, str]:
    """Return the names of everybody, in the reader's language, by login."""
    rows = connection.execute(select(people.c.login, people.c.name, people.c.name_en))
    known = {row.login: row.name if language() == "zh" or not row.name_en else row.name_en for row in rows}
    return known | {SYSTEM: _("the program"), CUSTOMER: _("the customer")}


def name_of(element_id: str | None, labels: Mapping[str, Label]) -> str:
    """Return what an element is called, in the reader's language; its id where it has no name."""
    label = labels.get(element_id or "")
    name = "" if label is None else label.name if language() == "zh" else label.name_en
    return name or element_id or ""


def _line(event: Mapping[str, Any], labels: Mapping[str, Label], called: Mapping[str, str], *, told_by_job: bool) -> Line:
    kind, details, behalf = event["kind"], event["details"] or {}, event["on_behalf_of"]
    label = labels.get(event["element_id"] or "")
    by_program = kind == "activity_completed" and label is not None and label.kind in WORK_OF_THE_PROGRAM and not told_by_job
    who = called.get(event["actor"], event["actor"])
    return Line(
        sequence=event["sequence"],
        at=event["at"],
        kind=kind,
        what=_("Done by the program") if by_program else str(WORDS.get(kind, kind)),
        tone=TONES.get(kind, ""),
        who=_("the program, set off by %(who)s", who=who) if by_program and event["actor"] != SYSTEM else who,
        on_behalf_of=called.get(behalf, behalf) if behalf else None,
        element_id=event["element_id"],
        where=name_of(event["element_id"], labels),
        reason=event["reason"],
        verdict=_verdict(details, labels),
        changed=[(name, said(pair.get("before")), said(pair.get("after"))) for name, pair in _changed(details).items()],
        decision=f"{details['decision']} → {said(details.get('value'))}" if "decision" in details else "",
        rules=[_rule(fired) for fired in details.get("fired") or ()],
        more=[
            (str(DETAILS.get(name, name)), _detail(name, value))
            for name, value in details.items()
            if name not in TOLD_ELSEWHERE and value not in (None, "", {}, []) and (name, value) != ("part", "main")
        ],
        hash=event["hash"],
        is_machinery=kind in MACHINERY and not by_program,
    )


def _detail(name: str, value: Any) -> str:
    if name == "act":
        return str(ACTS.get(value, value))
    if name == "kind":
        return str(WORDS.get(value, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return said(value)


def _changed(details: Mapping[str, Any]) -> dict[str, Any]:
    found = details.get("changed") or {}
    return {name: pair for name, pair in found.items() if isinstance(pair, dict)} if isinstance(found, dict) else {}


def _verdict(details: Mapping[str, Any], labels: Mapping[str, Label]) -> str:
    answers = {"approved": _("approved"), "rejected": _("rejected"), "yes": _("yes"), "no": _("no")}
    word = details.get("outcome") or details.get("answer")
    if details.get("target"):
        return _("back to %(step)s", step=name_of(str(details["target"]), labels))
    return answers.get(str(word), str(word)) if word else ""


def _rule(fired: Any) -> str:
    if isinstance(fired, list) and len(fired) == 3:  # as the rules room tells it: table, id of the rule, its number
        fired = {"table": fired[0], "description": f"({fired[1]})", "number": fired[2]}
    if not isinstance(fired, dict):
        return str(fired)
    number = fired.get("number") or fired.get("rule") or fired.get("index")
    table = fired.get("table") or fired.get("decision") or ""
    note = fired.get("annotation") or fired.get("description") or ""
    return " ".join(
        str(part)
        for part in (table, _("rule %(number)s", number=number) if number is not None else fired.get("id", ""), note)
        if part
    )


def said(value: Any) -> str:
    """Say a variable's value: text as it is, everything else as JSON; a dash where there is none."""
    if value is None or value == "":
        return "–"
    if isinstance(value, dict) and set(value) == {"@feel", "value"}:
        return said(value["value"])
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
