"""Who calls the programming interface: the person a bearer token speaks for. The browser's cookie does not count here."""

from flask import Flask, request

from kesu.engine import identity, tokens
from kesu.engine.identity import Person
from kesu.webui.context import database, is_api, signed_in


def init(app: Flask) -> None:
    """Recognise bearer tokens."""
    app.extensions["kesu"].recognisers.insert(0, recognise)


def recognise() -> Person | None:
    """Return the person whose token came with the request, or None."""
    if not is_api() or request.authorization is None or request.authorization.type != "bearer":
        return None
    with database().read() as connection:
        login = tokens.bearer(connection, request.authorization.token or "")
        person = identity.find_person(connection, login) if login else None
    return person if person is not None and person.active else None


def caller() -> str:
    """Return the login of the caller; the gate has made sure that there is one."""
    return signed_in().login
