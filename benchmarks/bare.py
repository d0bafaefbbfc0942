"""The floor: one transaction of the bare driver that writes as many rows and bytes, one statement a row, with the same durability."""

import sqlite3
from contextlib import suppress
from typing import Any

import psycopg

from benchmarks.written import Written
from kesu.engine.database import Database

TABLE = "CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT)"
SERIAL = "CREATE TABLE bare (id SERIAL PRIMARY KEY, body TEXT)"


class Bare:
    """A connection that does nothing but write, in a table of its own in the same database."""

    def __init__(self, db: Database, written: Written) -> None:
        self.rows = max(1, written.rows)
        self.body = "x" * (written.bytes // self.rows)
        self.is_sqlite = db.is_sqlite
        self.connection: Any = _sqlite(db) if db.is_sqlite else _postgresql(db)

    def write(self) -> None:
        """Write once and commit."""
        run, mark = self.connection.execute, "?" if self.is_sqlite else "%s"
        run("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        for _ in range(self.rows):
            run(f"INSERT INTO bare (body) VALUES ({mark})", (self.body,))
        run("COMMIT")

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def _sqlite(db: Database) -> sqlite3.Connection:
    connection = sqlite3.connect(db.engine.url.database or "", isolation_level=None, timeout=15)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    with suppress(sqlite3.OperationalError):
        connection.execute(TABLE)
    return connection


def _postgresql(db: Database) -> psycopg.Connection[Any]:
    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(url, autocommit=True)
    with suppress(psycopg.errors.DuplicateTable):
        connection.execute(SERIAL)
    return connection
