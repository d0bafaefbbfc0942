"""The composition root: the only place that knows every part of the web application. Put your page into PAGES by one line."""

import pathlib
from collections.abc import Mapping
from typing import Any

from flask import Flask

from kesu.complaints import answer_links
from kesu.engine.database import Database
from kesu.engine.service_tasks import Registry
from kesu.webui import (
    addresses,
    amounts,
    body_limits,
    bundles,
    case_files,
    complaint_forms,
    compression,
    context,
    diagram_words,
    errors,
    history_words,
    in_place,
    incident_lists,
    languages,
    letterheads,
    logs,
    moments,
    navigation,
    null_characters,
    permissions,
    phrases,
    preferences,
    protections,
    proxies,
    setting_values,
    settings,
    shown_proofs,
    sign_ins,
    task_cards,
)
from kesu.webui.api import doors
from kesu.webui.pages import (
    abouts,
    all_clears,
    answers,
    attachments,
    ballots,
    batches,
    cases,
    claims,
    completions,
    contacts,
    corrections,
    deployments,
    deputies,
    diagrams,
    drafts,
    forms,
    handovers,
    home,
    imports,
    inbox,
    incidents,
    instances,
    intake,
    mail_wishes,
    mails,
    moves,
    new_processes,
    notices,
    operation,
    people,
    public_complaints,
    pulses,
    reports,
    satisfactions,
    saved_views,
    sessions,
    tables,
    tasks,
    tracking,
)

PAGES = (
    abouts,
    home,
    sessions,
    people,
    deputies,
    mail_wishes,
    handovers,
    inbox,
    saved_views,
    batches,
    pulses,
    tasks,
    claims,
    completions,
    ballots,
    answers,
    moves,
    notices,
    diagrams,
    new_processes,
    drafts,
    forms,
    deployments,
    tables,
    incidents,
    instances,
    public_complaints,
    tracking,
    satisfactions,
    cases,
    attachments,
    intake,
    contacts,
    all_clears,
    corrections,
    mails,
    imports,
    reports,
    operation,
)

PARTS = (
    compression,  # first: so it is asked last, when all else has been said
    body_limits,  # before anything reads a body
    logs,
    null_characters,
    addresses,
    languages,
    proxies,
    protections,
    permissions,
    errors,
    bundles,
    diagram_words,
    setting_values,
    history_words,
    incident_lists,
    moments,
    phrases,
    navigation,
    preferences,
    task_cards,
    shown_proofs,
    amounts,
    complaint_forms,
    letterheads,
    case_files,
    in_place,
    doors,
)


def create_app(db: Database, *, registry: Registry | None = None, config: Mapping[str, Any] | None = None) -> Flask:
    """Put the web application together around one database."""
    app = Flask("kesu.webui.app", instance_path=str(pathlib.Path.cwd() / "instance"))
    settings.load(app, config)
    answer_links.plug(lambda: str(app.config["SECRET_KEY"]))
    context.attach(app, db, registry)
    app.extensions["kesu"].recognisers.append(sign_ins.recognise)
    app.jinja_env.globals.update(me=context.me)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in PARTS:
        part.init(app)
    for page in PAGES:
        app.register_blueprint(page.blueprint)
    return app
