"""Every move apart from the answer itself: first the page that says what would happen, then the deed.

Along the path: send back, take back, withdraw, jump. On people: transfer, delegate, add or remove signers, copy, urge.
"""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.engine import ballots, runtime
from kesu.engine.errors import Conflict, Invalid, NotFound, sentence
from kesu.webui import colleagues, task_views
from kesu.webui.addresses import inside, number
from kesu.webui.context import database, signed_in
from kesu.webui.errors import say
from kesu.webui.in_place import in_place
from kesu.webui.languages import language
from kesu.webui.pages.completions import key
from kesu.webui.pages.tasks import gone, handled
from kesu.webui.permissions import requires
from kesu.webui.task_cards import people_names
from kesu.webui.task_views import TaskView

blueprint = Blueprint("moves", __name__)
blueprint.register_error_handler(NotFound, gone)
TO_ONE = ("transfer", "delegate", "remove_sign")
TO_MANY = ("add_sign", "copy")


@blueprint.get("/tasks/<int:task_id>/moves/<move>")
@requires()
def new(task_id: int, move: str) -> ResponseReturnValue:
    """Show where a move can go or whom it can reach, and what it would void."""
    return _page(_view(task_id), move)


@blueprint.post("/tasks/<int:task_id>/moves/<move>")
@requires()
def create(task_id: int, move: str) -> ResponseReturnValue:
    """Make the move."""
    view = _view(task_id)
    try:
        runtime.move(database(), task_id, actor=view.person.login, move=move, idempotency_key=key(view), **_told())
    except Invalid as error:
        return _page(view, move, say(error), 422)
    except Conflict as error:
        if move in runtime.ON_PATH or not view.task.is_open:
            return handled(task_id, error)
        return _page(view, move, say(error, task=view.task.called(language())), 409)
    flash(_sentence(move, view.task.called(language())))
    return redirect(inside(request.form.get("back"), url_for("inbox.index")), 303)


def _view(task_id: int) -> TaskView:
    with database().read() as connection:
        return task_views.view(connection, task_id, signed_in())


def _told() -> dict[str, Any]:
    """Return what the form says, for the move to make of it what it needs."""
    people = [login for login in request.form.getlist("people") if login]
    return {
        "target": request.form.get("target") or None, "afterwards": request.form.get("afterwards") or None,
        "reason": request.form.get("reason", "").strip()[:4000] or None, "seen": request.form.get("seen", type=number),
        "people": people or None, "how": request.form.get("how") or None,
    }


def _page(view: TaskView, move: str, problem: str = "", status: int = 200) -> ResponseReturnValue:
    if move not in (*runtime.ON_PATH, *runtime.ON_PEOPLE):
        known = ", ".join((*runtime.ON_PATH, *runtime.ON_PEOPLE))
        raise NotFound(sentence("Expected one of the moves {moves}, but got {move}."), moves=known, move=move)
    legal = runtime.all_moves(database(), view.task.id, actor=view.person.login)
    context = {
        "view": view, "task": view.task, "move": move, "problem": problem, "key": uuid.uuid4().hex, "is_legal": move in legal,
        "on_path": move in runtime.ON_PATH, "to_one": move in TO_ONE, "to_many": move in TO_MANY,
        "back": inside(request.values.get("back"), url_for("tasks.show", task_id=view.task.id)), "sent": request.form,
        "chosen": request.form.getlist("people"), **_choices(view, move, legal.get(move, [])),
    }
    template = "tasks/move_sheet.html" if in_place() else "tasks/move.html"
    return render_template(template, **context), status


def _choices(view: TaskView, move: str, targets: list[runtime.Target]) -> dict[str, Any]:
    login = view.person.login
    previews = [runtime.preview(database(), view.task.id, actor=login, move=move, target=each.activity_id) for each in targets]
    with database().read() as connection:
        asked = ballots.of_task(connection, view.task.id)
        names = people_names(connection, [*(each.who for each in targets), *(ballot.voter for ballot in asked)])
        if move == "remove_sign":
            removable = tuple((ballot.voter, names[ballot.voter]) for ballot in asked if ballot.is_undone)
            return {"previews": [], "names": names, "departments": [colleagues.Department(_("Asked in this round"), removable)]}
        around = colleagues.departments(connection, without={login}) if move in (*TO_ONE, *TO_MANY) else []
    return {"previews": previews, "names": names, "departments": around}


def _sentence(move: str, name: str) -> str:
    return {
        "reject": _("%(task)s: sent back.", task=name),
        "take_back": _("%(task)s: taken back; it is yours again.", task=name),
        "withdraw": _("Withdrawn: the case is back at its first step."),
        "jump": _("%(task)s: the case has jumped.", task=name),
        "transfer": _("%(task)s: passed on.", task=name),
        "delegate": _("%(task)s: an opinion is asked for; then it comes back to you.", task=name),
        "add_sign": _("%(task)s: more people are asked.", task=name),
        "remove_sign": _("%(task)s: taken out of the round.", task=name),
        "copy": _("%(task)s: copies sent.", task=name),
        "urge": _("%(task)s: those who have it were reminded.", task=name),
    }.get(move, name)
