"""From SQLite into PostgreSQL and back, row by row, as the rows are stored.

What differs between the two is how an instant, a yes or a file is written down; the declared type
of the SQLite column says which it is. Triggers and foreign keys are out of the way meanwhile, since
what they would add comes over too; foreign keys are checked again at the end.
"""

import pathlib
import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, text

from kesu.engine.backups import postgres_tools, sqlite_files
from kesu.engine.backups.manifests import Manifest
from kesu.engine.database import Database
from kesu.engine.errors import Rejected, sentence

Progress = Callable[[str, int, int], None]
Migrate = Callable[[Any, str], None]  # (address or connection, revision)
AT_ONCE = 500  # rows
HEAD = re.compile(r'COPY (?:\w+\.)?"?(\w+)"? \((.*)\) FROM stdin;')
ESCAPED = re.compile(r"\\(.)")
ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
KEYS = text(
    "SELECT conrelid::regclass::text AS owner, conname AS name, pg_get_constraintdef(oid) AS told"
    " FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
)
SEQUENCES = text(
    "SELECT c.table_name, c.column_name, pg_get_serial_sequence(c.table_name, c.column_name) AS name"
    " FROM information_schema.columns c WHERE c.table_schema = 'public'"
    " AND pg_get_serial_sequence(c.table_name, c.column_name) IS NOT NULL"
)


def from_sqlite(
    path: pathlib.Path, target: Database, manifest: Manifest, migrate: Migrate, progress: Progress
) -> None:
    """Fill an empty PostgreSQL database from an SQLite file, in one transaction."""
    sqlite_files.check(path)
    with (
        target.engine.begin() as connection,
        closing(sqlite3.connect(path)) as source,
    ):
        migrate(connection, manifest.revision)
        keys = connection.execute(KEYS).all()
        for key in keys:
            connection.exec_driver_sql(f'ALTER TABLE {key.owner} DROP CONSTRAINT "{key.name}"')
        done, all_ = 0, sum(manifest.counts.values())
        for name in manifest.counts:
            done += _copied(source, connection, name)
            progress("restore", done, all_)
        for key in keys:
            connection.exec_driver_sql(
                f'ALTER TABLE {key.owner} ADD CONSTRAINT "{key.name}" {key.told}'
            )
        for table, column, sequence in connection.execute(SEQUENCES).all():
            connection.exec_driver_sql(
                f"SELECT setval('{sequence}', greatest((SELECT max(\"{column}\") FROM \"{table}\"), 1),"
                f' EXISTS (SELECT 1 FROM "{table}"))'
            )
        _check_counts(manifest, connection)
        migrate(connection, "head")


