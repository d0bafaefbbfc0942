"""Whether a database file is the one that was served last, or a copy taken by hand meanwhile.

While Kesu serves an SQLite file, its newest commits stand in the log beside it (`kesu.db-wal`): a
copy of the file alone is sound, but lacks them. So the file says that it is being served, and which
file it is (its inode); a file that says so and is another one is such a copy.
"""

import pathlib
from datetime import datetime
from typing import cast

from sqlalchemy import BigInteger, Column, Integer, String, Table, select

from kesu.engine import clock
from kesu.engine.database import Database, Instant, metadata

openings = Table(
    "openings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # one row, 1
    Column("opened_at", Instant, nullable=False),
    Column("file", String, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("closed_at", Instant),
)


def open_(db: Database) -> datetime | None:
    """Note that this file is being served from now on; return since when it lacks commits, or None.

    The moment returned is that at which the served file began to be served: what was acknowledged
    after it may be missing here.
    """
    if not db.is_sqlite:
        return None
    path = _path(db)
    with db.read() as connection:
        before = connection.execute(select(openings)).one_or_none()
    inode = path.stat().st_ino
    row = {
        "id": 1,
        "opened_at": clock.now(),
        "file": str(path),
        "inode": inode,
        "closed_at": None,
    }
    with db.write() as connection:
        connection.execute(openings.delete())
        connection.execute(openings.insert().values(row))
    _settle(db)  # into the file itself: a copy without the log has to say it too
    if before is None or before.closed_at is not None or before.inode == inode:
        return None
    return cast(datetime, before.opened_at)


def close(db: Database) -> None:
    """Note that the file is not served any more: from now on a copy of it is whole."""
    if db.is_sqlite:
        with db.write() as connection:
            connection.execute(openings.update().values(closed_at=clock.now()))
        _settle(db)


def _path(db: Database) -> pathlib.Path:
    return pathlib.Path(str(db.engine.url.database)).resolve()


def _settle(db: Database) -> None:
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
