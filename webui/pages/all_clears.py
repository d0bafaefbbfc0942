"""The all-clear of a case: one person asks why a danger may be taken back, a second one answers."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.complaints import all_clears
from kesu.webui import case_scopes
from kesu.webui.context import database, signed_in
from kesu.webui.permissions import requires

blueprint = Blueprint("all_clears", __name__)


@blueprint.post("/cases/<reference>/all-clears")
@requires(*all_clears.MAY)
def create(reference: str) -> ResponseReturnValue:
    """Ask for the all-clear."""
    all_clears.ask(database(), _readable(reference), reason=request.form.get("reason", ""), actor=signed_in().login)
    flash(_("Asked. The case stays marked until a second person agrees."))
    return redirect(url_for("cases.show", reference=reference), 303)


@blueprint.post("/cases/<reference>/all-clears/answers")
@requires(*all_clears.MAY)
def answer(reference: str) -> ResponseReturnValue:
    """Agree or refuse as the second person."""
    agreed = request.form.get("answer") == "agree"
    all_clears.answer(database(), _readable(reference), agreed=agreed, reason=request.form.get("reason", ""), actor=signed_in().login)
    flash(_("The danger was taken back.") if agreed else _("Refused: the case stays marked."))
    return redirect(url_for("cases.show", reference=reference), 303)


def _readable(reference: str) -> str:
    with database().read() as connection:
        return str(case_scopes.case_for(connection, reference, signed_in()).reference)
