"""Two worker processes, killed at random while they work through many cases: no work is lost or doubled, and every mail arrives.

Exactly once is what the database can promise: every effect of a handler is there once, with the step of its case. A mail cannot be undone, so
it is sent at least once: a worker that dies between the server's 250 and its own commit leaves a job that another worker does again. Both
mails carry one Message-ID, that of the job, so they are one mail to whoever reads them. `make soak RUNS=2000` goes on for longer.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import func, select

from kesu.complaints import mails
from kesu.engine import definitions, history, incidents, instances, jobs, parties, runtime
from kesu.engine.errors import Conflict
from tests.conftest import ROOT
from tests.engine import soaking
from tests.handlers.mailboxes import free_port

RUNS = int(os.environ.get("RUNS") or 40)
SEED = int(os.environ.get("SEED") or random.randrange(10**6))
KILLS = 5  # at the least; otherwise the soak has not soaked
PATIENCE = 120 + 4 * RUNS  # seconds


class Mailbox:
    """A mail server that counts what it took, by Message-ID."""

    def __init__(self) -> None:
        self.arrived = Counter()

    async def handle_DATA(self, server, session, envelope):
        """Take a mail."""
        self.arrived[next(line[12:].strip() for line in envelope.content.decode().splitlines() if line.startswith("Message-ID: "))] += 1
        return "250 taken"


@pytest.fixture
def mailbox():
    """A real SMTP server on a port of its own."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.url = f"smtp://127.0.0.1:{controller.port}"
    yield box
    controller.stop()


@pytest.fixture
def soak(cast, mailbox):
    """A database with the process of the soak, and its clock."""
    began = time.time()
    soaking.ledger.create(cast.engine)
    before = soaking.plug(began)
    definitions.deploy(cast, soaking.SOAK, actor="olga")
    yield cast, began
    soaking.unplug(before)
    soaking.ledger.drop(cast.engine)


def test_nothing_is_lost_or_doubled_whoever_is_killed(soak, mailbox, tmp_path):
    db, began = soak
    command = [sys.executable, "-m", "tests.engine.soaking", db.engine.url.render_as_string(hide_password=False), str(began), str(SEED)]
    with (tmp_path / "kills").open("w+") as told, subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=told, text=True,
                                                                   env=os.environ | {"KESU_SMTP_URL": mailbox.url}) as nursery:
        started = []
        while not started or len((tmp_path / "kills").read_text().splitlines()) < KILLS:  # the faster the machine, the more cases it takes
            started += [runtime.start(db, "soak", actor="ines", business_key=f"KS-{len(started) + number}").instance_id for number in range(RUNS)]
            settled(db, began)
        nursery.communicate("")
        kills = len((tmp_path / "kills").read_text().splitlines())

    assert_work_is_done_once(db, started)
    assert_mails_arrived(db, mailbox.arrived, kills, len(started))


def settled(db, began):
    """Answer the user tasks as they come, until nothing is left to do."""
    while time.time() < began + PATIENCE:
        with db.read() as connection:
            tasks = parties.listed(connection, limit=100)
            going = connection.execute(select(func.count()).select_from(instances.instances).where(instances.instances.c.state == "active")).scalar()
            todo = connection.execute(select(func.count()).select_from(jobs.jobs).where(jobs.jobs.c.state.in_([jobs.READY, jobs.CLAIMED]))).scalar()
        if not going and not todo:
            return
        for task in tasks:
            answer(db, task.id)
    raise AssertionError(f"seed {SEED}: {going} cases and {todo} jobs are not done after {PATIENCE} s")


def answer(db, task_id):
    try:
        runtime.complete(db, task_id, actor="root")
    except Conflict:  # a worker moved the case at the same moment, too often: the next round asks again
        pass


def assert_work_is_done_once(db, started):
    """Every case is complete, every handler's effect and every event of its history is there once, and nothing was given up."""
    with db.read() as connection:
        rows = connection.execute(select(soaking.ledger.c.case_key, soaking.ledger.c.element_id)).all()
        wanted = Counter((f"KS-{number}", element) for number in range(len(started)) for element in soaking.EFFECTS)
        assert Counter(map(tuple, rows)) == wanted, f"seed {SEED}"
        assert incidents.listed(connection) == []
        for instance_id in started:
            assert instances.find(connection, instance_id).state == "completed"
            assert history.verify(connection, instance_id).intact
            told = Counter(event["element_id"] for event in history.of_instance(connection, instance_id)
                           if event["kind"] in ("job_done", "timer_fired", "task_completed"))
            assert told == {"bill": 1, "ship": 1, "wait": 1, "check": 1}, f"seed {SEED}"


def assert_mails_arrived(db, arrived, kills, cases):
    """Every mail says sent and arrived; one that was tried once arrived once; one that arrived again was tried again after a kill."""
    with db.read() as connection:
        sent = {row.message_id: row.state for row in connection.execute(select(mails.mails))}
        tried = dict(connection.execute(select(mails.mails.c.message_id, jobs.jobs.c.attempts).join(
            jobs.jobs, jobs.jobs.c.key == "mail/" + mails.mails.c.key)).all())
    assert set(sent.values()) == {mails.SENT} and len(sent) == cases
    assert arrived.keys() == sent.keys(), f"seed {SEED}"
    assert all(1 <= arrived[each] <= tried[each] for each in sent), f"seed {SEED}"
    assert sum(count - 1 for count in tried.values()) <= 2 * kills, f"seed {SEED}: tried again without a kill"
