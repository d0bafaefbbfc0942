"""`make upgrade-test`: a company that lived on the version before goes on living on this one.

The demo of the commit named in UPGRADING.md is made by that commit's own program, with its open
votes, timers and jobs; then today's program migrates it, and everything that waits is done.
"""

import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select

from kesu.engine import ballots, clock, history, instances, runtime, timers, user_tasks, worker
from kesu.engine.clock import ManualClock
from kesu.engine.database import Database
from kesu.webui import installations
from tests.conftest import ROOT, new_database

COMMIT = re.search(r"^Tested from: ([0-9a-f]{40})$", (ROOT / "UPGRADING.md").read_text(), re.M)
ROOMS = ("rules", "engine", "complaints", "handlers", "webui", "processes", "migrations")


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """The program as it was, importable as `kesu` from this folder."""
    place = tmp_path_factory.mktemp("before")
    archive = subprocess.run(["git", "archive", COMMIT[1]], cwd=ROOT, capture_output=True, check=True)
    (place / "source").mkdir()
    subprocess.run(["tar", "-x", "-C", place / "source"], input=archive.stdout, check=True)
    (place / "kesu").mkdir()
    for room in ROOMS:
        (place / "kesu" / room).symlink_to(place / "source" / room)
    return place


@pytest.fixture(params=["sqlite", "postgresql"])
def lived(request, before, tmp_path, monkeypatch):
    """The demo of the version before, brought to today's tables by `kesu install`."""
    monkeypatch.chdir(tmp_path)
    if request.param == "sqlite":
        db = Database(f"sqlite:///{tmp_path}/kesu.db")
    else:
        db = new_database(request.getfixturevalue("postgres_url"))
    url = db.engine.url.render_as_string(hide_password=False)
    run(["install", "--demo"], url, tmp_path, PYTHONPATH=str(before))
    told = run(["install"], url, tmp_path)
    assert "kesu restore" in told, told
    yield db
    db.dispose()


def run(words, url, folder, **more):
    """Run a command of the program that PYTHONPATH leads to, or of today's."""
    environment = {**os.environ, "DATABASE_URL": url.replace("+psycopg", ""), **more}
    done = subprocess.run(
        [sys.executable, "-c", "from kesu.webui.cli import main; main()", *words],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def open_tasks(db):
    """Every task that waits for somebody."""
    query = select(user_tasks.user_tasks.c.id).where(user_tasks.user_tasks.c.ended_at.is_(None))
    with db.read() as connection:
        return [user_tasks.find(connection, task_id) for task_id in connection.execute(query).scalars()]


def test_a_company_of_the_version_before_goes_on_working(lived):
    installations.plug()
    with lived.read() as connection:
        armed = connection.execute(
            select(timers.timers.c.due_at).where(timers.timers.c.state == timers.ARMED)
        ).scalars().all()
        waiting = connection.execute(
            select(ballots.ballots.c.task_id, ballots.ballots.c.voter).where(ballots.ballots.c.state == ballots.OPEN)
        ).all()
    assert armed and waiting, "the demo has open votes and timers"
    for task_id, voter in waiting:
        runtime.vote(lived, task_id, actor=voter, answer="yes", comment="after the upgrade")
    here = clock.use(ManualClock(max(armed) + timedelta(minutes=1)))
    try:
        assert worker.drain(lived) > 0
    finally:
        clock.use(here)
    with lived.read() as connection:
        for instance in instances.listed(connection):
            assert history.verify(connection, instance.id).intact, instance
    assert open_tasks(lived)
    run(["audit", "verify"], lived.engine.url.render_as_string(hide_password=False), ROOT)
