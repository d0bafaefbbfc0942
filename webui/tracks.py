"""A complaint as its customer may see it: four steps in plain words, what we promised, what was said. Nothing internal is read here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection, Row

from kesu.complaints import attachments, contacts, intakes, questions, remedies, statuses, surveys
from kesu.complaints.letters import IN_THE_MAIL
from kesu.engine.identity import CUSTOMER
from kesu.webui import promises
from kesu.webui.amounts import money
from kesu.webui.downloads import size_words
from kesu.webui.moments import exactly_day

STEP_OF = {"received": 0, "in_progress": 1, "waiting_customer": 1, "awaiting_approval": 2, "carrying_out": 2, "resolved": 3, "closed": 3}
SHOWN_ANYWAY = ("acknowledgement", "survey", "closed", "withdrawn")  # letters that only say what the page says
TOLD = frozenset({"carrying_out", "resolved", "closed"})


@dataclass(frozen=True)
class Step:
    """One of the four steps: `state` is done, now or next."""

    title: str
    text: str
    state: str
    at: datetime | None


@dataclass(frozen=True)
class Said:
    """Something the customer or we said."""

    by_customer: bool
    at: datetime
    text: str


@dataclass(frozen=True)
class File:
    """A file the customer sent."""

    id: int
    name: str
    size_words: str


@dataclass(frozen=True)
class View:
    """The tracking page."""

    headline: str
    steps: list[Step]
    promise: str
    is_late: bool
    questions: list[Row[Any]]
    may_rate: bool
    result: list[tuple[str, str]]
    talk: list[Said]
    files: list[File]
    is_open: bool


def view(connection: Connection, case: Row[Any]) -> View:
    """Put the tracking page together."""
    is_open = case.status in statuses.OPEN
    asked = questions.unanswered(connection, case.reference) if is_open else []
    return View(
        _(statuses.CUSTOMER_WORDS[case.status]),
        _steps(connection, case),
        *promises.next_news(connection, case),
        asked,
        _may_rate(connection, case),
        result(connection, case),
        _talk(connection, case),
        _files(connection, case),
        is_open,
    )


def result(connection: Connection, case: Row[Any]) -> list[tuple[str, str]]:
    """Return what we found and do, as words and text; nothing before it has been decided."""
    if case.status not in TOLD:
        return []
    told = [(_("Cause"), case.cause), (_("What we do about it"), case.measure)]
    remedy = remedies.latest(connection, case.reference)
    if remedy is not None:
        told.append((_("What you get"), remedy_words(remedy)))
    return [(word, text) for word, text in told if text]


def file_ids(connection: Connection, case: Row[Any]) -> set[int]:
    """Return the ids of the files that the customer may see: their own."""
    return {file.id for file in _files(connection, case)}


def _steps(connection: Connection, case: Row[Any]) -> list[Step]:
    reached = {0: case.received_at}
    for change in statuses.history_of(connection, case.reference):
        reached.setdefault(STEP_OF.get(change.after, -1), change.at)
    titles = (_("Received by us"), _("Finding out what went wrong"), _("Putting it right"), _("Settled"))
    if case.status == "withdrawn":
        return [Step(titles[0], "", "done", case.received_at), Step(_("Withdrawn by you"), "", "done", case.status_since)]
    now = STEP_OF[case.status]
    ended = case.status in statuses.FINAL
    states = ["done" if place < now or ended else "now" if place == now else "next" for place in range(4)]
    return [
        Step(
            title,
            _explained(place, case.status) if states[place] == "now" else "",
            states[place],
            reached.get(place) if states[place] != "next" else None,
        )
        for place, title in enumerate(titles)
    ]


def _explained(place: int, status: str) -> str:
    if status == "waiting_customer":
        return _("waiting for your answer")
    return (
        _("we read it and pass it to the right people"),
        _("our experts look into it"),
        _("the proposal is being approved") if status == "awaiting_approval" else _("the solution is being carried out"),
        _("please tell us whether you are satisfied"),
    )[place]


def remedy_words(remedy: Row[Any]) -> str:
    """Say a remedy in one line: what, how much, and how far it has come."""
    parts = [
        _(remedies.KINDS[remedy.kind]),
        money(remedy.amount, remedy.currency) if remedy.amount else "",
        *_how_far(remedy),
    ]
    return " · ".join(part for part in parts if part)


def _how_far(remedy: Row[Any]) -> list[str]:
    """Say how far a remedy has come: what was only instructed is not done."""
    if remedy.confirmed_at:
        return [_("done on %(day)s", day=exactly_day(remedy.confirmed_at))]
    if remedy.impossible_at:
        return [_("not possible, we look for another way")]
    if remedy.instructed_at:
        expected = _("expected by %(day)s", day=exactly_day(remedy.due_on)) if remedy.due_on else ""
        return [_("instructed on %(day)s", day=exactly_day(remedy.instructed_at)), expected]
    return [_("by %(day)s", day=exactly_day(remedy.due_on)) if remedy.due_on else ""]


def _may_rate(connection: Connection, case: Row[Any]) -> bool:
    asked = [survey for survey in surveys.of_case(connection, case.reference) if survey.cycle == case.cycle]
    return bool(asked) and asked[0].answered_at is None and case.status in ("resolved", "closed")


def _talk(connection: Connection, case: Row[Any]) -> list[Said]:
    lines = [line for line in contacts.for_customer(connection, case.reference) if line.template not in SHOWN_ANYWAY]
    said = [Said(line.kind == contacts.FROM_CUSTOMER, line.at, _without_link(line)) for line in lines]
    if any(line.by_customer and line.text == case.description for line in said):
        return said
    return [Said(True, case.received_at, case.description), *said]


def _without_link(line: Row[Any]) -> str:
    # a letter says where to read on; whoever reads it here is there already
    if line.template is None:
        return str(line.text)
    kept: list[str] = []
    for paragraph in line.text.split("\n\n"):
        if paragraph.strip() in IN_THE_MAIL.values():
            kept = kept[:-1] if kept and kept[-1].strip()[-1:] in (":", "：") and "\n" not in kept[-1].strip() else kept
        else:
            kept.append(paragraph)
    return "\n\n".join(kept)


def _files(connection: Connection, case: Row[Any]) -> list[File]:
    intake = intakes.find(connection, case.reference)
    sent = {file["sha256"] for file in (intake.payload.get("files", []) if intake else [])}
    rows = attachments.of_case(connection, case.reference)
    return [File(row.id, row.name, size_words(row.size)) for row in rows if row.added_by == CUSTOMER or row.sha256 in sent]
