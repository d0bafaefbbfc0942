"""The saved views of the inbox: keep what is shown under a name; order, rename, prefer and forget them."""

from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.engine.errors import Invalid
from kesu.webui import saved_views
from kesu.webui.context import database, signed_in
from kesu.webui.errors import say
from kesu.webui.inbox_wishes import Wish
from kesu.webui.permissions import requires

blueprint = Blueprint("saved_views", __name__)


@blueprint.get("/inbox/views")
@requires()
def index() -> ResponseReturnValue:
    """List one's saved views, to be put in order."""
    return _list()


@blueprint.post("/inbox/views")
@requires()
def create() -> ResponseReturnValue:
    """Keep what the inbox shows under a name."""
    wish, name = Wish.of_query(request.form.get("query", "")), request.form.get("name", "")
    try:
        with database().write() as connection:
            saved_views.save(connection, signed_in().login, name, urlencode(wish.lasting), as_default=request.form.get("default") == "1")
    except Invalid as error:
        flash(say(error), "problem")
    else:
        flash(_("Saved as “%(name)s”. Its address can be sent to colleagues: they see their own tasks through the same filters.",
                name=" ".join(name.split())))
    return redirect(wish.address(), 303)


@blueprint.put("/inbox/views/<int:view_id>")
@requires()
def update(view_id: int) -> ResponseReturnValue:
    """Rename a view, move it up or down, or let the inbox open with it."""
    login, act = signed_in().login, request.form.get("act")
    try:
        with database().write() as connection:
            if act == "rename":
                saved_views.rename(connection, login, view_id, request.form.get("name", ""))
            elif act in ("up", "down"):
                saved_views.shift(connection, login, view_id, -1 if act == "up" else 1)
            elif act in ("prefer", "unprefer"):
                saved_views.prefer(connection, login, view_id if act == "prefer" else None)
    except Invalid as error:
        return _list({view_id: say(error)}), 422
    return redirect(url_for("saved_views.index", _anchor=f"view-{view_id}"), 303)


@blueprint.delete("/inbox/views/<int:view_id>")
@requires()
def delete(view_id: int) -> ResponseReturnValue:
    """Forget a view; no task is touched."""
    with database().write() as connection:
        name = saved_views.find(connection, signed_in().login, view_id).name
        saved_views.forget(connection, signed_in().login, view_id)
    flash(_("“%(name)s” is forgotten.", name=name))
    return redirect(url_for("saved_views.index"), 303)


def _list(problems: dict[int, str] | None = None) -> str:
    with database().read() as connection:
        views = saved_views.of_person(connection, signed_in().login)
    return render_template("inbox/views.html", views=[(view, Wish.of_query(view.query).address()) for view in views], problems=problems or {},
                           longest=saved_views.LONGEST)
