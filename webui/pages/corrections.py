"""Correcting a case: what was taken down wrongly is set right with a reason; what came in stays to be read beside it."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from kesu.complaints import complainants, corrections
from kesu.complaints.problems import FieldProblem
from kesu.engine.errors import Conflict, Invalid, Rejected
from kesu.webui import case_scopes, complaint_forms
from kesu.webui.context import database, signed_in
from kesu.webui.permissions import requires

blueprint = Blueprint("corrections", __name__)
MANY = 20
NAMES = {"model": "product", "category": "kind", "subcategory": "kind"}


@blueprint.get("/cases/<reference>/corrections/new")
@requires("agent", "manager")
def new(reference: str) -> ResponseReturnValue:
    """Show what can be corrected, as it stands."""
    return _form(reference, {}, {})


@blueprint.post("/cases/<reference>/corrections")
@requires("agent", "manager")
def create(reference: str) -> ResponseReturnValue:
    """Set right what was changed on the page."""
    given = request.form.to_dict()
    with database().read() as connection:
        case_scopes.case_for(connection, reference, signed_in())
        values, unclear = complaint_forms.with_product(connection, {**given, "model": ""})
    values["category"], _slash, values["subcategory"] = given.get("kind", "").partition("/")
    if unclear:
        return _form(reference, given, complaint_forms.by_field(unclear)), 422
    try:
        changed = corrections.correct(database(), reference, values, actor=signed_in().login, seen=request.form.get("seen", 0, int),
                                      reason=given.get("reason", ""))
    except Invalid as refusal:
        return _form(reference, given, complaint_forms.by_field(refusal.problems, NAMES)), refusal.status
    except Conflict:
        raise
    except Rejected as refusal:
        return _form(reference, given, {"reason": FieldProblem("reason", refusal.template)}), 422
    flash(ngettext("%(num)s field was corrected.", "%(num)s fields were corrected.", len(changed)) if changed
          else _("Nothing was different, so nothing was changed."))
    return redirect(url_for("cases.show", reference=reference), 303)


def _form(reference: str, given: Mapping[str, str], problems: Mapping[str, FieldProblem]) -> str:
    with database().read() as connection:
        case = case_scopes.case_for(connection, reference, signed_in())
        values = corrections.present(case, complainants.find(connection, case.complainant_id))
        labels = {codes: label for label, codes in complaint_forms.product_labels(connection).items()}
        values["kind"] = "/".join(part for part in (values["category"], values["subcategory"]) if part)
        values["product"] = labels.get((values["product"], values["model"]), values["product"])
        deciding = corrections.undecided(connection, reference) if corrections.is_being_decided(connection, reference) else None
        return render_template("cases/correction.html", case=case, deciding=deciding, values={**values, **given}, problems=problems,
                               kinds=complaint_forms.kinds(connection, MANY), products=list(complaint_forms.product_labels(connection)),
                               anchors={})
