"""What happened, told to people: history events as short sentences in the reader's language, the newest last."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection

from kesu.engine import history, identity
from kesu.engine.errors import sentence
from kesu.engine.instances import Instance
from kesu.engine.spiff.models import Model
from kesu.webui.department_names import department_names
from kesu.webui.languages import named


@dataclass(frozen=True)
class Entry:
    """One line of the story: when, who, what, in whose words; `level` is good, bad or empty."""

    at: datetime
    actor: str
    text: str
    quote: str
    level: str
    by_person: bool


def entries(connection: Connection, instance: Instance, model: Model) -> list[Entry]:
    """Tell the story of an instance."""
    names = department_names(connection)
    told = [(event, _told(event, model, names)) for event in history.of_instance(connection, instance.id)]
    return [Entry(event["at"], event["actor"], text, event["reason"] or "", level, event["actor"] != identity.SYSTEM)
            for event, (text, level) in told if text]


def _told(event: dict[str, Any], model: Model, names: dict[str, str]) -> tuple[str, str]:
    kind = event["kind"]
    name = named(model.elements[event["element_id"]]) if event["element_id"] in model.elements else event["element_id"] or ""
    teller = TELLERS.get(kind)  # none: machinery, which the audit page shows
    return ("", "") if teller is None else teller(event, name, {**event["details"], "departments": names}, model)


def _completed(event: dict[str, Any], name: str, details: dict[str, Any], model: Model) -> tuple[str, str]:
    outcome = details.get("outcome")
    if outcome == "approved":
        return _("%(task)s: approved", task=name), "good"
    if outcome == "rejected":
        return _("%(task)s: rejected", task=name), "bad"
    return _("%(task)s: done", task=name), "good"


def _ballot(event: dict[str, Any], name: str, details: dict[str, Any], model: Model) -> tuple[str, str]:
    if details.get("answer") == "yes":
        return _("%(task)s: agreed", task=name), "good"
    return _("%(task)s: refused", task=name), "bad"


def _moved(event: dict[str, Any], name: str, details: dict[str, Any], model: Model) -> tuple[str, str]:
    target = details.get("target")
    back_to = named(model.elements[target]) if target in model.elements else target
    if target == "end":
        return _("%(task)s: the case was ended", task=name), "bad"
    words = {"reject": _("%(task)s: sent back to %(target)s", task=name, target=back_to),
             "jump": _("%(task)s: jumped to %(target)s", task=name, target=back_to),
             "take_back": _("%(task)s: taken back", task=name),
             "withdraw": _("Withdrawn, back to %(target)s", target=back_to)}
    return words[event["kind"]], "bad"


def _plain(template: str, level: str = "") -> Callable[..., tuple[str, str]]:
    def tell(event: dict[str, Any], name: str, details: dict[str, Any], model: Model) -> tuple[str, str]:
        return _(template, task=name), level

    return tell


def _passed_on(
    event: dict[str, Any], name: str, details: dict[str, Any], model: Model
) -> tuple[str, str]:
    names, after = details["departments"], details.get("to_department")
    if not after:
        return _("%(task)s: passed on", task=name), ""
    before = details.get("from_department") or ""
    told = {"task": name, "before": names.get(before, before or "-"), "after": names.get(after, after)}
    return _("%(task)s: passed on from %(before)s to %(after)s, with its time limit", **told), ""


def _handed_over(
    event: dict[str, Any], name: str, details: dict[str, Any], model: Model
) -> tuple[str, str]:
    if details.get("to_department"):
        return _passed_on(event, name, details, model)
    return _("%(task)s: handed over", task=name), ""


def _timed_out(
    event: dict[str, Any], name: str, details: dict[str, Any], model: Model
) -> tuple[str, str]:
    words = {"warn": _("%(task)s: time is running short, a warning was sent", task=name),
             "remind": _("%(task)s: the time limit has passed, a reminder was sent", task=name),
             "escalate": _("%(task)s: the time limit has passed, the superior was told", task=name),
             "reject": _("%(task)s: the time limit has passed, it counts as refused", task=name),
             "approve": _("%(task)s: the time limit has passed, it counts as approved", task=name)}
    otherwise = _("%(task)s: the time limit has passed", task=name)
    return words.get(details.get("act", ""), otherwise), "bad"


def _reassigned(
    event: dict[str, Any], name: str, details: dict[str, Any], model: Model
) -> tuple[str, str]:
    why = {"four_eyes": _("did what this step has to check"), "left": _("is not there any more"),
           "role_lost": _("does not belong to those asked any more"),
           "nobody_there": _("has nobody who is there"), "too_few": _("too few were asked to decide it"),
           "assigned": _("nobody was asked before")}
    told = {"task": name, "of": details.get("from") or "-", "to": details.get("to") or "-",
            "why": why.get(details.get("why", ""), details.get("why") or "")}
    return _("%(task)s: %(to)s is asked instead of %(of)s (%(why)s)", **told), ""


TELLERS: dict[str, Callable[..., tuple[str, str]]] = {
    "instance_started": _plain(sentence("The case was opened")),
    "task_claimed": _plain(sentence("%(task)s: claimed")),
    "task_released": _plain(sentence("%(task)s: put back on the shared list")),
    "task_completed": _completed,
    "ballot_cast": _ballot,
    "reject": _moved,
    "take_back": _moved,
    "withdraw": _moved,
    "jump": _moved,
    "task_transferred": _passed_on,
    "task_delegated": _plain(sentence("%(task)s: an opinion was asked for")),
    "opinion_given": _plain(sentence("%(task)s: an opinion was given")),
    "sign_added": _plain(sentence("%(task)s: more people were asked")),
    "sign_removed": _plain(sentence("%(task)s: somebody was taken out of the round")),
    "task_handed_over": _handed_over,
    "task_skipped": _plain(sentence("%(task)s: skipped")),
    "copied": _plain(sentence("%(task)s: a copy was sent")),
    "urged": _plain(sentence("%(task)s: a reminder was sent")),
    "job_done": _plain(sentence("%(task)s: done automatically")),
    "job_failed": _plain(sentence("%(task)s: did not work, will be tried again"), "bad"),
    "timer_fired": _plain(sentence("%(task)s: the time was up")),
    "message_received": _plain(sentence("%(task)s: an answer came in")),
    "incident_opened": _plain(sentence("%(task)s: is stuck, somebody has been told"), "bad"),
    "suspended": _plain(sentence("The case was suspended"), "bad"),
    "activated": _plain(sentence("The case goes on")),
    "cancelled": _plain(sentence("The case was cancelled"), "bad"),
    "terminated": _plain(sentence("The case was terminated"), "bad"),
    "assigned": _plain(sentence("%(task)s: given to somebody else instead")),
    "vote_reassigned": _reassigned,
    "auto_approved": _plain(sentence("%(task)s: approved without asking again"), "good"),
    "proposed": _plain(sentence("A remedy was proposed")),
    "proposal_reopened": _plain(sentence("%(task)s: opened again, as the case was corrected"), "bad"),
    "resumed": _plain(sentence("%(task)s: came straight back")),
    "resume_refused": _plain(
        sentence("%(task)s: could not come straight back, as answers have changed")),
    "incident_resolved": _plain(sentence("%(task)s: goes on again"), "good"),
    "variables_edited": _plain(sentence("Values of the case were corrected")),
    "case_corrected": _plain(sentence("The case file was corrected")),
    "timeout_policy": _timed_out,
    "signal_received": _plain(sentence("%(task)s: a signal came in")),
    "uncaught_error": _plain(sentence("%(task)s: an error that nothing catches"), "bad"),
    "uncaught_escalation": _plain(sentence("%(task)s: an escalation that nothing catches"), "bad"),
    "revoked": _plain(sentence("The case was revoked by another case"), "bad"),
    "instance_completed": _plain(sentence("The process has ended"), "good"),
}
