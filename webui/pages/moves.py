"""Moves back along the path: send back, take back, withdraw. First the page that says what would happen, then the deed."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.engine import runtime
from kesu.engine.errors import Conflict, Invalid, NotFound, sentence
from kesu.webui import task_views
from kesu.webui.addresses import inside
from kesu.webui.context import database, signed_in
from kesu.webui.errors import say
from kesu.webui.languages import language
from kesu.webui.pages.completions import key
from kesu.webui.pages.tasks import handled
from kesu.webui.permissions import requires
from kesu.webui.task_cards import people_names
from kesu.webui.task_views import TaskView

blueprint = Blueprint("moves", __name__)


@blueprint.get("/tasks/<int:task_id>/moves/<move>")
@requires()
def new(task_id: int, move: str) -> ResponseReturnValue:
    """Show where a move can go, and for each target what it would void."""
    return _page(_view(task_id), move)


@blueprint.post("/tasks/<int:task_id>/moves/<move>")
@requires()
def create(task_id: int, move: str) -> ResponseReturnValue:
    """Make the move."""
    view = _view(task_id)
    try:
        runtime.move(database(), task_id, actor=view.person.login, move=move, target=request.form.get("target") or None,
                     reason=request.form.get("reason", "").strip()[:4000] or None, seen=request.form.get("seen", type=int),
                     idempotency_key=key(view))
    except Invalid as error:
        return _page(view, move, say(error), 422)
    except Conflict as error:
        return handled(task_id, error)
    flash(_sentence(move, view.task.called(language())))
    return redirect(inside(request.form.get("back"), url_for("inbox.index")), 303)


def _view(task_id: int) -> TaskView:
    with database().read() as connection:
        return task_views.view(connection, task_id, signed_in())


def _page(view: TaskView, move: str, problem: str = "", status: int = 200) -> ResponseReturnValue:
    login, db = view.person.login, database()
    if move not in runtime.MOVES:
        raise NotFound(sentence("Expected one of the moves {moves}, but got {move}."), moves=", ".join(runtime.MOVES), move=move)
    targets = runtime.legal_moves(db, view.task.id, actor=login).get(move, [])
    previews = [runtime.preview(db, view.task.id, actor=login, move=move, target=each.activity_id) for each in targets]
    with db.read() as connection:
        names = people_names(connection, [each.who for each in targets])
    context = {"view": view, "task": view.task, "move": move, "previews": previews, "names": names, "problem": problem,
               "chosen": request.form.get("target"), "reason": request.form.get("reason", ""), "key": uuid.uuid4().hex,
               "back": inside(request.values.get("back"), url_for("tasks.show", task_id=view.task.id))}
    return render_template("tasks/move.html", **context), status


def _sentence(move: str, name: str) -> str:
    return {
        "reject": _("%(task)s: sent back.", task=name),
        "take_back": _("%(task)s: taken back; it is yours again.", task=name),
        "withdraw": _("Withdrawn: the case is back at its first step."),
    }[move]
