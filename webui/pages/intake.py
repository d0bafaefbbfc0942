"""Taking a call: the caller is looked up by number while they speak, earlier cases beside the form, required fields by category."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Connection

from kesu.complaints import attachments, categories, complainants, intake_checks, new_complaints, receipts, tracking
from kesu.complaints.new_complaints import NewComplaint
from kesu.complaints.problems import FieldProblem
from kesu.engine import clock
from kesu.webui import complaint_forms
from kesu.webui.context import database, signed_in
from kesu.webui.languages import language
from kesu.webui.permissions import requires

blueprint = Blueprint("intake", __name__)
CHANNELS = ("phone", "store", "email", "chat", "social")
MANY = 20
NAMES = {"model": "product"}
OWN = ("csrf_token", "submission", "channel", "website", "demand", "kind")


@blueprint.get("/intake/new")
@requires("agent", "manager")
def new() -> ResponseReturnValue:
    """Show the form; `?phone=` looks the caller up without a script."""
    return _form({"submission": secrets.token_urlsafe(18), "channel": "phone", **request.args.to_dict()}, {})


@blueprint.get("/intake/callers")
@requires("agent", "manager")
def callers() -> ResponseReturnValue:
    """Show who calls from this number, with their earlier cases; a part of the page."""
    return render_template("cases/callers.html", callers=_callers(request.args))


@blueprint.post("/intake")
@requires("agent", "manager")
def create() -> ResponseReturnValue:
    """Receive what the caller told."""
    complaint, problems = _complaint()
    if problems:
        return _form(request.form.to_dict(), complaint_forms.by_field(problems, NAMES)), 422
    person = signed_in().login
    key = request.form.get("submission") or secrets.token_urlsafe(18)
    channel = request.form["channel"] if request.form.get("channel") in CHANNELS else "phone"
    received = receipts.receive(database(), complaint, channel=channel, actor=person, idempotency_key=key)
    flash(
        _(
            "Received as %(number)s. Tell the caller this number; the tracking link is %(link)s",
            number=received.reference,
            link=tracking.link(received.tracking_token),
        )
    )
    return redirect(url_for("cases.show", reference=received.reference), 303)


def _complaint() -> tuple[NewComplaint, list[FieldProblem]]:
    with database().read() as connection:
        values, unclear = complaint_forms.with_product(connection, _values())
        complaint = new_complaints.from_fields(values, complaint_forms.sent_files())
        accepted, problems = intake_checks.check(connection, complaint, channel="phone", at=clock.now())
    unclear = [] if accepted.danger else unclear  # an agent asks afterwards
    return complaint, [*unclear, *intake_checks.hindrances(accepted, problems), *attachments.examine(complaint.attachments)[1]]


def _values() -> dict[str, Any]:
    values = complaint_forms.answers(request.form)
    category, _dot, subcategory = request.form.get("kind", "").partition("/")
    told = {name: text for name, text in values.items() if name not in OWN}
    return told | {
        "category": category,
        "subcategory": subcategory,
        "locale": request.form.get("locale") or language(),
        "vip": "vip" in request.form,
        "details": {"demand": values.get("demand", "")},
    }


def _form(values: Mapping[str, Any], problems: Mapping[str, FieldProblem]) -> str:
    with database().read() as connection:
        kinds = complaint_forms.kinds(connection, MANY)
        products = list(complaint_forms.product_labels(connection))
        needed = _needed(connection, values.get("kind", ""))
    return render_template(
        "cases/intake.html",
        values=values,
        problems=problems,
        kinds=kinds,
        products=products,
        needed=needed,
        anchors={"category": "kind"},
        callers=_callers(values),
        channels=[(channel, _(intake_checks.CHANNELS[channel])) for channel in CHANNELS],
        demands=complaint_forms.demands(),
        limits=complaint_forms.limits(),
        files_lost=bool(request.files),
    )


def _needed(connection: Connection, kind: str) -> list[str]:
    category, _slash, subcategory = kind.partition("/")
    return categories.required_fields(connection, category or None, subcategory or None)


def _callers(values: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    phone, email = str(values.get("phone", "")).strip(), str(values.get("email", "")).strip()
    if not phone and not email:
        return None
    with database().read() as connection:
        return complainants.look_up(connection, phone=phone, email=email)
