"""Filing a complaint without signing in: one page, works without a script, and a receipt with number and link.

Programs are kept out by a field nobody sees and by counting, never by a puzzle. Sending twice gives the same receipt.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from kesu.complaints import attachments, intake_checks, intakes, new_complaints, receipts, tracking
from kesu.complaints.new_complaints import NewComplaint
from kesu.complaints.problems import FieldProblem
from kesu.engine import clock
from kesu.engine.errors import sentence
from kesu.engine.identity import CUSTOMER
from kesu.webui import complaint_forms, promises, throttles
from kesu.webui.context import database
from kesu.webui.languages import language
from kesu.webui.permissions import public

blueprint = Blueprint("public", __name__)
MOST, WITHIN = 10, timedelta(minutes=30)
NAMES = {"phone": "contact", "email": "contact", "model": "product"}


@blueprint.get("/complaints")
@public
def index() -> ResponseReturnValue:
    """Welcome a customer: file a complaint, or see where one stands."""
    return render_template("public/index.html", promises=promises.general())


@blueprint.get("/complaints/new")
@public
def new() -> ResponseReturnValue:
    """Show the form, filled in as far as the address says (`?category=quality&product=…`)."""
    return _form({"submission": secrets.token_urlsafe(18), **request.args.to_dict()}, {})


@blueprint.post("/complaints")
@public
def create() -> ResponseReturnValue:
    """Receive a complaint and lead to its receipt; whatever is wrong is said field by field, and nothing typed is lost."""
    if request.form.get("website"):
        return redirect(url_for("public.index"), 303)  # a program: let it believe that it was heard
    complaint, problems = _complaint()
    if problems:
        return _form(request.form.to_dict(), complaint_forms.by_field(problems, NAMES)), 422
    with database().write() as connection:
        throttles.count(connection, "complaint", most=MOST, within=WITHIN)
    received = receipts.receive(database(), complaint, channel="web", actor=CUSTOMER, idempotency_key=_key())
    session["receipt"] = received.reference  # no more: whoever has the browser can read it
    return redirect(url_for("public.receipt", token=received.tracking_token), 303)


@blueprint.get("/track/<token>/receipt")
@public
def receipt(token: str) -> ResponseReturnValue:
    """Show number and link, and what happens next."""
    with database().read() as connection:
        case = tracking.find_case(connection, token)
        coming = promises.of_case(connection, case.reference)
        just_sent = session.get("receipt") == case.reference
        arrived = intakes.find(connection, case.reference) if just_sent else None
    email = arrived.payload["fields"].get("email", "") if arrived else ""
    return render_template(
        "public/receipt.html", case=case, token=token, link=tracking.link(token), promises=coming, email=email
    )


def _complaint() -> tuple[NewComplaint, list[FieldProblem]]:
    with database().read() as connection:
        values, unclear = complaint_forms.with_product(connection, _values())
        complaint = new_complaints.from_fields(values, complaint_forms.sent_files())
        accepted, problems = intake_checks.check(connection, complaint, channel="web", at=clock.now())
        problems = intake_checks.hindrances(accepted, problems)
    if accepted.danger:
        return complaint, [*problems, *attachments.examine(complaint.attachments)[1]]
    chosen = [] if complaint.category else [FieldProblem("category", sentence("Please choose what it is about."))]
    return complaint, [*chosen, *unclear, *problems, *attachments.examine(complaint.attachments)[1]]


def _values() -> dict[str, Any]:
    values = complaint_forms.answers(request.form)
    contact = values.pop("contact", "")
    values["email" if "@" in contact else "phone"] = contact
    told = {name: text for name, text in values.items() if name not in ("website", "csrf_token", "submission", "demand")}
    return told | {"locale": language(), "details": {"demand": values.get("demand", "")}}


def _key() -> str:
    return f"web:{request.form.get('submission') or secrets.token_urlsafe(18)}"


def _form(values: Mapping[str, Any], problems: Mapping[str, FieldProblem]) -> str:
    with database().read() as connection:
        kinds = complaint_forms.kinds(connection)
        products = list(complaint_forms.product_labels(connection))
    chosen = values.get("category", "")
    anchors = {name: f"{name}-{chosen}" for kind in kinds if kind.code == chosen for name in kind.fields} | {"category": "category-1"}
    return render_template(
        "public/new.html",
        values=values,
        problems=problems,
        kinds=kinds,
        products=products,
        anchors=anchors,
        submission=values.get("submission"),
        demands=complaint_forms.demands(),
        limits=complaint_forms.limits(),
        files_lost=any(file.filename for file in request.files.getlist("attachments")),
    )
