"""The front door, and the sign of life."""

from flask import Blueprint, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue

from kesu.engine import clock_watch
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
    """Answer when the application and its database are ready; `clock` is null while the clocks are right."""
    with database().read() as connection:
        standings, off = backups.standings(connection), clock_watch.held(connection)
    told = {
        standing.kind.value: {
            "last_good": standing.last_good.isoformat() if standing.last_good else None,
            "late": standing.late,
        }
        for standing in standings
    }
    clocks = [
        {"held_since": each.held_since.isoformat(), "jump_seconds": each.jump_seconds}
        for each in off
        if each.held_since is not None
    ]
    return jsonify(status="clock_jumped" if off else "ok", clock=clocks or None, **told)
