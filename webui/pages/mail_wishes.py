"""Which mails one wants and when; the hour of the digest and the time zone that goes with it."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.complaints import mail_wishes, profiles
from kesu.engine.errors import Invalid
from kesu.webui.addresses import number
from kesu.webui.context import database, signed_in
from kesu.webui.errors import say
from kesu.webui.pages.people import profile
from kesu.webui.permissions import requires

blueprint = Blueprint("mail_wishes", __name__)


@blueprint.put("/profile/mail")
@requires()
def update() -> ResponseReturnValue:
    """Keep the wishes, or show the profile again with what does not hold."""
    login, sent = signed_in().login, request.form
    wishes = {kind: sent[kind] for kind in mail_wishes.KINDS if kind in sent}
    try:
        with database().write() as connection:
            mail_wishes.choose(connection, login, wishes)
            hour = sent.get("digest_hour", profiles.USUAL_HOUR, type=number)
            profiles.choose(connection, login, time_zone=sent.get("time_zone", ""), digest_hour=hour)
    except Invalid as wrong:
        return profile({"mail": say(wrong)}), 422
    flash(_("Your wishes are kept."))
    return redirect(url_for("people.show", _anchor="mail"), 303)
