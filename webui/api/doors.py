"""Puts the programming interface into the application: its blueprints, its bearer tokens, no cookies and so no form tokens."""

from flask import Flask

from kesu.webui.api import bearers, clocks, complaints, definitions, descriptions, incidents, instances, messages, user_tasks
from kesu.webui.protections import csrf

DOORS = (complaints, definitions, instances, user_tasks, messages, incidents, clocks, descriptions)


def init(app: Flask) -> None:
    """Register every resource under `/api/v1`."""
    bearers.init(app)
    for door in DOORS:
        csrf.exempt(door.blueprint)
        app.register_blueprint(door.blueprint)
