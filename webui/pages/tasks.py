"""One task: the page, the pane beside the inbox, the draft, the diagram it stands in."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.engine import claims, clock, copies, parties, runtime, user_tasks
from kesu.engine.errors import Conflict, Invalid, NotFound
from kesu.webui import next_steps, submissions, task_views
from kesu.webui.addresses import id_in, inside
from kesu.webui.context import database, signed_in
from kesu.webui.errors import answer, say
from kesu.webui.in_place import in_place
from kesu.webui.inbox_wishes import beside
from kesu.webui.languages import language
from kesu.webui.moments import clock_time
from kesu.webui.permissions import requires
from kesu.webui.shown_proofs import holds
from kesu.webui.task_fates import fate
from kesu.webui.task_views import TaskView

blueprint = Blueprint("tasks", __name__)


@blueprint.get("/tasks/<int:task_id>")
@requires()
def show(task_id: int) -> ResponseReturnValue:
    """Show a task with everything needed to decide it."""
    return page(_view(task_id))


@blueprint.get("/tasks/<int:task_id>/preview")
@requires()
def preview(task_id: int) -> ResponseReturnValue:
    """Show the same without the frame, for the pane beside the inbox."""
    return render_template("tasks/pane.html", **parts(_view(task_id)))


@blueprint.put("/tasks/<int:task_id>/draft")
@requires()
def save_draft(task_id: int) -> ResponseReturnValue:
    """Keep what has been typed so far; tells a script which fields are hidden now and what would happen next."""
    view = _view(task_id)
    if view.mode == "vote":
        view.values = {**view.values, **submissions.values(view.form)}
        return _kept(view, _("Kept in this browser until the tab is closed"))
    try:
        claims.save_draft(database(), task_id, submissions.values(view.form), actor=signed_in().login)
    except Conflict as error:
        return _draft_refused(task_id, say(error, task=view.task.called(language())))
    view = _view(task_id)
    if request.accept_mimetypes.best == "application/json":
        return _kept(view, _("Draft kept at %(time)s", time=clock_time(clock.now())))
    flash(_("Your draft has been kept."))
    return redirect(url_for("tasks.show", task_id=task_id, back=request.form.get("back") or None), 303)


@blueprint.get("/tasks/<int:task_id>/diagram")
@requires()
def diagram(task_id: int) -> ResponseReturnValue:
    """Return the diagram on which this case runs, as it was published."""
    with database().read() as connection:
        task = parties.visible(connection, task_id, signed_in())
        return Response(task_views.diagram(connection, task), mimetype="application/xml")


def page(view: TaskView, status: int = 200) -> ResponseReturnValue:
    """Answer with a task's page, as it is or with what was wrong with an answer."""
    return render_template("tasks/pane.html" if in_place() else "tasks/show.html", **parts(view)), status


def parts(view: TaskView, back: str | None = None, then: int | None = None) -> dict[str, Any]:
    """Return what the templates of a task are filled with: `back` is the list it was opened from, `onward` where an answer leads."""
    moves = runtime.all_moves(database(), view.task.id, actor=view.person.login) if view.instance.state == "active" else {}
    back = back or inside(request.values.get("back"), url_for("inbox.index"))
    then = then or id_in(request.values.get("then"))
    onward = beside(back, then) if then else back
    return {"view": view, "task": view.task, "moves": moves, "ahead": _ahead(view), "key": uuid.uuid4().hex,
            "back": beside(back, view.task.id), "onward": onward, "then": then}


def gone(error: NotFound) -> ResponseReturnValue:
    """Tell somebody who was shown a task what became of it, where it is no longer theirs to see; for all others it does not exist."""
    task_id = (request.view_args or {}).get("task_id", 0)
    if not holds(task_id, request.values.get("shown", "")):
        return answer(error.status, say(error))
    with database().read() as connection:
        task = user_tasks.find(connection, task_id)
        name, news = task.called(language()), fate(connection, task, signed_in().login)
    if request.headers.get("HX-Request") == "true":
        return render_template("tasks/gone.html", name=name, news=news)
    flash(f"{name}: {news}", "notice")
    return redirect(inside(request.values.get("back"), url_for("inbox.index")), 303)


def handled(task_id: int, error: Conflict) -> ResponseReturnValue:
    """Lead somebody who came second to the task as it is now; that is news, not an error."""
    with database().read() as connection:
        task = user_tasks.find(connection, task_id)
        news = "" if task.is_open else fate(connection, task, signed_in().login)
    flash(f"{task.called(language())}: {news}" if news else say(error, task=task.called(language())), "notice")
    return redirect(url_for("tasks.show", task_id=task_id, back=inside(request.form.get("back"), "") or None), 303)


def wrong(task_id: int, error: Invalid) -> ResponseReturnValue:
    """Show the task again with what was typed and a sentence at every field that does not hold."""
    view = _view(task_id)
    view.values = {**view.values, **submissions.values(view.form)}
    view.comment = request.form.get("comment", "")
    for problem in error.problems:
        template = getattr(problem, "message", None) or getattr(problem, "template", "")
        view.problems[problem.field] = _(template).format(**getattr(problem, "values", {}))
    if not view.problems:
        view.problems["comment"] = say(error)
    return page(view, 422)


def done(task_id: int, sentence: str) -> ResponseReturnValue:
    """Say what was done and what waits now, and go back to where the person came from."""
    with database().read() as connection:
        task = user_tasks.find(connection, task_id)
        following = user_tasks.of_instance(connection, task.instance_id, only_open=True)
    names = ", ".join(dict.fromkeys(other.called(language()) for other in following if other.id != task_id))
    flash(f"{sentence} {_('Open on this case now: %(names)s.', names=names)}" if names else sentence)
    return redirect(inside(request.form.get("back"), url_for("inbox.index")), 303)


def _view(task_id: int) -> TaskView:
    person = signed_in()
    with database().read() as connection:
        view = task_views.view(connection, task_id, person)
    _note_read(view)
    return view


def _note_read(view: TaskView) -> None:
    with database().read() as connection:
        unread = copies.is_unread(connection, task_id=view.task.id, login=view.person.login)
    if unread:
        with database().write() as connection:
            copies.read(connection, task_id=view.task.id, login=view.person.login, at=clock.now())


def _ahead(view: TaskView) -> list[next_steps.Ahead]:
    if not view.acts:
        return []
    return next_steps.ahead(database(), view.task, view.mode, view.person.login, view.values)


def _kept(view: TaskView, said: str) -> ResponseReturnValue:
    ahead = render_template("tasks/ahead.html", ahead=_ahead(view), view=view)
    return jsonify(saved=said, hidden=sorted(view.hidden()), ahead=ahead)


def _draft_refused(task_id: int, text: str) -> ResponseReturnValue:
    if request.accept_mimetypes.best == "application/json":
        return jsonify(gone=text), 409
    flash(text, "notice")
    return redirect(url_for("tasks.show", task_id=task_id), 303)


blueprint.register_error_handler(NotFound, gone)
