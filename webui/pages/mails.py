"""Outgoing mail: what was sent, what waits, what would be sent if a mail server were set; each as the customer reads it."""

import re
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Connection, Row

from kesu.complaints import mails
from kesu.engine.errors import NotFound, sentence
from kesu.webui import case_scopes
from kesu.webui.addresses import number
from kesu.webui.context import database, signed_in
from kesu.webui.permissions import requires

blueprint = Blueprint("mails", __name__)
LIMIT = 40
ANSWER_LINK = re.compile(r"(/answers/)[\w.=-]{20,}")  # whoever has one answers in the name of its reader
OWN_LINK = re.compile(r"(/(?:track|survey)/)[\w=-]{20,}")


@blueprint.get("/mails")
@requires("agent", "manager")
def index() -> ResponseReturnValue:
    """List mails, the latest first."""
    before, text = request.args.get("before", ""), request.args.get("q", "").strip()[:100]
    states = _states()
    state = request.args.get("state", "") if request.args.get("state") in states else ""
    with database().read() as connection:
        last = request.args.get("before", type=number)
        found = mails.latest(connection, before=last, limit=LIMIT + 1, state=state, text=text)
    wish = {name: value for name, value in (("state", state), ("q", text)) if value}
    following = url_for("mails.index", before=found[LIMIT - 1].id, **wish) if len(found) > LIMIT else ""
    return render_template("cases/mails.html", mails=found[:LIMIT], following=following, before=before, states=states, wish=wish)


@blueprint.get("/mails/<int:mail_id>")
@requires()
def show(mail_id: int) -> ResponseReturnValue:
    """Show one mail word for word."""
    with database().read() as connection:
        mail = mails.find(connection, mail_id)
        if mail is None or not _may_read(connection, mail):
            raise NotFound(sentence("Expected the number of a mail, but there is none with number {id}."), id=mail_id)
    return render_template("cases/mail.html", mail=mail, body=_body(mail), states=_states())


def _may_read(connection: Connection, mail: Row[Any]) -> bool:
    person = signed_in()
    if mail.reference is None:
        return person.is_in(*case_scopes.KNOW_CUSTOMERS)
    return case_scopes.knows_customer(connection, person, mail.reference)


def _body(mail: Row[Any]) -> str:
    # a link that has gone out is the customer's own; one that could not go out is all there is to pass on
    body = mail.body if mail.to_address == signed_in().email else ANSWER_LINK.sub(r"\1…", mail.body)
    return str(body) if mail.state in (mails.KEPT, mails.WAITING) else OWN_LINK.sub(r"\1…", body)


def _states() -> dict[str, tuple[str, str]]:
    return {
        mails.WAITING: (_("Waiting to be sent"), "info"),
        mails.SENT: (_("Sent"), "good"),
        mails.KEPT: (_("Kept here: no mail server is set"), "warn"),
        mails.REFUSED: (_("Not delivered: it was refused"), "bad"),
    }
