"""The composition root: the only place that knows every part of the web application. Put your page into PAGES by one line."""

import pathlib
from collections.abc import Mapping
from typing import Any

from flask import Flask

from kesu.engine.database import Database
from kesu.engine.service_tasks import Registry
from kesu.webui import (
    amounts,
    bundles,
    complaint_forms,
    context,
    errors,
    languages,
    letterheads,
    moments,
    navigation,
    permissions,
    preferences,
    protections,
    settings,
    sign_ins,
    task_cards,
)
from kesu.webui.pages import (
    ballots,
    claims,
    completions,
    home,
    inbox,
    moves,
    notices,
    people,
    sessions,
    tasks,
)

PAGES = (
    home,
    sessions,
    people,
    inbox,
    tasks,
    claims,
    completions,
    ballots,
    moves,
    notices,
)

PARTS = (
    languages,
    protections,
    permissions,
    errors,
    bundles,
    moments,
    navigation,
    preferences,
    task_cards,
    amounts,
    complaint_forms,
    letterheads,
)


def create_app(db: Database, *, registry: Registry | None = None, config: Mapping[str, Any] | None = None) -> Flask:
    """Put the web application together around one database."""
    app = Flask("kesu.webui.app", instance_path=str(pathlib.Path.cwd() / "instance"))
    settings.load(app, config)
    context.attach(app, db, registry)
    app.extensions["kesu"].recognisers.append(sign_ins.recognise)
    app.jinja_env.globals.update(me=context.me)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in PARTS:
        part.init(app)
    for page in PAGES:
        app.register_blueprint(page.blueprint)
    return app
