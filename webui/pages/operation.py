"""Operation: whether the clock is right, whether backups are made and restore, and what the last attempts said."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from kesu.engine import clock_watch
from kesu.engine.backups import keeping, runs
from kesu.engine.backups.runs import Kind
from kesu.webui import backups
from kesu.webui.context import database, signed_in
from kesu.webui.permissions import requires

blueprint = Blueprint("operation", __name__)
WORDS = {Kind.BACKUP: lazy_gettext("Backup"), Kind.RESTORE_TEST: lazy_gettext("Restore test")}


@blueprint.get("/setup/operation")
@requires("admin")
def show() -> ResponseReturnValue:
    """Show how the clocks, backup and restore test stand."""
    with database().read() as connection:
        off = clock_watch.held(connection)
        standings, attempts = backups.standings(connection), runs.latest(connection)
    return render_template(
        "operation/show.html",
        clocks=off,
        standings=standings,
        runs=attempts,
        words=WORDS,
        folder=backups.folder().resolve(),
        rule=keeping.rule(),
        sealed=backups.passphrase() is not None,
        copied_since=current_app.config.get("KESU_COPIED_SINCE"),
    )


@blueprint.post("/setup/operation/clock")
@requires("admin")
def accept_clock() -> ResponseReturnValue:
    """Say that the clock is right: what is due goes out again."""
    if clock_watch.accept(database(), by=signed_in().login):
        flash(_("The time is taken as right. What is due goes out now."))
    return redirect(url_for("operation.show"), 303)
