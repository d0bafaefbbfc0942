"""Serving: waitress in front of the application, the worker beside it."""

import logging

import click
import waitress

from kesu.engine.database import Database
from kesu.webui import installations, schedules
from kesu.webui.app import create_app


def serve(db: Database, *, host: str, port: int, worker: bool, threads: int) -> None:
    """Serve until stopped; says where, and with which demo logins if the demo company is loaded."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app = create_app(db, registry=installations.plug())
    server = waitress.create_server(app, host=host, port=port, threads=threads, ident="Kesu")
    scheduler = schedules.run_beside(db) if worker else None
    click.echo(f"Kesu is at http://{host}:{port}/")
    for line in installations.greeting(db):
        click.echo(line)
    try:
        server.run()
    finally:
        if scheduler is not None:
            scheduler.shutdown(wait=False)
