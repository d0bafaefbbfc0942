"""What a customer sees of their complaint through the secret link: where it stands, a question to answer, files, withdrawing it."""

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Connection, Row

from kesu.complaints import attachments, cases, dangers, inbound, questions, statuses, surveys, tracking
from kesu.complaints.inbound import Words
from kesu.complaints.problems import FieldProblem
from kesu.engine import clock, runtime
from kesu.engine.errors import Conflict, Invalid, NotFound, sentence
from kesu.engine.identity import CUSTOMER
from kesu.webui import complaint_forms, downloads, throttles, tracks
from kesu.webui.addresses import number
from kesu.webui.context import database
from kesu.webui.pages.public_complaints import WITHIN
from kesu.webui.permissions import public

blueprint = Blueprint("tracking", __name__)
MOST, LONGEST = 30, 2_000
ENDED = sentence("Complaint {reference} is closed, so there is nothing left to withdraw. If something is still wrong, write to us on this page, "
                 "or file a new complaint.")
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}={0,2}")


@blueprint.get("/track")
@public
def find() -> ResponseReturnValue:
    """Ask for the link from the confirmation."""
    return _door("")


@blueprint.post("/track")
@public
def open_link() -> ResponseReturnValue:
    """Open the link that was pasted, or say that it opens nothing."""
    with database().write() as connection:
        throttles.count(connection, "link", most=MOST, within=WITHIN)
    tokens = TOKEN.findall(request.form.get("link", "").strip())
    try:
        with database().read() as connection:
            tracking.find_case(connection, tokens[-1] if tokens else "")
    except NotFound as nothing:
        return _door(_(nothing.template)), 422
    return redirect(url_for("tracking.show", token=tokens[-1]), 303)


@blueprint.get("/track/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    """Show one complaint to whoever holds its link."""
    return _page(token)


@blueprint.post("/track/<token>/answers")
@public
def answer(token: str) -> ResponseReturnValue:
    """Take the answer to our question, with files."""
    reference = _count_one(token)
    try:
        questions.answer(database(), reference, request.form.get("answer", ""), question_id=request.form.get("question", type=number),
                         uploads=tuple(complaint_forms.sent_files()))
    except Invalid as wrong:
        return _page(token, wrong, "answer"), 422
    flash(_("Thank you. We have your answer and go on."))
    return redirect(url_for("tracking.show", token=token), 303)


@blueprint.post("/track/<token>/messages")
@public
def write(token: str) -> ResponseReturnValue:
    """Take a message, files, or both."""
    reference, text = _count_one(token), request.form.get("message", "")
    try:
        files = attachments.accept(complaint_forms.sent_files())
        inbound.receive(database(), reference, Words(text, files))
    except Invalid as wrong:
        return _page(token, wrong, "message"), 422
    flash(_("Thank you. It has arrived.") if _is_open(reference) else _(
        "Thank you. It has arrived, and a colleague reads it although this complaint is closed. If it is about something new,"
        " please send a new complaint."))
    return redirect(url_for("tracking.show", token=token), 303)


@blueprint.get("/track/<token>/attachments/<int:attachment_id>")
@public
def attachment(token: str, attachment_id: int) -> ResponseReturnValue:
    """Give back a file that the customer sent."""
    with database().read() as connection:
        case = tracking.find_case(connection, token)
        row, content = attachments.read(connection, case.reference, attachment_id)
        if row.id not in tracks.file_ids(connection, case):
            raise NotFound(sentence("Case {reference} has no such attachment."), reference=case.reference)
    return downloads.file(row, content)


@blueprint.get("/track/<token>/withdrawal")
@public
def confirm_withdrawal(token: str) -> ResponseReturnValue:
    """Ask once more before withdrawing."""
    with database().read() as connection:
        case = tracking.find_case(connection, token)
    _check_open(case)
    return render_template("public/withdrawal.html", case=case, token=token)


@blueprint.post("/track/<token>/withdrawal")
@public
def withdraw(token: str) -> ResponseReturnValue:
    """Withdraw the complaint."""
    reference, reason = _count_one(token), request.form.get("reason", "").strip()[:LONGEST]
    with database().read() as connection:
        case = tracking.find_case(connection, token)
    _check_open(case)

    def tell(connection: Connection) -> None:
        if reason:
            inbound.hear(connection, reference, Words(reason), at=clock.now())
        else:
            inbound.notify(connection, reference, Words(""), key="withdrawal", at=clock.now())

    try:
        runtime.correlate(database(), "customer_withdrew", {"reference": reference}, {}, actor=CUSTOMER, writes=(tell,), keep=False)
    except NotFound as ended:
        raise Conflict(ENDED, reference=reference) from ended
    dangers.follow(database(), reference)
    flash(_("Your complaint has been withdrawn."))
    return redirect(url_for("tracking.show", token=token), 303)


@blueprint.post("/track/<token>/survey")
@public
def survey(token: str) -> ResponseReturnValue:
    """Lead to the survey; the link in our letter gives way to this one."""
    with database().write() as connection:
        case = tracking.find_case(connection, token)
        fresh = surveys.invite(connection, case.reference, cycle=case.cycle, at=clock.now())
    return redirect(url_for("satisfactions.new", token=fresh), 303)


def _check_open(case: Row[Any]) -> None:
    """Raise `Conflict` where there is nothing left to withdraw."""
    if case.status == "withdrawn":
        raise Conflict(sentence("Complaint {reference} has been withdrawn already; nothing more is needed from you."), reference=case.reference)
    if case.status in statuses.FINAL:
        raise Conflict(ENDED, reference=case.reference)


def _count_one(token: str) -> str:
    with database().write() as connection:
        case = tracking.find_case(connection, token)
        throttles.count(connection, "tracking", most=MOST, within=WITHIN)
    return str(case.reference)


def _is_open(reference: str) -> bool:
    with database().read() as connection:
        return cases.find(connection, reference).status in statuses.OPEN


def _page(token: str, wrong: Invalid | None = None, where: str = "") -> str:
    with database().read() as connection:
        case = tracking.find_case(connection, token)
        view = tracks.view(connection, case)
    problems = complaint_forms.by_field(_problems(wrong, where)) if wrong else {}
    return render_template(
        "public/show.html",
        case=case,
        token=token,
        view=view,
        problems=problems,
        values=request.form,
        anchors={},
        limits=complaint_forms.limits(),
        files_lost=bool(wrong and request.files),
    )


def _problems(wrong: Invalid, where: str) -> list[FieldProblem]:
    found = [problem for problem in wrong.problems if isinstance(problem, FieldProblem)]
    return found or [FieldProblem(where, wrong.template, dict(wrong.values))]


def _door(problem: str) -> str:
    return render_template("public/find.html", values=request.form, problem=problem)
