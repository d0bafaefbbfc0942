"""Alembic's way in: the tables of every room, on the database that the caller names."""

import os

from alembic import context
from sqlalchemy import Connection, create_engine
from sqlalchemy.types import TypeDecorator

from kesu.engine.database import metadata
from kesu.webui import tables  # noqa: F401  every room hangs its tables off the one metadata


def render_item(kind: str, item: object, _autogenerate: object) -> str | bool:
    """Write our own column types as what they are in the database, so that a migration imports nothing of ours."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def run() -> None:
    """Run the migrations in the caller's transaction where one is given, else one transaction a step."""
    given = context.config.attributes.get("connection")
    if given is not None:
        upgrade(given)
        return
    url = context.config.attributes.get("url") or os.environ.get("DATABASE_URL") or "sqlite:///instance/kesu.db"
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            url = "postgresql+psycopg://" + url[len(plain):]
    engine = create_engine(url, hide_parameters=True)
    with engine.connect() as connection:
        upgrade(connection)
    engine.dispose()


def upgrade(connection: Connection) -> None:
    """Run the migrations that are still to be run."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
