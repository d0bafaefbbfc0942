"""Taking a task off the shared list, and putting it back."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.engine import claims, parties
from kesu.engine.errors import Conflict, NotFound
from kesu.webui.addresses import inside, number
from kesu.webui.context import database, signed_in
from kesu.webui.languages import language
from kesu.webui.pages.tasks import gone, handled
from kesu.webui.permissions import requires

blueprint = Blueprint("claims", __name__)
blueprint.register_error_handler(NotFound, gone)


@blueprint.post("/tasks/<int:task_id>/claim")
@requires()
def create(task_id: int) -> ResponseReturnValue:
    """Claim a task."""
    _find(task_id)
    try:
        task = claims.claim(database(), task_id, actor=signed_in().login, seen=request.form.get("seen", type=number))
    except Conflict as error:
        return handled(task_id, error)
    flash(_("%(task)s is yours now.", task=task.called(language())))
    back = inside(request.form.get("back"), "") or None
    if back and request.form.get("beside"):
        return redirect(back, 303)
    return redirect(url_for("tasks.show", task_id=task_id, back=back, then=request.form.get("then") or None), 303)


@blueprint.delete("/tasks/<int:task_id>/claim")
@requires()
def delete(task_id: int) -> ResponseReturnValue:
    """Put a claimed task back on the shared list."""
    _find(task_id)
    try:
        task = claims.release(database(), task_id, actor=signed_in().login, seen=request.form.get("seen", type=number))
    except Conflict as error:
        return handled(task_id, error)
    flash(_("%(task)s is back on the shared list.", task=task.called(language())))
    return redirect(inside(request.form.get("back"), url_for("inbox.index")), 303)


def _find(task_id: int) -> None:
    with database().read() as connection:
        parties.visible(connection, task_id, signed_in())
