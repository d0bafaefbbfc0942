"""Everything that goes on by itself, and when: the one table of recurring times. APScheduler keeps them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler

from kesu.complaints import arrivals, digests, first_words
from kesu.engine import clock, clock_watch, runtime, worker
from kesu.engine.database import Database
from kesu.engine.errors import Failed
from kesu.webui import backups, signs_of_life

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recurring:
    """Something to do again and again; `seconds` between two beginnings."""

    name: str
    seconds: float
    work: Callable[[Database], object]


def at_work(db: Database, step: Callable[[Database], int] = worker.main_step) -> None:
    """Step until nothing is due, and say every few seconds that somebody works here."""
    said = None
    while True:
        if said is None or clock.now() - said >= signs_of_life.EVERY:
            said = clock.now()
            with db.read() as connection:
                last = signs_of_life.last(connection, signs_of_life.WORKER)
            if last is None or said - last >= signs_of_life.EVERY:
                with db.write() as connection:
                    signs_of_life.leave(connection, signs_of_life.WORKER)
        if not step(db):
            return


RECURRING = (
    Recurring("fire due timers and do ready jobs", 1.0, at_work),
    Recurring("send the mails that wait", 1.0, lambda db: worker.drain_lane(db, "mail")),
    Recurring("write to those whose work has arrived", 20.0, arrivals.tell_new),
    Recurring("write the daily digests whose hour has come", 60.0, digests.send_due),
    Recurring("look after the clocks of first answers", 60.0, first_words.look_after),
    Recurring("ask others where somebody has left or lost a role", 60.0, runtime.look_after_lapsed),
    Recurring("close incidents that need nobody any more", 60.0, runtime.sweep),
    Recurring("make the nightly backup", 300.0, backups.nightly),
    Recurring("try to restore the newest backup, once a week", 600.0, backups.weekly),
    Recurring("write to the administrators where a backup is late", 3600.0, backups.tell_late),
)


def run_forever(db: Database) -> None:
    """Do the recurring work in this process until it is stopped."""
    _scheduled(db, BlockingScheduler(timezone="UTC")).start()


def run_beside(db: Database) -> BaseScheduler:
    """Do the recurring work in a thread beside the web server; returns the scheduler to shut down."""
    scheduler = _scheduled(db, BackgroundScheduler(timezone="UTC"))
    scheduler.start()
    return scheduler


def _scheduled(db: Database, scheduler: BaseScheduler) -> BaseScheduler:
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    for each in RECURRING:
        scheduler.add_job(_guarded, "interval", args=[each, db], seconds=each.seconds, name=each.name, max_instances=1, coalesce=True)
    return scheduler


def _guarded(each: Recurring, db: Database) -> None:
    try:
        if not clock_watch.holds(db):
            each.work(db)
    except Failed as error:
        log.warning("%s: %s", each.name, error, extra={"action": "recurring_failed"})
