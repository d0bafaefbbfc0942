"""Restoring a backup into an empty database, of the same kind or of the other.

The target is either as the backup says in the end, or as empty as before.
"""

import os
import pathlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import inspect, make_url

from kesu.engine.backups import crossing, manifests, postgres_tools, sealing, sqlite_files
from kesu.engine.backups.making import Made, Progress, all_in, counted, quiet
from kesu.engine.backups.manifests import Manifest
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Failed, NotFound, Rejected, sentence

Migrate = Callable[[Any, str], None]  # (address or connection, revision): bring the tables there


def find(place: pathlib.Path) -> Made:
    """Return the backup in a folder, or the newest one below it. Raises `NotFound` or `Rejected`."""
    if (place / manifests.NAME).exists() or not place.is_dir():
        return Made(place, manifests.read(place))
    known = all_in(place)
    if not known:
        raise NotFound(
            sentence("There is no backup in {place}: expected a folder that `kesu backup` made."),
            place=str(place),
        )
    return known[0]


def restore(
    made: Made,
    url: str,
    *,
    migrate: Migrate,
    revisions: list[str],
    passphrase: str | None = None,
    progress: Progress = quiet,
) -> None:
    """Restore a backup into the empty database at `url`, and bring its tables to this version.

    `revisions` are the migrations that this Kesu knows, oldest first. Raises `Rejected` where the
    backup is altered, newer or sealed under another passphrase, or the target holds something.
    """
    manifest = made.manifest
    check_revision(manifest, revisions)
    manifests.check(made.folder, manifest, lambda done, all_: progress("check", done, all_))
    target = Database(url)
    try:
        check_empty(target)
        with _plain(made, passphrase, _beside(target)) as path:
            _into(target, path, manifest, migrate, progress)
    except OSError as error:
        raise Failed(
            sentence("The backup could not be restored: {reason}. The target is as it was."),
            reason=error.strerror or str(error),
        ) from error
    finally:
        target.dispose()


def check_revision(manifest: Manifest, revisions: list[str]) -> None:
    """Raise `Rejected` where the tables of the backup are newer than this program."""
    if manifest.revision not in revisions:
        raise Rejected(
            sentence(
                "The backup's tables stand at {revision}, which this Kesu does not know (it knows up "
                "to {newest}). Restore it with the version that made it, or a newer one. "
                "Nothing was changed."
            ),
            revision=manifest.revision,
            newest=revisions[-1],
        )


def check_empty(target: Database) -> None:
    """Raise `Conflict` unless the target holds no table."""
    if target.is_sqlite and not pathlib.Path(str(target.engine.url.database)).exists():
        return
    with target.read() as connection:
        found = inspect(connection).get_table_names()
    if found:
        raise Conflict(
            sentence(
                "The target already holds {count} tables ({some}, ...). Expected an empty database: "
                "name another one, or move this one away first. Nothing was changed."
            ),
            count=len(found),
            some=", ".join(sorted(found)[:3]),
        )


def _into(
    target: Database, path: pathlib.Path, manifest: Manifest, migrate: Migrate, progress: Progress
) -> None:
    if target.is_sqlite:
        with _scratch(target) as scratch:
            _fill_sqlite(scratch, path, manifest, migrate, progress)
            check_counts(manifest, sqlite_files.counts(scratch))
            migrate(f"sqlite:///{scratch}", "head")
            sqlite_files.execute(scratch, "DELETE FROM openings")
            sqlite_files.check(scratch)
    elif manifest.kind == "postgresql":
        _fill_postgres(target, path, manifest, progress)
        migrate(target.url, "head")
    else:
        crossing.from_sqlite(path, target, manifest, migrate, progress)


def _fill_sqlite(
    scratch: pathlib.Path,
    path: pathlib.Path,
    manifest: Manifest,
    migrate: Migrate,
    progress: Progress,
) -> None:
    if manifest.kind == "sqlite":
        sqlite_files.check(path)
        sqlite_files.copy(path, scratch, lambda done, all_: progress("restore", done, all_))
    else:
        crossing.from_dump(path, scratch, manifest, migrate, progress)


def _fill_postgres(
    target: Database, path: pathlib.Path, manifest: Manifest, progress: Progress
) -> None:
    """Have pg_restore do all of it in one transaction."""
    with target.read() as connection:
        program, _ = postgres_tools.find("pg_restore", connection, at_least=manifest.dumped_by)
    command = [str(program), "--single-transaction", "--exit-on-error", "--no-owner", "--no-acl"]
    command += [f"--dbname={target.engine.url.database}", str(path)]

    def tell() -> None:
        progress("restore", _size(target), manifest.file.bytes)

    with postgres_tools.running(command, target.url) as process:
        postgres_tools.watch(process, tell)
    with target.read() as connection:
        check_counts(manifest, counted(connection))


def _size(target: Database) -> int:
    with target.engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT pg_database_size(current_database())")
        return int(told.scalar_one())


def check_counts(manifest: Manifest, found: dict[str, int]) -> None:
    """Raise `Rejected` where a table holds more or fewer rows than the backup says."""
    names = sorted(manifest.counts.keys() | found.keys())
    wrong = [name for name in names if manifest.counts.get(name) != found.get(name)]
    if wrong:
        name = wrong[0]
        raise Rejected(
            sentence(
                "What was restored is not what was backed up: {table} holds {found} rows, expected "
                "{expected} ({count} tables differ). Take another backup."
            ),
            table=name,
            found=found.get(name, 0),
            expected=manifest.counts.get(name, 0),
            count=len(wrong),
        )


@contextmanager
def _scratch(target: Database) -> Iterator[pathlib.Path]:
    """Work on a file beside the target; it takes the target's name only when all went well."""
    final = pathlib.Path(str(target.engine.url.database))
    final.parent.mkdir(parents=True, exist_ok=True)
    scratch = final.with_name(f".{final.name}.restoring-{os.getpid()}")
    try:
        yield scratch
        target.dispose()
        os.replace(scratch, final)
    finally:
        for left in (scratch, *(scratch.with_name(scratch.name + end) for end in ("-wal", "-shm"))):
            left.unlink(missing_ok=True)


@contextmanager
def _plain(
    made: Made, passphrase: str | None, where: pathlib.Path | None
) -> Iterator[pathlib.Path]:
    """Give the backup's file as it was before it was sealed."""
    path = made.folder / made.manifest.file.name
    if not made.manifest.sealed:
        yield path
        return
    if not passphrase:
        raise Rejected(
            sentence(
                "The backup {backup} is sealed. Expected its passphrase: --passphrase-file, or "
                "KESU_BACKUP_PASSPHRASE. Nothing was changed."
            ),
            backup=made.folder.name,
        )
    with tempfile.TemporaryDirectory(prefix=".kesu-unsealed-", dir=where) as folder:
        plain = pathlib.Path(folder) / path.name.removesuffix(".sealed")
        sealing.unseal(path, plain, passphrase)
        yield plain


def _beside(target: Database) -> pathlib.Path | None:
    if not target.is_sqlite:
        return None
    folder = pathlib.Path(str(make_url(target.url).database)).parent
    folder.mkdir(parents=True, exist_ok=True)
    return folder
