"""Backups by themselves: one a night, a restore test a week, an alarm by mail where either is late.

`KESU_BACKUP_DIR` says where to (default: instance/backups), `KESU_BACKUP_KEEP` how many stay,
`KESU_BACKUP_PASSPHRASE` that they are sealed.
"""

import logging
import os
import pathlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, inspect, select, text

from kesu.complaints import mails, tracking
from kesu.engine import backups, clock, identity
from kesu.engine.backups import keeping, making, runs, sealing
from kesu.engine.backups.making import Made
from kesu.engine.backups.runs import Kind, Run
from kesu.engine.database import Database
from kesu.engine.errors import Failed, Rejected
from kesu.webui import installations, settings

log = logging.getLogger(__name__)

HOUR = {Kind.BACKUP: 2, Kind.RESTORE_TEST: 3}  # of the company's day
PAUSE = timedelta(hours=1)  # before a failed run is tried again


@dataclass(frozen=True)
class Standing:
    """How one of the two stands: when it last went well, and whether that is too long ago."""

    kind: Kind
    last_good: datetime | None
    late: bool


def folder() -> pathlib.Path:
    """Return where backups go."""
    return pathlib.Path(os.environ.get("KESU_BACKUP_DIR") or "instance/backups")


def passphrase() -> str | None:
    """Return what backups are sealed under, or None."""
    return os.environ.get("KESU_BACKUP_PASSPHRASE") or None


def zone() -> ZoneInfo:
    """Return the zone in which nights and weeks are counted."""
    return ZoneInfo(os.environ.get("KESU_TIME_ZONE") or str(settings.DEFAULTS["KESU_TIME_ZONE"]))


def make(db: Database, place: pathlib.Path, progress: making.Progress = making.quiet) -> Made:
    """Back up now, with the secret key apart."""
    return backups.make(
        db, place, secret=settings.secret(), passphrase=passphrase(), progress=progress
    )


def before_migrating(db: Database) -> Made | None:
    """Back up a database whose tables are about to change; None where there is nothing to lose."""
    with db.read() as connection:
        known = inspect(connection).has_table("alembic_version")
        stands = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
    if stands is None or stands == installations.revisions()[-1]:
        return None
    return make(db, folder())


def put_back_key(made: Made) -> list[str]:
    """Put the key that goes with a backup where Kesu looks for it, if none is there; say what was done."""
    path = making.key_file(made.folder.parent, made.manifest)
    target = settings.secret_file()
    if path is None:
        return ["The key that signs links is not beside the backup: links in mails sent before do not open."]
    if os.environ.get("KESU_SECRET_KEY") or target.exists():
        return [f"A key is set here already; the one of the backup is {path}."]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(0o600)
    if path.suffix == ".key":
        target.write_bytes(path.read_bytes())
    else:
        sealing.unseal(path, target, passphrase() or "")
    return [f"The key that signs links is back in {target}."]


def nightly(db: Database) -> bool:
    """Make tonight's backup, if it is still to be made, and thin out the old ones."""

    def work() -> tuple[str, int]:
        made = make(db, folder())
        keeping.thin(folder(), keeping.rule(), zone())
        return made.folder.name, made.manifest.file.bytes

    return _once(db, Kind.BACKUP, f"{_here():%Y-%m-%d}", work)


def weekly(db: Database) -> bool:
    """Restore the newest backup beside the database and check it, if this week's test is to be made."""
    known = making.all_in(folder())

    def work() -> tuple[str, int]:
        backups.prove(
            db,
            known[0],
            migrate=installations.migrate,
            revisions=installations.revisions(),
            passphrase=passphrase(),
        )
        return known[0].folder.name, known[0].manifest.file.bytes

    return bool(known) and _once(db, Kind.RESTORE_TEST, f"{_here():%G-W%V}", work)


def standings(connection: Connection) -> list[Standing]:
    """Return how backup and restore test stand."""
    now = clock.now()
    since = connection.execute(select(func.min(runs.backup_runs.c.begun_at))).scalar() or now
    return [
        Standing(
            kind,
            runs.last_good(connection, kind),
            runs.is_late(connection, kind, since=since, at=now),
        )
        for kind in Kind
    ]


def tell_late(db: Database) -> int:
    """Write to every administrator, once a day, where a backup or a restore test is late."""
    with db.write() as connection:
        late = [standing for standing in standings(connection) if standing.late]
        return sum(
            _write_to(connection, login, standing)
            for standing in late
            for login in identity.members(connection, "admin")
        )


def _write_to(connection: Connection, login: str, standing: Standing) -> bool:
    person = identity.find_person(connection, login)
    if person is None or not person.active or not person.email:
        return False
    last, failed = standing.last_good, _last_problem(connection, standing.kind)
    posted = mails.post(
        connection,
        key=f"late/{standing.kind}/{_here():%Y-%m-%d}/{login}",
        template=f"late_{standing.kind}",
        to=person.email,
        locale=person.locale,
        values={
            "name": person.called(person.locale),
            "last": f"{last.astimezone(zone()):%Y-%m-%d %H:%M}" if last else "-",
            "problem": failed or "-",
            "link": f"{tracking.base_url()}/setup/operation",
        },
        reference=None,
        at=clock.now(),
    )
    return posted is not None


def _last_problem(connection: Connection, kind: Kind) -> str | None:
    tried: list[Run] = [run for run in runs.latest(connection) if run.kind == kind]
    return tried[0].problem if tried else None


def _here() -> datetime:
    return clock.now().astimezone(zone())


def _once(db: Database, kind: Kind, period: str, work: Callable[[], tuple[str, int]]) -> bool:
    """Do this period's run, unless it is done or another worker is at it; note how it went."""
    if _here().hour < HOUR[kind]:
        return False
    with db.write() as connection:
        run_id = runs.claim(connection, kind, period, at=clock.now(), pause=PAUSE)
    if run_id is None:
        return False
    begun = time.monotonic()
    try:
        name, size = work()
    except (Failed, Rejected) as error:
        _ended(db, run_id, problem=str(error))
        log.error("%s failed: %s", kind, error, extra={"action": f"{kind}_failed"})
        return False
    _ended(db, run_id, name=name, size=size)
    log.info("%s of %s took %.0f s", kind, name, time.monotonic() - begun)
    return True


def _ended(
    db: Database,
    run_id: int,
    *,
    name: str | None = None,
    size: int | None = None,
    problem: str | None = None,
) -> None:
    with db.write() as connection:
        runs.end(connection, run_id, at=clock.now(), name=name, size=size, problem=problem)
