"""The front door, and the sign of life."""

from flask import Blueprint, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue

from kesu.webui import backups
from kesu.webui.context import database, me
from kesu.webui.navigation import exists
from kesu.webui.permissions import public

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@public
def index() -> ResponseReturnValue:
    """Lead staff to their inbox and everybody else to the public page."""
    if me() is not None:
        return redirect(url_for("inbox.index"))
    return redirect(url_for("public.index" if exists("public.index") else "sessions.new"))


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Answer when the application and its database are ready."""
    with database().read() as connection:
        standings = backups.standings(connection)
    told = {
        standing.kind.value: {
            "last_good": standing.last_good.isoformat() if standing.last_good else None,
            "late": standing.late,
        }
        for standing in standings
    }
    return jsonify(status="ok", **told)
