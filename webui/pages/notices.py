"""Notices: what colleagues and the program told me, the unread first."""

from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Row

from kesu.complaints import notices
from kesu.engine import clock
from kesu.webui.context import database, me, signed_in
from kesu.webui.errors import spoken
from kesu.webui.languages import language, own_half
from kesu.webui.permissions import requires

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
@requires()
def index() -> ResponseReturnValue:
    """List one's notices."""
    with database().read() as connection:
        found = notices.of_person(connection, signed_in().login)
    return render_template("notices/index.html", notices=[(notice, text_of(notice)) for notice in found])


@blueprint.post("/notices/<int:notice_id>/reading")
@requires()
def read(notice_id: int) -> ResponseReturnValue:
    """Note that one has been read."""
    with database().write() as connection:
        notices.mark_read(connection, signed_in().login, notice_id, at=clock.now())
    return redirect(url_for("notices.index"), 303)


@blueprint.post("/notices/reading")
@requires()
def read_all() -> ResponseReturnValue:
    """Note that all have been read."""
    login = signed_in().login
    with database().write() as connection:
        for notice in notices.of_person(connection, login, limit=1000):
            notices.mark_read(connection, login, notice.id, at=clock.now())
    flash(_("All notices are marked as read."))
    return redirect(url_for("notices.index"), 303)


def text_of(notice: Row[Any]) -> str:
    """Return a notice's sentence in the reader's language."""
    values = dict(notice.values)
    if language() != "zh":
        values = values | {name.removesuffix("_en"): value for name, value in values.items() if name.endswith("_en") and value}
    values = {name: own_half(value) if isinstance(value, str) else value for name, value in spoken(values).items()}
    try:
        return _(notices.TEXTS.get(notice.template, notice.template)).format(**{"reference": notice.reference or "", **values})
    except (KeyError, IndexError):
        return _(notices.TEXTS.get(notice.template, notice.template))


def unread_notices() -> int:
    """Count the unread notices of the person who is asking."""
    person = me()
    if person is None or g.get("degraded"):
        return 0
    with database().read() as connection:
        return notices.unread(connection, person.login)


@blueprint.record_once
def _give_templates_the_count(state: Any) -> None:
    app: Flask = state.app
    app.jinja_env.globals.update(unread_notices=unread_notices)
