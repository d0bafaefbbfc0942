"""Who may open a route. Every route says so, with `@requires(...)` or `@public`; one that does not is refused to everybody."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kesu.engine.errors import Forbidden, Unauthenticated, sentence
from kesu.webui.context import is_api, me

View = TypeVar("View", bound=Callable[..., Any])
MARK = "kesu_admits"
BEFORE_ONES_OWN = ("people.show", "people.change_password")  # with a password that others know


def requires(*groups: str) -> Callable[[View], View]:
    """Admit people of any of these groups, and administrators; without groups, everybody who has signed in."""

    def mark(view: View) -> View:
        setattr(view, MARK, frozenset(groups))
        return view

    return mark


def public(view: View) -> View:
    """Admit everybody, signed in or not."""
    setattr(view, MARK, None)
    return view


def unmarked(app: Flask) -> list[str]:
    """Return the endpoints that say nothing about who may open them."""
    return sorted(endpoint for endpoint, view in app.view_functions.items() if not hasattr(view, MARK))


def init(app: Flask) -> None:
    """Stand at the door of every route."""
    public(app.view_functions["static"])
    app.before_request(_gate)


def _gate() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such page: the 404 comes next
    admitted = getattr(current_app.view_functions[request.endpoint], MARK, frozenset({"nobody"}))
    if admitted is None:
        return None
    person = me()
    if person is None:
        return _ask_to_sign_in()
    if admitted and not person.is_in(*admitted):
        raise Forbidden(sentence("This page is not open to you. If you need it for your work, ask your administrator."))
    if person.password_given and request.endpoint not in BEFORE_ONES_OWN and not is_api():
        return _ask_for_ones_own()
    return None


def _ask_for_ones_own() -> ResponseReturnValue:
    """Lead whoever has signed in with a password that others know to where they change it."""
    target = url_for("people.show", _anchor="password")
    if "HX-Request" in request.headers:
        return "", 403, {"HX-Redirect": target}
    return redirect(target, 303)


def _ask_to_sign_in() -> ResponseReturnValue:
    if is_api():
        raise Unauthenticated(sentence("Expected a valid token in the header Authorization: Bearer TOKEN."))
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    door = url_for("sessions.new", next=here)
    if "HX-Request" in request.headers:
        return "", 401, {"HX-Redirect": url_for("sessions.new")}
    return redirect(door, 303)
