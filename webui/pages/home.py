"""The front door, and the sign of life."""

from flask import Blueprint, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue

from kesu.webui import health
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
    """Say that everything here is of use (200), or what is wrong (503)."""
    found = health.examine(database())
    told = {"status": found.status, "problems": found.wrong, **found.told}
    return jsonify(told), 503 if found.wrong else 200
