"""Databases that many tests begin with: filled once a session, then copied row by row.

Founding a company and publishing the shipped process anew took most of a test's time.
"""

import pathlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from psycopg import sql
from sqlalchemy import text

from kesu.engine import clock
from kesu.engine.database import Database, metadata

SEQUENCES = text(
    "SELECT sequencename, last_value FROM pg_sequences"
    " WHERE schemaname = 'public' AND last_value IS NOT NULL"
)


@dataclass(frozen=True)
class Rows:
    """What a PostgreSQL database holds: each filled table in its binary form, each used sequence."""

    tables: dict[str, bytes]
    sequences: dict[str, int]


_rows: dict[tuple[object, ...], Rows] = {}
_files: dict[tuple[object, ...], pathlib.Path] = {}


@cache
def _folder() -> pathlib.Path:
    return pathlib.Path(tempfile.mkdtemp(prefix="kesu-moulds-"))


def forget() -> None:
    """Delete the kept files, at the end of a session."""
    if _folder.cache_info().currsize:
        shutil.rmtree(_folder(), ignore_errors=True)


def cast(db: Database, build: Callable[[Database], object]) -> Database:
    """Bring an empty database to where `build` leaves it at this moment of the clock.

    `build` runs once a session and kind of database; it may depend on the clock alone.
    """
    key = (build.__module__, build.__qualname__, clock.now())
    if db.is_sqlite:
        _cast_file(db, key, build)
    else:
        _cast_rows(db, key, build)
    return db


def tables(db: Database) -> None:
    """Make every table in an empty SQLite file, copied from one made once a session."""
    key = ("tables",)
    if key not in _files:
        metadata.create_all(db.engine)
        _keep(db, key)
    else:
        _copy(_files[key], _path(db))


def _cast_file(db: Database, key: tuple[object, ...], build: Callable[[Database], object]) -> None:
    if key not in _files:
        build(db)
        _keep(db, key)
    else:
        db.dispose()
        _copy(_files[key], _path(db))


def _keep(db: Database, key: tuple[object, ...]) -> None:
    kept = _folder() / f"{len(_files)}.db"
    _copy(_path(db), kept)
    _files[key] = kept


def _path(db: Database) -> pathlib.Path:
    return pathlib.Path(str(db.engine.url.database))


def _copy(source: pathlib.Path, target: pathlib.Path) -> None:
    """Copy an SQLite database by its own means, so that what stands in its log comes along."""
    with sqlite3.connect(source) as read, sqlite3.connect(target) as written:
        read.backup(written)
    read.close()
    written.close()


def _cast_rows(db: Database, key: tuple[object, ...], build: Callable[[Database], object]) -> None:
    if key not in _rows:
        build(db)
        _rows[key] = _told(db)
    else:
        _put(db, _rows[key])


def _told(db: Database) -> Rows:
    with db.read() as connection:
        wire = connection.connection.cursor()
        filled = {}
        for table in metadata.sorted_tables:
            if connection.execute(table.select().limit(1)).first() is not None:
                copy = sql.SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(sql.Identifier(table.name))
                with wire.copy(copy) as told:
                    filled[table.name] = b"".join(bytes(piece) for piece in told)
        return Rows(filled, {name: last for name, last in connection.execute(SEQUENCES)})


def _put(db: Database, rows: Rows) -> None:
    with db.write() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        wire = connection.connection.cursor()
        for name, content in rows.tables.items():
            copy = sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(sql.Identifier(name))
            with wire.copy(copy) as told:
                told.write(content)
        for name, last in rows.sequences.items():
            connection.execute(text("SELECT setval(:name, :last)"), {"name": name, "last": last})
