"""Answering a vote with one's own ballot."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.engine import runtime
from kesu.engine.errors import Conflict, Invalid, NotFound
from kesu.webui import submissions, task_views
from kesu.webui.context import database, signed_in
from kesu.webui.languages import language
from kesu.webui.pages.completions import comment, key
from kesu.webui.pages.tasks import done, gone, handled, wrong
from kesu.webui.permissions import requires

blueprint = Blueprint("ballots", __name__)
blueprint.register_error_handler(NotFound, gone)


@blueprint.post("/tasks/<int:task_id>/ballots")
@requires()
def create(task_id: int) -> ResponseReturnValue:
    """Cast one's ballot, or change it while the vote is undecided."""
    with database().read() as connection:
        view = task_views.view(connection, task_id, signed_in())
    answer = request.form.get("answer", "")
    try:
        reason = comment(view, refusing=answer == "no")
        runtime.vote(database(), task_id, actor=view.person.login, answer=answer, comment=reason,
                     submission=submissions.values(view.form), idempotency_key=key(view))
    except Invalid as error:
        return wrong(task_id, error)
    except Conflict as error:
        return handled(task_id, error)
    name = view.task.called(language())
    return done(task_id, _("%(task)s: you agreed.", task=name) if answer == "yes" else _("%(task)s: you refused.", task=name))
