"""A backup is worth what its restoring is worth: restore one into a scratch database and look.

Every chain of history is checked there and every table counted. The scratch database goes away.
"""

import pathlib
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from sqlalchemy import make_url

from kesu.engine import history, instances
from kesu.engine.backups.making import Made, Progress, quiet
from kesu.engine.backups.restoring import Migrate, restore
from kesu.engine.database import Database
from kesu.engine.errors import Failed, sentence

BROKEN = sentence(
    "The backup {backup} restores, but the history of {broken} of {checked} cases does not hold, "
    "first that of {first}. Look at the database itself: `kesu audit verify`."
)


@dataclass(frozen=True)
class Proof:
    """What a restored backup held: rows in all its tables, histories checked."""

    rows: int
    histories: int


def prove(
    db: Database,
    made: Made,
    *,
    migrate: Migrate,
    revisions: list[str],
    passphrase: str | None = None,
    progress: Progress = quiet,
) -> Proof:
    """Restore a backup beside `db`, check every history in it, and forget it again.

    Raises `Rejected` where the backup does not hold, `Failed` where no scratch database can be had
    or a history is broken.
    """
    with _scratch(db, made) as url:
        restore(
            made,
            url,
            migrate=migrate,
            revisions=revisions,
            passphrase=passphrase,
            progress=progress,
        )
        checked = _histories(Database(url), made)
    return Proof(sum(made.manifest.counts.values()), checked)


def _histories(restored: Database, made: Made) -> int:
    checked, broken = 0, []
    try:
        with restored.read() as connection:
            for instance in instances.listed(connection):
                checked += 1
                if not history.verify(connection, instance.id).intact:
                    broken.append(instance.business_key or str(instance.id))
    finally:
        restored.dispose()
    if broken:
        raise Failed(
            BROKEN,
            permanent=True,
            backup=made.folder.name,
            broken=len(broken),
            checked=checked,
            first=broken[0],
        )
    return checked


@contextmanager
def _scratch(db: Database, made: Made) -> Iterator[str]:
    """Give the address of an empty database of the backup's own kind."""
    if made.manifest.kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix=".kesu-proof-", dir=made.folder.parent) as folder:
            yield f"sqlite:///{pathlib.Path(folder) / 'proof.db'}"
    elif db.is_sqlite:
        raise Failed(
            sentence("The backup {backup} is one of PostgreSQL, and there is no such server here."),
            permanent=True,
            backup=made.folder.name,
        )
    else:
        with _postgres(db) as url:
            yield url


@contextmanager
def _postgres(db: Database) -> Iterator[str]:
    name = f"kesu_proof_{uuid.uuid4().hex[:12]}"
    address = db.url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    except psycopg.Error as error:
        raise Failed(
            sentence(
                "No scratch database could be made on the server: {reason}. Expected a role that may "
                "create databases: ALTER ROLE ... CREATEDB."
            ),
            reason=str(error).strip(),
        ) from error
    try:
        yield make_url(db.url).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
