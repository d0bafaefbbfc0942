"""What a page may ask for: the database, the handlers' registry, and who is asking."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app, g, request

from kesu.engine.database import Database
from kesu.engine.errors import Unauthenticated, sentence
from kesu.engine.identity import Person
from kesu.engine.service_tasks import Registry

Recogniser = Callable[[], Person | None]


@dataclass
class Parts:
    """What the composition root puts together. `recognisers` find out who sent a request, the first answer counts."""

    db: Database
    registry: Registry | None
    recognisers: list[Recogniser] = field(default_factory=list)


def attach(app: Flask, db: Database, registry: Registry | None) -> None:
    """Give the application its parts."""
    app.extensions["kesu"] = Parts(db, registry)


def parts() -> Parts:
    """Return the parts of the running application."""
    return cast(Parts, current_app.extensions["kesu"])


def database() -> Database:
    """Return the database of the running application."""
    return parts().db


def registry() -> Registry | None:
    """Return the registry of service tasks."""
    return parts().registry


def me() -> Person | None:
    """Return the person who sent this request, or None."""
    if "person" not in g:
        g.person = next((person for known in parts().recognisers if (person := known()) is not None), None)
    return cast("Person | None", g.person)


def signed_in() -> Person:
    """Return the person who sent this request.

    Raises `Unauthenticated`.
    """
    person = me()
    if person is None:
        raise Unauthenticated(sentence("Please sign in first."))
    return person


def is_api() -> bool:
    """Say whether the request is for the programming interface, which never takes the browser's cookie."""
    return request.path.startswith("/api/")
