"""Several tasks at once: a page that says what will happen to each, and a page that says what did."""

import uuid
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.engine import runtime
from kesu.engine.errors import NotFound, sentence
from kesu.webui import batches, colleagues
from kesu.webui.addresses import id_in, inside
from kesu.webui.batches import Plan
from kesu.webui.context import database, signed_in
from kesu.webui.errors import say
from kesu.webui.languages import language
from kesu.webui.permissions import requires
from kesu.webui.task_cards import people_names

blueprint = Blueprint("batches", __name__)


@blueprint.get("/inbox/batches/<act>")
@requires()
def new(act: str) -> ResponseReturnValue:
    """Say what an act would do to each of the chosen tasks, and what it cannot do."""
    return _page(_plan(act, request.args.getlist("task")))


@blueprint.post("/inbox/batches/<act>")
@requires()
def create(act: str) -> ResponseReturnValue:
    """Do it, each task on its own, and say what became of each."""
    plan, to = _plan(act, request.form.getlist("task")), request.form.get("people", "")
    if act == "transfer" and not to:
        return _page(plan, _("Choose to whom.")), 422
    reason = request.form.get("reason", "").strip()[:4000] or None
    if act == "transfer" and not reason:
        return _page(plan, _("Say why you pass them on: whoever gets them reads it first.")), 422
    sent = request.form.get("key", "")[:64]
    done = runtime.batch(database(), plan.engine_act, [item.task.id for item in plan.possible], actor=signed_in().login,
                         idempotency_key=f"batch/{signed_in().login}/{sent}" if sent else None,
                         each={item.task.id: item.particulars(reason) for item in plan.possible}, **_given(plan, to, reason))
    return render_template("inbox/batch_done.html", plan=plan, results=_results(plan, done), back=_back(), to=_name(to))


def _plan(act: str, ids: list[str]) -> Plan:
    if act not in batches.ACTS:
        raise NotFound(sentence("This cannot be done to several tasks at once."))
    return batches.plan(database(), act, [number for each in ids if (number := id_in(each))], signed_in())


def _given(plan: Plan, to: str, reason: str | None) -> dict[str, Any]:
    if plan.act == "transfer":
        return {"move": "transfer", "people": [to], "reason": reason}
    if plan.act == "approve":
        return {"comment": reason, **({"answer": "yes"} if plan.engine_act == "vote" else {"outcome": runtime.APPROVED})}
    return {}


def _results(plan: Plan, done: list[runtime.Result]) -> list[tuple[batches.Item, str]]:
    """Return every task with the reason why it was not done; what was refused comes first."""
    said = {item.task.id: item.problem or plan.problem for item in plan.items}
    for each in done:
        task = next(item.task for item in plan.items if item.task.id == each.task_id)
        said[each.task_id] = say(each.refused, task=task.called(language())) if each.refused else ""
    return sorted(((item, said[item.task.id]) for item in plan.items), key=lambda result: not result[1])


def _page(plan: Plan, problem: str = "") -> str:
    with database().read() as connection:
        around = colleagues.departments(connection, without={signed_in().login}) if plan.act == "transfer" else []
    return render_template("inbox/batch.html", plan=plan, departments=around, problem=problem, back=_back(), key=uuid.uuid4().hex, sent=request.form)


def _back() -> str:
    return inside(request.values.get("back"), url_for("inbox.index"))


def _name(login: str) -> str:
    with database().read() as connection:
        return people_names(connection, [login])[login] if login else ""
