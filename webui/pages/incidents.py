"""Where cases stand still: the list, what another attempt or a skip would do, and doing it, for one incident or many."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from kesu.engine import incidents, runtime
from kesu.engine.errors import Rejected
from kesu.engine.incidents import Incident
from kesu.webui import incident_edits, incident_lists, incident_words, next_steps
from kesu.webui.addresses import number
from kesu.webui.context import database, signed_in
from kesu.webui.errors import say
from kesu.webui.incident_lists import MAY_ACT, MAY_SEE, PAGE, Wish
from kesu.webui.permissions import requires

blueprint = Blueprint("incidents", __name__)
AHEAD = 20  # for how many the way ahead is worked out one by one


@blueprint.get("/incidents")
@requires(*MAY_SEE)
def index() -> ResponseReturnValue:
    """List the incidents, narrowed by kind, process and step."""
    given = request.args
    wish = Wish(given.get("kind", ""), given.get("key", ""), given.get("element", ""), given.get("settled") == "1", given.get("before", type=number))
    with database().read() as connection:
        found = incident_lists.rows(connection, wish)
        choices = incident_lists.choices(connection)
    more = url_for(".index", **{**given.to_dict(), "before": found[PAGE - 1].incident.id}) if len(found) > PAGE else None
    return render_template("incidents/index.html", rows=found[:PAGE], wish=wish, choices=choices, more=more,
                           acts=signed_in().is_in(*MAY_ACT), words=incident_words)


@blueprint.get("/incidents/resolutions/new")
@requires(*MAY_SEE)
def new() -> ResponseReturnValue:
    """Show the chosen incidents, and what another attempt and a skip would each do."""
    return _page(_chosen(request.args.getlist("id", type=number)))


@blueprint.post("/incidents/resolutions")
@requires(*MAY_ACT)
def create() -> ResponseReturnValue:
    """Retry or skip the chosen incidents, and say of each what came of it."""
    sent, chosen = request.form, request.form.getlist("id", type=number)
    skipping = sent.get("reason", "").strip() if sent.get("act") == "skip" else None
    if skipping == "":
        return _page(_chosen(chosen), reason_missing=True), 422
    try:
        wished = incident_edits.wishes(sent)
    except Rejected as refusal:
        return _page(_chosen(chosen), trouble=say(refusal), sent=sent), 422
    told = runtime.many(database(), chosen, actor=signed_in().login, skipping=skipping, variables=wished)
    _report(told, skipped=skipping is not None)
    return redirect(url_for(".index"), 303)


def _chosen(ids: list[int]) -> list[Incident]:
    with database().read() as connection:
        if len(ids) == 1:
            return [incidents.find(connection, ids[0])]
        return incidents.listed(connection, ids=ids, only_open=False, limit=1000)


def _page(chosen: list[Incident], *, reason_missing: bool = False, trouble: str = "", sent: Mapping[str, str] | None = None) -> str:
    still_open = [incident for incident in chosen if incident.resolved_at is None]
    with database().read() as connection:
        rows = incident_lists.named(connection, chosen)
        entries = incident_edits.entries(connection, still_open)
    return render_template("incidents/chosen.html", rows=rows, open=still_open, entries=entries, following=_following(still_open),
                           acts=signed_in().is_in(*MAY_ACT), words=incident_words, reason_missing=reason_missing, trouble=trouble,
                           sent=sent or {})


def _following(chosen: list[Incident]) -> dict[int, tuple[str, ...]]:
    """Say for each what would follow a skip; nothing where that cannot be known."""
    found = {}
    for incident in chosen[:AHEAD]:
        try:
            ahead = runtime.what_next_without(database(), incident.id, actor=signed_in().login)
        except Rejected:
            continue
        with database().read() as connection:
            found[incident.id] = next_steps.said(connection, ahead)
    return found


def _report(told: Mapping[int, Rejected | None], *, skipped: bool) -> None:
    done = sum(refusal is None for refusal in told.values())
    if done:
        flash(ngettext("%(num)s incident was skipped.", "%(num)s incidents were skipped.", done) if skipped else
              ngettext("%(num)s incident is tried again.", "%(num)s incidents are tried again.", done)
              + " " + _("What fails again comes back to this list."))
    for refusal in told.values():
        if refusal is not None:
            flash(say(refusal), "problem")
    if not told:
        flash(_("Nothing was chosen, so nothing was done."), "warn")
