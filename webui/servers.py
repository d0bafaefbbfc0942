"""Serving: waitress in front of the application, the worker beside it."""

import contextlib
import logging
import os
import threading
from datetime import datetime
from typing import Any

import click
from flask import Flask

from kesu.complaints import classification
from kesu.engine.backups import openings
from kesu.engine.database import Database
from kesu.engine.errors import Failed
from kesu.webui import installations, logs, schedules, slow_clients
from kesu.webui.app import create_app


def serve(db: Database, *, host: str, port: int, worker: bool, threads: int) -> None:
    """Serve until stopped; says where, and with which demo logins if the demo company is loaded."""
    logs.begin()
    copied = _open(db)
    app = create_app(db, registry=installations.plug(), config={**_letterhead(db), "KESU_COPIED_SINCE": copied})
    server = prepared(app, host=host, port=port, threads=threads)
    scheduler = schedules.run_beside(db) if worker else None
    # The text model learns from its examples in a few seconds: now, beside the first pages, not in the first customer's complaint.
    threading.Thread(target=_warm, args=[db], daemon=True, name="text model").start()
    click.echo(f"Kesu is at http://{host}:{port}/")
    for line in installations.greeting(db):
        click.echo(line)
    try:
        server.run()
    finally:
        if scheduler is not None:
            scheduler.shutdown(wait=False)
        openings.close(db)


def prepared(app: Flask, *, host: str, port: int, threads: int) -> Any:
    """Return the server in front of an application, bound and not yet running."""
    return slow_clients.server(
        app,
        most_of_files=app.config["MAX_CONTENT_LENGTH"],
        host=host,
        port=port,
        threads=threads,
        clear_untrusted_proxy_headers=not app.config.get("KESU_PROXIES"),
    )


def _open(db: Database) -> datetime | None:
    """Say it where the file is a copy that somebody took by hand while Kesu was serving; return since when it lacks acts."""
    since = None
    with contextlib.suppress(Failed):  # no tables yet: told elsewhere
        since = openings.open_(db)
        if since is not None:
            logging.getLogger(__name__).warning(
                "This database file is a copy taken while Kesu was serving it (or after it was killed): what was done "
                "since %s may be missing. Restore a backup made by `kesu backup` instead, or go back to the file itself.",
                since.isoformat(timespec="seconds"),
                extra={"action": "copied_file"},
            )
    return since


def _letterhead(db: Database) -> dict[str, str]:
    return {name: value for name, value in installations.letterhead(db).items() if not os.environ.get(name)}


def _warm(db: Database) -> None:
    try:
        with db.read() as connection:
            classification.classify(connection, "你好")  # no keyword rule fits, so the model is asked
    except Failed as error:  # a database that is not ready yet is told elsewhere
        logging.getLogger(__name__).info("the text model is not warm: %s", error)
