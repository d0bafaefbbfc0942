"""A big database backed up and restored, each way: how many seconds, with which speed.

`KESU_BENCH_MEGABYTES=10240 python -m benchmarks backups` is the run of 10 GB.
"""

import hashlib
import os
import pathlib
import shutil
import time

from benchmarks.offices import SQLITE, Bench
from kesu.complaints.attachments import blobs
from kesu.engine import backups
from kesu.engine.database import Database
from kesu.webui import installations

MEGABYTE = 1 << 20


def measure(bench: Bench) -> dict[str, float]:
    """Return seconds to back up and to restore, a database of `backup_megabytes` of photos."""
    megabytes = int(os.environ.get("KESU_BENCH_MEGABYTES", bench.sizes.backup_megabytes))
    figures: dict[str, float] = {"backup_megabytes": megabytes}
    for kind in bench.databases:
        db = Database(bench.url(kind))
        installations.migrate(db.url)
        _fill(db, megabytes)
        figures |= _there_and_back(bench, db, kind)
        db.dispose()
        if kind == SQLITE:
            pathlib.Path(str(db.engine.url.database)).unlink()
    return figures


def _fill(db: Database, megabytes: int) -> None:
    for begin in range(0, megabytes, 16):
        with db.write() as connection:
            for _ in range(begin, min(begin + 16, megabytes)):
                content = os.urandom(MEGABYTE)  # photos do not get smaller by packing either
                sha256 = hashlib.sha256(content).hexdigest()
                connection.execute(blobs.insert().values(sha256=sha256, content=content))


def _there_and_back(bench: Bench, db: Database, kind: str) -> dict[str, float]:
    place, heard = pathlib.Path(bench.file()).with_suffix(".backups"), 0

    def progress(_what: str, _done: int, _all: int) -> None:
        nonlocal heard
        heard += 1

    begun = time.monotonic()
    made = backups.make(db, place, progress=progress)
    backed_up = time.monotonic() - begun
    target = bench.url(kind)
    begun = time.monotonic()
    backups.restore(
        made,
        target,
        migrate=installations.migrate,
        revisions=installations.revisions(),
        progress=progress,
    )
    restored = time.monotonic() - begun
    shutil.rmtree(place)
    if kind == SQLITE:
        pathlib.Path(target.removeprefix("sqlite:///")).unlink()
    return {
        f"backup_s_{kind}": backed_up,
        f"restore_s_{kind}": restored,
        f"backup_words_of_progress_{kind}": heard,
    }
