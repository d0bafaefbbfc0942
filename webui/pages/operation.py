"""Operation: whether backups are made, whether they restore, and what the last attempts said."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from kesu.engine.backups import keeping, runs
from kesu.engine.backups.runs import Kind
from kesu.webui import backups
from kesu.webui.context import database
from kesu.webui.permissions import requires

blueprint = Blueprint("operation", __name__)
WORDS = {Kind.BACKUP: lazy_gettext("Backup"), Kind.RESTORE_TEST: lazy_gettext("Restore test")}


@blueprint.get("/setup/operation")
@requires("admin")
def show() -> ResponseReturnValue:
    """Show how backup and restore test stand."""
    with database().read() as connection:
        standings, attempts = backups.standings(connection), runs.latest(connection)
    return render_template(
        "operation/show.html",
        standings=standings,
        runs=attempts,
        words=WORDS,
        folder=backups.folder().resolve(),
        rule=keeping.rule(),
        sealed=backups.passphrase() is not None,
        copied_since=current_app.config.get("KESU_COPIED_SINCE"),
    )
