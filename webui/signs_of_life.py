"""Who was last seen at work, by name: the worker while it works, and the sign of life itself when it tries the database."""

from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, String, Table, select

from kesu.engine import clock
from kesu.engine.database import Instant, metadata

WORKER, ASKED = "worker", "asked"
EVERY = timedelta(seconds=10)  # a worker says it no more often

signs_of_life = Table(
    "signs_of_life",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("at", Instant, nullable=False),
)


def leave(connection: Connection, name: str) -> None:
    """Note that this one is alive now."""
    now = clock.now()
    mine = signs_of_life.c.name == name
    if not connection.execute(signs_of_life.update().where(mine).values(at=now)).rowcount:
        connection.execute(signs_of_life.insert().values(name=name, at=now))


def last(connection: Connection, name: str) -> datetime | None:
    """Return when this one was last alive, or None where it never was."""
    return connection.execute(
        select(signs_of_life.c.at).where(signs_of_life.c.name == name)
    ).scalar()
