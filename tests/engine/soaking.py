"""What the soak runs on: worker processes that are killed at random, under a clock that runs a hundred times as fast, and what their tasks do.

`python -m tests.engine.soaking DATABASE_URL BEGAN SEED` keeps two workers going, says each kill on a line, and ends when its input is closed.
"""

import os
import random
import select
import signal
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, Integer, MetaData, String, Table

import kesu.webui.tables  # noqa: F401  every room hangs its tables off the one metadata
from kesu.complaints import mails
from kesu.engine import clock, service_tasks, worker
from kesu.engine.database import Database
from kesu.engine.service_tasks import Registry, Topic, done
from kesu.handlers.send_mail import send_mail
from tests.engine.diagrams import diagram, extension

FACTOR = 100  # so that the lease of a killed worker, two minutes, runs out in 1.2 seconds
WORKERS = 2
EFFECTS = ("note", "bill", "ship")

# Among tables of its own: what a test writes down is no part of what the migrations have to make.
ledger = Table("soak_ledger", MetaData(), Column("id", Integer, primary_key=True), Column("case_key", String), Column("element_id", String))


def _calls(topic):
    return extension(f'<spiffworkflow:serviceTaskOperator id="{topic}" resultVariable=""/>')


SOAK = diagram("""start:s service:note intermediateCatchEvent:wait service:bill and:split user:check and:join end:e
split service:ship join""", key="soak", inner={
    "check": extension('<kesu:assignment assignee="olga"/>'),
    "note": _calls("inside"), "bill": _calls("outside"), "ship": _calls("outside"),
    "wait": "<b:timerEventDefinition><b:timeDuration>PT20S</b:timeDuration></b:timerEventDefinition>"})


class Hurried:
    """A clock that all processes of a soak share."""

    def __init__(self, began: float) -> None:
        self.began = began

    def now(self) -> datetime:
        """Return the instant."""
        return datetime.fromtimestamp(self.began, UTC) + timedelta(seconds=(time.time() - self.began) * FACTOR)

    def reading(self) -> None:
        """Nothing: it hurries on purpose."""


def write_down(task, *, mail=False):
    """Leave one row, and perhaps one mail: what must be there once, however often it was tried."""
    def write(connection):
        connection.execute(ledger.insert().values(case_key=task.business_key, element_id=task.element_id))
        if mail:
            key = task.business_key
            mails.post(connection, key=key, template="acknowledgement", to="carol@example.com", locale="en", reference=key, at=task.now,
                       values={"name": "Carol", "reference": key, "title": "", "link": ""})

    return done(writes=[write])


def plug(began: float):
    """Plug in the clock and the handlers of the soak; return what was plugged before."""
    topics = Registry([Topic("inside", lambda task: write_down(task, mail=True), inside=True), Topic("outside", write_down, attempts=1000),
                       Topic("send_mail", send_mail, attempts=1000)])
    return clock.use(Hurried(began)), service_tasks.plug(topics)


def unplug(before) -> None:
    """Put back what was plugged before."""
    clock.use(before[0])
    service_tasks.plug(before[1])


def work(url: str) -> None:
    """Do what a worker does, until killed."""
    db = Database(url)
    while True:
        worker.drain(db)
        select.select([], [], [], 0.01)


def main(url: str, began: str, seed: str) -> None:
    """Keep workers going and kill them at random until the input is closed; print a line for each that was killed."""
    plug(float(began))
    chance = random.Random(int(seed))
    alive = [_born(url) for _ in range(WORKERS)]
    while not select.select([sys.stdin], [], [], chance.choice((0.1, 0.3, 0.6, 1, 2)) * chance.random())[0]:
        victim = alive.pop(chance.randrange(WORKERS))
        _kill(victim)
        sys.stdout.write("killed\n")
        sys.stdout.flush()
        alive.append(_born(url))
    for each in alive:
        _kill(each)


def _born(url: str) -> int:
    child = os.fork()
    if child == 0:
        try:
            work(url)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    return child


def _kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
