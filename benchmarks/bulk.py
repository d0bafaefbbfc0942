"""Rows into tables as fast as the driver can, without durability: only to fill a database that is measured afterwards."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import psycopg

from kesu.engine.database import Database


class Bulk:
    """A connection for filling; at its end PostgreSQL is analysed, as its own housekeeping would. Nobody does so for SQLite."""

    def __init__(self, db: Database) -> None:
        self.is_sqlite = db.is_sqlite
        self.connection: Any
        if db.is_sqlite:
            db.dispose()  # the journal can be left off only while nobody else is connected; the next connection turns it on again
            self.connection = sqlite3.connect(db.engine.url.database or "", isolation_level=None)
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000"):
                self.connection.execute(f"PRAGMA {pragma}")
        else:
            url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
            self.connection = psycopg.connect(url)
            self.connection.execute("SET session_replication_role = replica")  # no checks of foreign keys meanwhile

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None and not self.is_sqlite:
            self.connection.commit()
            self.connection.autocommit = True
            self.connection.execute("VACUUM ANALYZE")
        self.connection.close()

    def write(self, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
        """Write rows into the named columns of a table."""
        names = ", ".join(f'"{name}"' for name in columns)
        if self.is_sqlite:
            places = ", ".join("?" * len(columns))
            self.connection.execute("BEGIN")
            self.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", (_told(row) for row in rows))
            self.connection.execute("COMMIT")
            return
        with self.connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        if "id" in columns:
            self.connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")


def _told(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Write instants as SQLAlchemy does: UTC, no zone, always with microseconds."""
    return tuple(value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds") if isinstance(value, datetime) else value for value in row)