def _copied(source: sqlite3.Connection, connection: Connection, name: str) -> int:
    columns = _columns(source, name)
    listed = ", ".join(f'"{column}"' for column in columns)
    connection.exec_driver_sql(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
    connection.exec_driver_sql(f'DELETE FROM "{name}"')  # what a migration put there comes over too
    readers = [_TO_POSTGRES.get(kind, _as_it_is) for kind in columns.values()]
    wire, count = connection.connection.cursor(), 0
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with wire.copy(copy) as told:
        for row in source.execute(f'SELECT {listed} FROM "{name}"'):
            told.write_row(
                [None if value is None else read(value) for read, value in zip(readers, row, strict=True)]
            )
            count += 1
    connection.exec_driver_sql(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
    return count


def _check_counts(manifest: Manifest, connection: Connection) -> None:
    for name, expected in manifest.counts.items():
        found = connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()
        if found != expected:
            raise Rejected(
                sentence(
                    "What came over is not what was backed up: {table} holds {found} rows, expected "
                    "{expected}. Nothing was changed."
                ),
                table=name,
                found=found,
                expected=expected,
            )


def from_dump(
    path: pathlib.Path,
    scratch: pathlib.Path,
    manifest: Manifest,
    migrate: Migrate,
    progress: Progress,
) -> None:
    """Fill a new SQLite file from a dump of PostgreSQL; no server is needed for it."""
    migrate(f"sqlite:///{scratch}", manifest.revision)
    with closing(sqlite3.connect(scratch, isolation_level=None)) as target:
        triggers = target.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        target.execute("BEGIN")
        for name, _ in triggers:
            target.execute(f'DROP TRIGGER "{name}"')
        done, all_ = 0, sum(manifest.counts.values())
        for name, columns, rows in _blocks(path, manifest.dumped_by):
            done += _put(target, name, columns, rows)
            progress("restore", done, all_)
        for _, told in triggers:
            target.execute(told)
        broken = target.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise Rejected(
                sentence("What came over does not fit together: {table} refers to rows of {other} that are not there."),
                table=broken[0],
                other=broken[2],
            )
        target.execute("COMMIT")


def _put(
    target: sqlite3.Connection, name: str, columns: list[str], rows: Iterator[list[str | None]]
) -> int:
    kinds = _columns(target, name)
    writers: list[Callable[[str], Any]] = [_TO_SQLITE.get(kinds[column], _as_it_is) for column in columns]
    listed = ", ".join(f'"{column}"' for column in columns)
    target.execute(f'DELETE FROM "{name}"')
    insert = f'INSERT INTO "{name}" ({listed}) VALUES ({", ".join("?" * len(columns))})'
    count = 0
    for some in _batches(rows):
        target.executemany(
            insert,
            [
                [None if cell is None else put(cell) for put, cell in zip(writers, row, strict=True)]
                for row in some
            ],
        )
        count += len(some)
    return count


def _blocks(
    path: pathlib.Path, dumped_by: int
) -> Iterator[tuple[str, list[str], Iterator[list[str | None]]]]:
    """Read the tables of a dump one after the other, as pg_restore writes them: COPY's text form."""
    program, _ = postgres_tools.find("pg_restore", at_least=dumped_by)
    command = [str(program), "--data-only", "--file=-", str(path)]
    with postgres_tools.running(command, "postgresql://", stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = (line.decode("utf-8").removesuffix("\n") for line in process.stdout)
        for line in lines:
            if match := HEAD.fullmatch(line):
                columns = [column.strip().strip('"') for column in match[2].split(",")]
                yield match[1], columns, _rows(lines)


def _rows(lines: Iterable[str]) -> Iterator[list[str | None]]:
    for line in lines:
        if line == "\\.":
            return
        yield [None if cell == "\\N" else _unescaped(cell) for cell in line.split("\t")]


def _unescaped(cell: str) -> str:
    return ESCAPED.sub(lambda match: ESCAPES.get(match[1], match[1]), cell) if "\\" in cell else cell


def _batches(rows: Iterator[list[str | None]]) -> Iterator[list[list[str | None]]]:
    some: list[list[str | None]] = []
    for row in rows:
        some.append(row)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _columns(connection: sqlite3.Connection, name: str) -> dict[str, str]:
    """Return the columns of a table with their declared types, without length or scale."""
    found = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
    return {row[1]: row[2].partition("(")[0].strip().upper() for row in found}


def _as_it_is(value: Any) -> Any:
    return value


def _instant_to_sqlite(told: str) -> str:
    at = datetime.fromisoformat(told)
    return (at.astimezone(UTC) if at.tzinfo else at).strftime("%Y-%m-%d %H:%M:%S.%f")


_TO_POSTGRES: dict[str, Callable[[Any], Any]] = {
    "BOOLEAN": bool,
    "DATETIME": lambda value: f"{value}+00",
    "BLOB": bytes,
}
_TO_SQLITE: dict[str, Callable[[str], Any]] = {
    "BOOLEAN": lambda told: int(told == "t"),
    "DATETIME": _instant_to_sqlite,
    "BLOB": lambda told: bytes.fromhex(told.removeprefix("\\x")),
    "INTEGER": int,
    "BIGINT": int,
    "FLOAT": float,
}
