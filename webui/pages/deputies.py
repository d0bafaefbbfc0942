"""Standing deputies: who acts for me (managers: for anybody) from when until when; on the profile."""

from datetime import UTC, date, datetime, timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.complaints import notices, profiles
from kesu.engine import clock, deputies
from kesu.engine.deputies import Deputy
from kesu.engine.errors import Invalid, Rejected, sentence
from kesu.webui.context import database, signed_in
from kesu.webui.errors import say
from kesu.webui.pages.people import profile
from kesu.webui.permissions import requires

blueprint = Blueprint("deputies", __name__)


@blueprint.post("/profile/deputies")
@requires()
def create() -> ResponseReturnValue:
    """Appoint a deputy, or show the profile again with why that cannot be."""
    principal = request.form.get("principal") or signed_in().login
    try:
        begins, ends = _period()
        appointed = deputies.appoint(database(), principal, request.form.get("deputy", ""), begins_at=begins, ends_at=ends, actor=signed_in().login,
                                     definition_key=request.form.get("process") or None)
    except Rejected as refusal:
        return profile({"deputy": say(refusal)}), refusal.status
    _tell(appointed)
    flash(_("The deputy is appointed. New work of this period goes to them; what you have stays with you until you pass it on."))
    return redirect(url_for("people.show", _anchor="deputies"), 303)


@blueprint.delete("/profile/deputies/<int:deputy_id>")
@requires()
def delete(deputy_id: int) -> ResponseReturnValue:
    """End an appointment now."""
    deputies.end(database(), deputy_id, actor=signed_in().login)
    flash(_("The appointment has ended; what the deputy was given stays with them."))
    return redirect(url_for("people.show", _anchor="deputies"), 303)


def _period() -> tuple[datetime, datetime]:
    """Return the first instant of the first day and the end of the last, in the reader's own zone."""
    with database().read() as connection:
        zone = profiles.of_person(connection, signed_in().login).zone
    try:
        first, last = date.fromisoformat(request.form.get("begins", "")), date.fromisoformat(request.form.get("ends", ""))
        begins = datetime(first.year, first.month, first.day, tzinfo=zone)
        ends = datetime(last.year, last.month, last.day, tzinfo=zone) + timedelta(days=1)
    except (ValueError, OverflowError) as wrong:
        raise Invalid(sentence("Expected the first and the last day as dates.")) from wrong
    return begins.astimezone(UTC), ends.astimezone(UTC)


def _tell(appointed: Deputy) -> None:
    with database().write() as connection:
        known = {"who": appointed.principal, "begins": appointed.begins_at.isoformat(), "ends": appointed.ends_at.isoformat()}
        notices.tell(connection, appointed.deputy, "deputy", reference=None, values=known, key=f"deputy/{appointed.id}", at=clock.now())
