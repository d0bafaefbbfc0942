"""What became of each backup and each restore test: a row an attempt, and whether one is late."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, String, Table, Text, func, select

from kesu.engine.database import Instant, metadata

GIVEN_UP = timedelta(hours=6)  # a run that has not ended by then was killed


class Kind(StrEnum):
    """What was attempted."""

    BACKUP = "backup"
    RESTORE_TEST = "restore_test"


LATE = {Kind.BACKUP: timedelta(hours=26), Kind.RESTORE_TEST: timedelta(days=8)}

backup_runs = Table(
    "backup_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("period", String, nullable=False),  # the night, the week: one good run each
    Column("attempt", Integer, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("name", String),  # of the backup
    Column("bytes", BigInteger),
    Column("problem", Text),
    Index("uq_backup_runs_attempt", "kind", "period", "attempt", unique=True),
)


@dataclass(frozen=True, kw_only=True)
class Run:
    """An attempt: good where it ended without a problem."""

    id: int
    kind: Kind
    begun_at: datetime
    ended_at: datetime | None
    name: str | None
    bytes: int | None
    problem: str | None

    @property
    def good(self) -> bool:
        """Say whether it ended well."""
        return self.ended_at is not None and self.problem is None


def claim(
    connection: Connection, kind: Kind, period: str, *, at: datetime, pause: timedelta
) -> int | None:
    """Take this period's run on, and return its id; None where it is done, on its way, or just failed.

    A failed run is tried again after the pause, a killed one after six hours.
    """
    query = select(backup_runs).where(
        backup_runs.c.kind == kind, backup_runs.c.period == period
    )
    before = connection.execute(query.order_by(backup_runs.c.attempt.desc()).limit(1)).first()
    if before is not None:
        if before.ended_at is None and before.begun_at > at - GIVEN_UP:
            return None
        if before.ended_at is not None and before.problem is None:
            return None
        if before.ended_at is not None and before.ended_at > at - pause:
            return None
    row = {
        "kind": kind,
        "period": period,
        "attempt": 1 if before is None else before.attempt + 1,
        "begun_at": at,
    }
    inserted = connection.execute(
        backup_runs.insert().values(row).returning(backup_runs.c.id)
    )
    return int(inserted.scalar_one())


def end(
    connection: Connection,
    run_id: int,
    *,
    at: datetime,
    name: str | None = None,
    size: int | None = None,
    problem: str | None = None,
) -> None:
    """Note how a run ended."""
    row = {"ended_at": at, "name": name, "bytes": size, "problem": problem}
    connection.execute(backup_runs.update().where(backup_runs.c.id == run_id).values(row))


def latest(connection: Connection, limit: int = 20) -> list[Run]:
    """Return the last attempts, the newest first."""
    query = select(backup_runs).order_by(backup_runs.c.id.desc()).limit(limit)
    return [
        Run(
            id=row.id,
            kind=Kind(row.kind),
            begun_at=row.begun_at,
            ended_at=row.ended_at,
            name=row.name,
            bytes=row.bytes,
            problem=row.problem,
        )
        for row in connection.execute(query)
    ]


def last_good(connection: Connection, kind: Kind) -> datetime | None:
    """Return when a run of this kind last ended well, or None."""
    good = (
        (backup_runs.c.kind == kind)
        & backup_runs.c.ended_at.is_not(None)
        & backup_runs.c.problem.is_(None)
    )
    return connection.execute(select(func.max(backup_runs.c.ended_at)).where(good)).scalar()


def is_late(connection: Connection, kind: Kind, *, since: datetime, at: datetime) -> bool:
    """Say whether too long has passed since the last good run, or since `since` where there was none."""
    return at - max(last_good(connection, kind) or since, since) > LATE[kind]
