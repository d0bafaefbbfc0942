"""Handover on leaving (离职转交): all open work of one person goes to another; first the preview, then the deed with its report."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.engine import runtime, user_tasks
from kesu.engine.errors import Rejected
from kesu.engine.runtime import Handed
from kesu.webui import colleagues
from kesu.webui.context import database, signed_in
from kesu.webui.errors import say
from kesu.webui.permissions import requires
from kesu.webui.task_cards import people_names

blueprint = Blueprint("handovers", __name__)


@blueprint.get("/handovers/new")
@requires("manager")
def new() -> ResponseReturnValue:
    """Ask who leaves and who follows; with both chosen, show what would change hands."""
    leaver, to = request.args.get("leaver", ""), request.args.get("to", "")
    if not leaver or not to:
        return _page(leaver, to)
    try:
        found = runtime.hand_over(database(), leaver, to=to, actor=signed_in().login, preview=True)
    except Rejected as refusal:
        return _page(leaver, to, problem=say(refusal)), refusal.status
    return _page(leaver, to, rows=_rows(found), previewed=True)


@blueprint.post("/handovers")
@requires("manager")
def create() -> ResponseReturnValue:
    """Hand everything over and report on each piece."""
    leaver, to = request.form.get("leaver", ""), request.form.get("to", "")
    reason = request.form.get("reason", "").strip()[:4000] or None
    try:
        done = runtime.hand_over(database(), leaver, to=to, actor=signed_in().login, reason=reason)
    except Rejected as refusal:
        return _page(leaver, to, problem=say(refusal)), refusal.status
    moved = sum(each.refused is None for each in done)
    flash(_("%(moved)s of %(all)s pieces of work have changed hands.", moved=moved, all=len(done)))
    if moved == len(done):
        return redirect(url_for("handovers.new"), 303)
    return _page(leaver, to, rows=_rows([each for each in done if each.refused]))


def _page(leaver: str, to: str, *, rows: list[dict[str, Any]] | None = None, previewed: bool = False, problem: str = "") -> str:
    with database().read() as connection:
        around = colleagues.departments(connection, without=set())
        names = people_names(connection, [leaver, to])
        everybody = colleagues.everybody(connection)
    return render_template("people/handover.html", leaver=leaver, to=to, rows=rows, previewed=previewed, problem=problem, names=names,
                           departments=around, everybody=everybody)


def _rows(found: list[Handed]) -> list[dict[str, Any]]:
    with database().read() as connection:
        tasks = {each.task_id: user_tasks.find(connection, each.task_id) for each in found}
    return [{"task": tasks[each.task_id], "what": each.what, "problem": say(each.refused) if each.refused else ""} for each in found]
