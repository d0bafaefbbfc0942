"""Completing a task: sending its form, with an approval or a rejection where the diagram asks for one."""

from collections.abc import Callable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Connection

from kesu.complaints import attachments
from kesu.engine import clock, runtime
from kesu.engine.errors import Conflict, Invalid, NotFound, sentence
from kesu.engine.runtime import APPROVED, REJECTED, FieldProblem
from kesu.webui import submissions, task_views
from kesu.webui.addresses import number
from kesu.webui.context import database, signed_in
from kesu.webui.languages import language
from kesu.webui.pages.tasks import done, gone, handled, wrong
from kesu.webui.permissions import requires
from kesu.webui.task_views import TaskView

blueprint = Blueprint("completions", __name__)
blueprint.register_error_handler(NotFound, gone)
WHY = sentence("Say why, so that the person it goes back to knows what to mend.")
WHICH = sentence("Expected your decision: approve or reject.")


@blueprint.post("/tasks/<int:task_id>/completion")
@requires()
def create(task_id: int) -> ResponseReturnValue:
    """Complete a task, or show it again with what does not hold."""
    with database().read() as connection:
        view = task_views.view(connection, task_id, signed_in())
    try:
        outcome = _outcome(view)
        reason = comment(view, refusing=outcome == REJECTED)
        runtime.complete(database(), task_id, actor=view.person.login, submission=submissions.values(view.form), outcome=outcome, comment=reason,
                         seen=request.form.get("seen", type=number), idempotency_key=key(view), writes=_files(view))
    except Invalid as error:
        return wrong(task_id, error)
    except Conflict as error:
        return handled(task_id, error)
    return done(task_id, _sentence(outcome, view.task.called(language())))


def comment(view: TaskView, *, refusing: bool) -> str | None:
    """Return the reason that came with an answer, or None. Raises `Invalid` where somebody refuses without a word."""
    name = "comment" if view.opinion == "comment" else submissions.PREFIX + view.opinion
    reason = request.form.get(name, "").strip()[:4000] or None
    if refusing and reason is None:
        raise Invalid(WHY, [FieldProblem(view.opinion, WHY)])
    return reason


def key(view: TaskView) -> str | None:
    """Return the idempotency key of this page: pressing twice counts once."""
    sent = request.form.get("key", "")
    return f"page/{view.task.id}/{view.person.login}/{sent[:64]}" if sent else None


def _outcome(view: TaskView) -> str | None:
    sent = request.form.get("outcome")
    if "outcome" not in view.task.settings:
        return None
    if sent not in (APPROVED, REJECTED):
        raise Invalid(WHICH, [FieldProblem("comment", WHICH)])
    return sent


def _files(view: TaskView) -> list[Callable[[Connection], None]]:
    files, reference = submissions.files(view.form), view.task.business_key
    if not files or reference is None:
        return []

    def write(connection: Connection) -> None:
        attachments.add(connection, reference, files, at=clock.now(), actor=view.person.login)

    return [write]


def _sentence(outcome: str | None, name: str) -> str:
    if outcome == APPROVED:
        return _("%(task)s: you approved.", task=name)
    if outcome == REJECTED:
        return _("%(task)s: you rejected.", task=name)
    return _("%(task)s: done.", task=name)
