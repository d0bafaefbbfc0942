"""The top bar: which places there are, and who sees the way to them. A page of its own adds its line here."""

from dataclasses import dataclass

from flask import Flask, current_app, request
from flask_babel import lazy_gettext

from kesu.webui.context import me


@dataclass(frozen=True)
class Place:
    """A link of the top bar: `endpoint` when it is registered, for people of any of `groups` (everybody when empty)."""

    endpoint: str
    label: object
    groups: tuple[str, ...] = ()
    counts: bool = False  # whether what waits there is counted beside the link


PLACES = (
    Place("inbox.index", lazy_gettext("Inbox")),
    Place("cases.index", lazy_gettext("Cases")),
    Place("diagrams.index", lazy_gettext("Processes"), ("owner", "manager", "auditor")),
    Place("instances.index", lazy_gettext("Audit"), ("auditor", "manager", "owner")),
    Place("reports.index", lazy_gettext("Reports"), ("manager", "owner", "auditor", "executive")),
    Place("incidents.index", lazy_gettext("Incidents"), ("owner", "manager", "auditor"), counts=True),
    Place("mails.index", lazy_gettext("Mail"), ("agent", "manager")),
    Place("operation.show", lazy_gettext("Operation"), ("admin",)),
)


def init(app: Flask) -> None:
    """Give templates the places this person may go to."""
    app.jinja_env.globals.update(places=places, is_here=is_here, exists=exists)


def places() -> list[Place]:
    """Return the places the person who is asking may open."""
    person = me()
    if person is None:
        return []
    return [place for place in PLACES if exists(place.endpoint) and (not place.groups or person.is_in(*place.groups))]


def is_here(place: Place) -> bool:
    """Say whether the page being shown belongs to this place."""
    return (request.endpoint or "").split(".")[0] == place.endpoint.split(".")[0]


def exists(endpoint: str) -> bool:
    """Say whether a page of this name is part of the application."""
    return endpoint in current_app.view_functions
