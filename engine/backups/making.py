"""Making a backup: a snapshot while people work, its manifest, verified as written, then named.

Everything happens in a folder whose name begins with a dot; only what was read back and found good
is given its name, so whatever stops the work in the middle leaves no backup that looks like one.
"""

import fcntl
import hashlib
import os
import pathlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, inspect, select, table, text

from kesu.engine import clock
from kesu.engine.backups import manifests, postgres_tools, sealing, sqlite_files
from kesu.engine.backups.manifests import FORMAT, Manifest
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Failed, Rejected, sentence

Progress = Callable[[str, int, int], None]  # what is being done, how much is done, of how much
PREFIX = "kesu-"
UNFINISHED = ".unfinished-"
KEYS = "keys"  # the folder of the secret keys, apart from the backups: carry it elsewhere


@dataclass(frozen=True)
class Made:
    """A good backup: its folder, its manifest."""

    folder: pathlib.Path
    manifest: Manifest


def quiet(_what: str, _done: int, _all: int) -> None:
    """Say nothing."""


def make(
    db: Database,
    place: pathlib.Path,
    *,
    secret: str | None = None,
    passphrase: str | None = None,
    progress: Progress = quiet,
) -> Made:
    """Back the database up into a new folder below `place`; `secret` is kept apart, in its `keys`.

    Raises `Conflict` where another backup is being made there, `Failed` where disk or database gave
    way, `Rejected` where the programs for it are missing. Nothing is left behind then.
    """
    with _alone(place):
        at = clock.now()
        folder = place / f"{UNFINISHED}{_name(at)}"
        try:
            folder.mkdir(mode=0o700)
            manifest = _written(db, folder, at, secret, passphrase, progress)
            named = _free(place / _name(at))
            if secret is not None:
                _keep_key(place, secret, passphrase)
            os.replace(folder, named)
            _flush(place)
        except OSError as error:
            raise _no_room(place, error) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return Made(named, manifest)


def all_in(place: pathlib.Path) -> list[Made]:
    """Return the backups below a folder whose manifests can be read, the newest first."""
    found = []
    for folder in sorted(place.glob(f"{PREFIX}*"), reverse=True) if place.is_dir() else []:
        try:
            found.append(Made(folder, manifests.read(folder)))
        except Rejected:
            continue
    return sorted(found, key=lambda made: (made.manifest.at, made.folder.name), reverse=True)


def _written(
    db: Database,
    folder: pathlib.Path,
    at: datetime,
    secret: str | None,
    passphrase: str | None,
    progress: Progress,
) -> Manifest:
    path = folder / ("database.sqlite" if db.is_sqlite else "database.dump")
    if db.is_sqlite:
        dumped_by, revision, counts = _from_sqlite(db, path, progress)
    else:
        dumped_by, revision, counts = _from_postgres(db, path, progress)
    if passphrase:
        sealed = path.with_name(path.name + ".sealed")
        sealing.seal(path, sealed, passphrase)
        path.unlink()
        path = sealed
    _flush(path)
    kept = manifests.kept(path, lambda done, all_: progress("verify", done, all_))
    manifest = Manifest(
        format=FORMAT,
        made_at=at.isoformat(),
        kind="sqlite" if db.is_sqlite else "postgresql",
        dumped_by=dumped_by,
        revision=revision,
        sealed=bool(passphrase),
        file=kept,
        counts=counts,
        key_sha256=None if secret is None else hashlib.sha256(secret.encode()).hexdigest(),
    )
    manifests.write(folder, manifest)
    _flush(folder / manifests.NAME)
    _flush(folder)
    return manifest


def _from_sqlite(
    db: Database, path: pathlib.Path, progress: Progress
) -> tuple[int, str, dict[str, int]]:
    source = pathlib.Path(str(db.engine.url.database))
    sqlite_files.copy(source, path, lambda done, all_: progress("copy", done, all_))
    try:
        sqlite_files.check(path)
    except Rejected as error:
        raise Failed(
            sentence("The database itself is damaged, and so is its copy: {reason}"),
            permanent=True,
            reason=str(error.values.get("reason")),
        ) from error
    return 0, sqlite_files.revision(path), sqlite_files.counts(path)


def _from_postgres(
    db: Database, path: pathlib.Path, progress: Progress
) -> tuple[int, str, dict[str, int]]:
    """Dump what one transaction sees, and count the rows that the same transaction sees."""
    with db.read() as connection:
        program, version = postgres_tools.find("pg_dump", connection)
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        command = [str(program), "--format=custom", "--no-owner", "--no-acl", "--compress=1"]
        command += [f"--snapshot={snapshot}", f"--file={path}"]
        with postgres_tools.running(command, db.url) as process:
            postgres_tools.watch(
                process,
                lambda: progress("copy", path.stat().st_size if path.exists() else 0, size),
            )
        return version, str(revision), counted(connection)


def counted(connection: Connection) -> dict[str, int]:
    """Return how many rows each table of a PostgreSQL database holds, as this transaction sees it."""
    return {
        name: connection.execute(select(func.count()).select_from(table(name))).scalar_one()
        for name in sorted(inspect(connection).get_table_names())
    }


def key_file(place: pathlib.Path, manifest: Manifest) -> pathlib.Path | None:
    """Return where the key that goes with a backup lies, plain (.key) or .sealed, or None."""
    stem = place / KEYS / (manifest.key_sha256 or "none")[:16]
    known = [stem.with_suffix(end) for end in (".key", ".sealed")]
    return next((path for path in known if path.is_file()), None)


def _keep_key(place: pathlib.Path, secret: str, passphrase: str | None) -> None:
    """Keep the secret that signs links and sessions, once a secret, in a folder of its own."""
    folder = place / KEYS
    folder.mkdir(mode=0o700, exist_ok=True)
    name = hashlib.sha256(secret.encode()).hexdigest()[:16]
    target = folder / (name + (".sealed" if passphrase else ".key"))
    if target.exists():
        return
    plain = folder / f".{name}.{os.getpid()}"
    try:
        plain.touch(0o600)
        plain.write_text(secret)
        if passphrase:
            sealed = plain.with_suffix(".part")
            sealing.seal(plain, sealed, passphrase)
            os.replace(sealed, target)
        else:
            os.replace(plain, target)
    finally:
        plain.unlink(missing_ok=True)


@contextmanager
def _alone(place: pathlib.Path) -> Iterator[None]:
    """Hold the folder for one backup at a time; what a killed one left is swept away first."""
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (place / ".lock").open("w")
    except OSError as error:
        raise _no_room(place, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(
                sentence("Another backup is being made in {place}. Wait until it is done."),
                place=str(place),
            ) from error
        for left in place.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def _no_room(place: pathlib.Path, error: OSError) -> Failed:
    return Failed(
        sentence(
            "The backup could not be written to {place}: {reason}. Make room or name another "
            "folder; no half backup was left, and Kesu goes on serving."
        ),
        place=str(place),
        reason=error.strerror or str(error),
    )


def _name(at: datetime) -> str:
    return f"{PREFIX}{at:%Y%m%d-%H%M%S}"


def _free(path: pathlib.Path) -> pathlib.Path:
    """Return a name that is not taken: two backups in one second are two."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def _flush(path: pathlib.Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
