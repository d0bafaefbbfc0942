"""Ten clients write while backups are made and killed at random: nothing acknowledged is missing.

`make soak BACKUPS=20` makes twenty; the suite makes a few.
"""

import os
import random
import subprocess
import sys
import threading

import pytest

from kesu.engine import backups, definitions, identity, instances, runtime
from kesu.engine.backups import making
from kesu.engine.database import Database
from kesu.webui import installations
from tests.conftest import new_database
from tests.engine.diagrams import diagram

BACKUPS = int(os.environ.get("BACKUPS", "3"))
CLIENTS = 10
LONGEST = 4.0  # seconds after which a backup is killed at the latest


class Clients:
    """Ten clients that start cases as fast as they are let, and remember what was acknowledged."""

    def __init__(self, db):
        self.db, self.over, self.acknowledged = db, threading.Event(), []
        self.threads = [threading.Thread(target=self._write, args=[number]) for number in range(CLIENTS)]

    def _write(self, number):
        count = 0
        while not self.over.is_set():
            key = f"KS-{number}-{count}"
            runtime.start(self.db, "small", actor="ines", business_key=key)
            self.acknowledged.append(key)
            count += 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_acknowledged_before_a_backup_began_is_in_it(kind, request, tmp_path):
    db = Database(f"sqlite:///{tmp_path}/here.db")
    if kind == "postgresql":
        db = new_database(request.getfixturevalue("postgres_url"))
    installations.migrate(db.url)
    with db.write() as connection:
        identity.add_person(connection, "ines", at=making.clock.now(), name="Ines")
    definitions.deploy(db, diagram("start:s user:a end:e", key="small"), actor="ines", staffed=False)
    place, expected = tmp_path / "backups", {}
    with Clients(db) as clients:
        for number in range(BACKUPS + 1):
            before = set(clients.acknowledged)
            known = {made.folder for made in making.all_in(place)}
            # the last one is let finish
            backed_up(db, place, tmp_path, random.uniform(0.5, LONGEST) if number < BACKUPS else None)
            expected |= {made.folder: before for made in making.all_in(place) if made.folder not in known}
    assert expected and len(clients.acknowledged) > CLIENTS
    for number, (folder, keys) in enumerate(expected.items()):
        made = next(made for made in making.all_in(place) if made.folder == folder)
        restored = Database(f"sqlite:///{tmp_path}/restored-{number}.db")
        backups.restore(
            made, restored.url, migrate=installations.migrate, revisions=installations.revisions()
        )
        with restored.read() as connection:
            there = {instance.business_key for instance in instances.listed(connection)}
        restored.dispose()
        assert keys <= there
        proof = backups.prove(db, made, migrate=installations.migrate, revisions=installations.revisions())
        assert proof.histories == len(there)
    db.dispose()


def backed_up(db, place, folder, killed_after):
    """Run `kesu backup` in a process of its own, and kill it after so many seconds."""
    url = db.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    process = subprocess.Popen(
        [sys.executable, "-c", "from kesu.webui.cli import main; main()", "backup", str(place)],
        env={**os.environ, "DATABASE_URL": url},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(killed_after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
