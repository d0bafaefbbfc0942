"""What the sign of life says: whether the database can be written, somebody works, and the disk has room.

What is wrong for those who use Kesu now makes it a 503; a late backup is told, and the
administrators are written to, but nobody's page is worse for it.
"""

import pathlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection, func, make_url, select

from kesu.engine import clock, clock_watch, jobs
from kesu.engine.database import Database
from kesu.engine.errors import Failed
from kesu.webui import backups, signs_of_life
from kesu.webui.errors import say

SILENT = timedelta(minutes=2)  # after which a worker counts as gone
LATE = timedelta(minutes=10)  # after which work that nobody takes up is late
LEAST_FREE = 200 * 1024 * 1024  # bytes on each disk
WRITES_EVERY = timedelta(seconds=5)  # strangers who ask more often are answered without a write


@dataclass(frozen=True)
class Health:
    """What was found, and what of it is wrong, in sentences."""

    told: dict[str, Any]
    wrong: list[str]

    @property
    def status(self) -> str:
        """Return how it stands in one word."""
        if self.told.get("clock"):
            return "clock_jumped"
        return "failing" if self.wrong else "ok"


def examine(db: Database) -> Health:
    """Look at everything that has to hold for Kesu to be of use."""
    told: dict[str, Any] = {"database": {"writable": False}, "disk": _disks(db)}
    wrong = [_("There is less than %(least)s MB of room in %(folder)s.", least=LEAST_FREE >> 20,
               folder=folder) for folder, free in told["disk"].items() if free < LEAST_FREE]
    try:
        _write(db)
        told["database"]["writable"] = True
        with db.read() as connection:
            told |= _at_work(connection)
    except Failed as failed:
        return Health(told, [_("The database cannot be written: %(why)s", why=say(failed)), *wrong])
    return Health(told, [*wrong, *_not_at_work(told)])


def _write(db: Database) -> None:
    """Try whether something can be written, now or just before. Raises `Failed`."""
    with db.read() as connection:
        last = signs_of_life.last(connection, signs_of_life.ASKED)
    if last is None or not timedelta(0) <= clock.now() - last < WRITES_EVERY:
        with db.write() as connection:
            signs_of_life.leave(connection, signs_of_life.ASKED)


def _at_work(connection: Connection) -> dict[str, Any]:
    now, seen = clock.now(), signs_of_life.last(connection, signs_of_life.WORKER)
    waiting = select(func.min(jobs.jobs.c.run_at)).where(
        jobs.jobs.c.state == jobs.READY, jobs.jobs.c.run_at <= now
    )
    oldest = connection.execute(waiting).scalar()
    told = {
        standing.kind.value: {"last_good": _iso(standing.last_good), "late": standing.late}
        for standing in backups.standings(connection)
    }
    return told | {
        "clock": _clocks(connection),
        "worker": {"last_seen": _iso(seen), "alive": None if seen is None else now - seen < SILENT},
        "queue": {"oldest_due_seconds": int((now - oldest).total_seconds()) if oldest else 0},
    }


def _clocks(connection: Connection) -> list[dict[str, Any]] | None:
    """Return the clocks that have jumped and what is held back for it, or None where all are right."""
    return [
        {"held_since": each.held_since.isoformat(), "jump_seconds": each.jump_seconds}
        for each in clock_watch.held(connection)
        if each.held_since is not None
    ] or None


def _not_at_work(told: dict[str, Any]) -> Iterator[str]:
    if told["clock"]:  # and with it everything that is due
        yield _("The machine's clock has jumped; what is due is held back until it is right.")
        return
    worker, waits = told["worker"], told["queue"]["oldest_due_seconds"]
    if worker["alive"] is False:
        yield _("No worker has been seen since %(moment)s.", moment=worker["last_seen"])
    if waits > LATE.total_seconds():
        yield _("Work that is due has waited for %(minutes)s minutes.", minutes=waits // 60)


def _disks(db: Database) -> dict[str, int]:
    """Return the bytes that are free where Kesu writes, by what is there."""
    places = {"backups": backups.folder(), "temporary": pathlib.Path(tempfile.gettempdir())}
    if db.is_sqlite and (file := make_url(db.url).database):
        places["database"] = pathlib.Path(file)
    return {name: shutil.disk_usage(_existing(place)).free for name, place in sorted(places.items())}


def _existing(place: pathlib.Path) -> pathlib.Path:
    place = place.resolve()
    return next(each for each in (place, *place.parents) if each.is_dir())


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
