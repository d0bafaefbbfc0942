"""From an error to an answer: status, title, sentence in the reader's language. Nothing else decides what an error looks like."""

import logging
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from kesu.engine.errors import Failed, Overtaken, Rejected, sentence
from kesu.webui import phrases
from kesu.webui.context import database, is_api
from kesu.webui.moments import exactly
from kesu.webui.task_cards import people_names

log = logging.getLogger("kesu.webui")

TITLES = {
    400: lazy_gettext("This cannot be done"),
    401: lazy_gettext("Please sign in"),
    403: lazy_gettext("This is not open to you"),
    404: lazy_gettext("There is nothing here"),
    405: lazy_gettext("This cannot be done"),
    409: lazy_gettext("That does not fit how things stand"),
    413: lazy_gettext("That is too large"),
    422: lazy_gettext("Something is not right yet"),
    429: lazy_gettext("Please wait a moment"),
    500: lazy_gettext("Something went wrong on our side"),
    503: lazy_gettext("Not available at the moment"),
}
OVERTAKEN = lazy_gettext("Somebody was faster")
SENTENCES = {
    404: sentence("This page does not exist, or it has been moved. Check the address, or go back to where you were."),
    405: sentence("This address does not take that kind of request. Go back and use the buttons of the page."),
    413: sentence("What you sent is larger than is allowed here. Send less, or smaller files."),
    500: sentence("We have made a note of it. What you sent was not saved; please try again, and tell us if it happens twice."),
}
FORGED = sentence("This form was opened in another session, or too long ago. Nothing was changed: go back, load the page again "
                  "and repeat.")
PEOPLE = ("who", "deputy")  # values of sentences that are logins, and are said as names
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*[+-]\d\d:\d\d$")  # the engine says instants in ISO 8601
UNCLEAR = sentence("The request could not be understood. Go back and try again.")


def init(app: Flask) -> None:
    """Answer every error with a page, or with a problem document for the programming interface."""
    app.register_error_handler(Rejected, _rejected)
    app.register_error_handler(Failed, _failed)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)
    app.jinja_env.globals.update(say=say)


def say(error: Rejected | Failed, **words: str) -> str:
    """Return an error's sentence in the reader's language; people by name, and `words` for values that the page can say better."""
    template, values = _(error.template), error.values | words
    values = spoken(values) if isinstance(error, Rejected) else phrases.values_said(values)
    try:
        return str(template.format(**values))
    except (KeyError, IndexError):
        return str(error)  # a translation that names a value which is not there must not hide the message


def spoken(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a sentence as its reader says them: people by name, instants in their own zone."""
    said = phrases.values_said(values) | {role: _name(str(values[role])) for role in PEOPLE if role in values}
    return said | {name: exactly(datetime.fromisoformat(value)) for name, value in said.items() if INSTANT.match(str(value))}


def _name(login: str) -> str:
    with database().read() as connection:
        return people_names(connection, [login]).get(login, login)


def answer(status: int, text: str, problems: Any = (), title: Any = None) -> ResponseReturnValue:
    """Answer with this status and sentence, as a page or as a problem document."""
    title = str(title or TITLES.get(status, TITLES[400]))
    if is_api():
        return _problem(status, title, text, problems)
    fragment = request.headers.get("HX-Request") == "true"
    template = "errors/fragment.html" if fragment else "errors/page.html"
    return render_template(template, title=title, text=text, problems=problems, status=status), status


def _problem(status: int, title: str, text: str, problems: Any) -> Response:
    response = jsonify(type="about:blank", title=title, status=status, detail=text, problems=[_plain(p) for p in problems])
    response.status_code, response.content_type = status, "application/problem+json"
    return response


def _plain(problem: Any) -> Any:
    if isinstance(problem, str | dict):
        return problem
    told = dict(getattr(problem, "__dict__", {"message": str(problem)}))
    values = told.pop("values", None)
    return told | {"message": _(told["message"]).format(**values)} if values is not None else told


def _rejected(error: Rejected) -> ResponseReturnValue:
    title = OVERTAKEN if isinstance(error, Overtaken) else None
    response = make_response(answer(error.status, say(error), getattr(error, "problems", ()), title))
    if error.status == 401 and is_api():
        response.www_authenticate = WWWAuthenticate("bearer")
    return response


def _failed(error: Failed) -> ResponseReturnValue:
    log.error("the world failed: %s", error, extra={"action": "request_failed"})
    _degrade()
    return answer(503, say(error))


def _forged(_error: CSRFError) -> ResponseReturnValue:
    return answer(400, _(FORGED))


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error  # a redirect that Flask raised itself
    response = make_response(answer(status, _(SENTENCES[status]) if status in SENTENCES else _(UNCLEAR)))
    if isinstance(error, MethodNotAllowed):
        response.allow.update(error.valid_methods or ())
    return response


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.exception("an unexpected error", exc_info=error, extra={"action": "request_broken"})
    _degrade()
    return answer(500, _(SENTENCES[500]))


def _degrade() -> None:
    # the error page must not ask the database for anything: it may be what is gone
    g.degraded = True
    g.setdefault("person", None)
