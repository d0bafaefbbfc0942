"""Signing in and out."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.engine import identity, passwords
from kesu.webui import devices, logs, sign_ins
from kesu.webui.addresses import inside
from kesu.webui.context import database, me
from kesu.webui.permissions import public

blueprint = Blueprint("sessions", __name__)


@blueprint.get("/sign-in")
@public
def new() -> ResponseReturnValue:
    """Show the door."""
    if me() is not None:
        return redirect(inside(request.args.get("next"), url_for("home.index")))
    return _door()


@blueprint.post("/sign-in")
@public
def create() -> ResponseReturnValue:
    """Sign in, or say that login and password do not fit (never which of the two)."""
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    with database().write() as connection:
        sign_ins.count_try(connection, login)
        kept = identity.password_hash(connection, login)
    if not passwords.fits(kept, password):
        logs.sign_in_failed(login, known=kept is not None)
        return _door(_("Login and password do not fit together. Check both and try again."), login), 422
    _let_in(login, password, kept or "")
    logs.signed_in(login)
    response = make_response(redirect(inside(request.form.get("next"), url_for("home.index")), 303))
    devices.remember(response, login)
    return response


@blueprint.post("/sign-out")
@public
def delete() -> ResponseReturnValue:
    """Sign this browser out."""
    sign_ins.end()
    flash(_("You have signed out."))
    return redirect(url_for("sessions.new"), 303)


def _let_in(login: str, password: str, kept: str) -> None:
    with database().write() as connection:
        sign_ins.forgive(connection, login)
        sign_ins.begin(connection, login)
        if passwords.is_stale(kept):
            identity.keep_password_hash(connection, login, passwords.hashed(password))


def _door(problem: str = "", login: str = "") -> str:
    target = inside(request.values.get("next"), "")
    return render_template("sessions/new.html", problem=problem, login=login, target=target)
