"""SQLite: one consistent copy of a database that is being written, and what a copy must hold."""

import pathlib
import sqlite3
from collections.abc import Callable
from contextlib import closing

from kesu.engine.errors import Failed, Rejected, sentence

PAGES = 4096  # copied between two words of progress


def copy(source: pathlib.Path, target: pathlib.Path, progress: Callable[[int, int], None]) -> None:
    """Copy a database as it is at this moment; writers go on meanwhile.

    The reading transaction is held from the first page to the last: without it every commit of
    somebody else would make SQLite's backup begin again. Raises `Failed`.
    """
    try:
        with (
            closing(_opened(source)) as read,
            closing(sqlite3.connect(target, isolation_level=None)) as written,
        ):
            read.execute("BEGIN")
            read.execute("SELECT count(*) FROM sqlite_master").fetchone()
            read.backup(
                written, pages=PAGES, progress=lambda _state, left, all_: progress(all_ - left, all_)
            )
            written.execute("PRAGMA journal_mode=DELETE")  # one file, whole in itself
    except sqlite3.Error as error:
        raise Failed(
            sentence("The database could not be copied: {reason}. No backup was made."),
            reason=str(error),
        ) from error


def check(path: pathlib.Path) -> None:
    """Have SQLite read every page of a copy. Raises `Rejected` where something is amiss."""
    try:
        with closing(_opened(path)) as connection:
            told = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
    except sqlite3.Error as error:
        told = [str(error)]
    if told != ["ok"]:
        raise Rejected(
            sentence(
                "The database in the backup is damaged: {reason}. Take another backup. Nothing was changed."
            ),
            reason="; ".join(told),
        )


def execute(path: pathlib.Path, statement: str) -> None:
    """Change a copy by one statement."""
    with closing(_opened(path)) as connection:
        connection.execute(statement)


def counts(path: pathlib.Path) -> dict[str, int]:
    """Return how many rows each table holds."""
    with closing(_opened(path)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for (name,) in tables.fetchall()
        }


def revision(path: pathlib.Path) -> str:
    """Return the migration that the tables stand at. Raises `Rejected` where there are no tables."""
    try:
        with closing(_opened(path)) as connection:
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite3.Error, TypeError) as error:
        raise Rejected(
            sentence("The database {path} has no tables of Kesu. Run `kesu install` first."),
            path=str(path),
        ) from error


def _opened(path: pathlib.Path) -> sqlite3.Connection:
    if not path.is_file():
        raise sqlite3.OperationalError(f"there is no file {path}")
    return sqlite3.connect(path, isolation_level=None, timeout=60)
