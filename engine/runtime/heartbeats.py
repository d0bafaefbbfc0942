"""Keeping the claim on a job alive while its handler is at work, however long that takes: else another worker would begin it as well."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kesu.engine import clock, jobs
from kesu.engine.database import Database
from kesu.engine.errors import Failed
from kesu.engine.jobs import Job

EVERY = jobs.LEASE.total_seconds() / 4  # of real time: a handler takes no less because a test has turned the clock


@contextmanager
def kept_alive(db: Database, job: Job) -> Iterator[None]:
    """Renew the claim on a job until the block is left."""
    over = threading.Event()
    threading.Thread(target=_beat, args=(db, job, over), daemon=True, name=f"heartbeat of job {job.id}").start()
    try:
        yield
    finally:
        over.set()


def _beat(db: Database, job: Job, over: threading.Event) -> None:
    while not over.wait(EVERY):
        try:
            with db.write() as connection:
                if not jobs.heartbeat(connection, job, clock.now()):
                    return  # somebody has taken it over or withdrawn it; the report will find out
        except Failed:  # the database is busy or gone for a moment: the lease lasts for three more beats
            continue
