"""A customer's page: how to reach them and everything they ever complained about. Only for those who deal with customers."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from kesu.complaints import complainants, surveys
from kesu.complaints.cases import cases
from kesu.engine.errors import NotFound, sentence
from kesu.webui import case_scopes
from kesu.webui.context import database, signed_in
from kesu.webui.permissions import requires

blueprint = Blueprint("contacts", __name__)


@blueprint.get("/contacts/<int:complainant_id>")
@requires()
def show(complainant_id: int) -> ResponseReturnValue:
    """Show a customer with the cases this person may read; nobody else's customer is there at all."""
    person = signed_in()
    with database().read() as connection:
        theirs = select(cases).where(cases.c.complainant_id == complainant_id, case_scopes.readable(person))
        found = list(connection.execute(theirs.order_by(cases.c.received_at.desc(), cases.c.reference.desc())))
        if not any(case_scopes.knows_customer(connection, person, case.reference) for case in found):
            raise NotFound(sentence("Expected the number of a customer, but there is none with number {id}."), id=complainant_id)
        customer = complainants.find(connection, complainant_id)
        rated = {
            case.reference: answered[-1]
            for case in found
            if (answered := [each for each in surveys.of_case(connection, case.reference) if each.answered_at])
        }
    return render_template("cases/contact.html", customer=customer, cases=found, rated=rated)
