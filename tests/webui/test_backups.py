"""Backups by themselves, in their night and week; the page, the sign of life and the alarm tell of them."""

import json
import pathlib
import shutil
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from kesu.complaints import mails
from kesu.engine import identity
from kesu.engine.backups import making
from kesu.engine.database import Database
from kesu.webui import backups, cli, installations
from tests.conftest import new_database

DAY = timedelta(days=1)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Where backups go, and where Kesu keeps its key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KESU_BACKUP_DIR", str(tmp_path / "backups"))
    return tmp_path / "backups"


@pytest.fixture
def migrated(request, tmp_path, place, turned):
    """A database whose tables the migrations made, of either kind."""
    if request.param == "sqlite":
        db = Database(f"sqlite:///{tmp_path}/here.db")
    else:
        db = new_database(request.getfixturevalue("postgres_url"))
    installations.migrate(db.url)
    yield db
    db.dispose()


EITHER = pytest.mark.parametrize("migrated", ["sqlite", "postgresql"], indirect=True)


@EITHER
def test_one_backup_a_night_and_one_restore_test_a_week(migrated, turned, place):
    done = [(backups.nightly(migrated), backups.weekly(migrated)) for _ in range(3)]
    assert done == [(True, True), (False, False), (False, False)]
    turned.advance(DAY)
    assert (backups.nightly(migrated), backups.weekly(migrated)) == (True, False)
    turned.advance(7 * DAY)
    assert (backups.nightly(migrated), backups.weekly(migrated)) == (True, True)
    assert len(making.all_in(place)) == 3
    with migrated.read() as connection:
        assert [standing.late for standing in backups.standings(connection)] == [False, False]


@pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)
def test_before_two_in_the_morning_it_is_not_yet_tonight(migrated, turned):
    turned.advance(timedelta(hours=16, minutes=30))  # half past one in Shanghai
    assert not backups.nightly(migrated)
    turned.advance(timedelta(hours=1))
    assert backups.nightly(migrated)


@pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)
def test_a_failed_backup_is_told_tried_again_and_mailed_of_once_a_day(migrated, turned, place, monkeypatch):
    with migrated.write() as connection:
        identity.add_group(connection, "admin", kind="role", name="admin")
        identity.add_person(connection, "root", at=turned.now(), groups=["admin"], name="Root", email="root@kesu.example")
    place.write_text("in the way")
    assert not backups.nightly(migrated) and not backups.nightly(migrated)
    for _ in range(30):
        turned.advance(timedelta(hours=1))
        backups.nightly(migrated)
        backups.tell_late(migrated)
    with migrated.read() as connection:
        sent = connection.execute(select(mails.mails)).all()
    assert [mail.template for mail in sent] == ["late_backup"] and "could not be written" in sent[0].body
    place.unlink()
    turned.advance(timedelta(hours=1))
    assert backups.nightly(migrated)
    with migrated.read() as connection:
        assert not backups.standings(connection)[0].late


def test_the_page_and_the_sign_of_life_tell_how_backups_stand(company, as_person, app):
    told = app.test_client().get("/healthz").json
    assert told["status"] == "ok" and told["backup"] == {"last_good": None, "late": False}
    page = as_person("root").get("/setup/operation").text
    assert "Backup" in page and "7 daily, 4 weekly, 12 monthly" in page
    for other in ("ines", "olga", "yun"):
        as_person(other).get("/setup/operation", status=403)


def run(*words, **environment):
    """Run a command as its user would."""
    return CliRunner().invoke(cli.main, words, env=environment, catch_exceptions=False)


def test_lose_the_machine_and_get_everything_back(place, tmp_path):
    here, there = (f"sqlite:///{tmp_path}/{name}.db" for name in ("here", "there"))
    run("install", DATABASE_URL=here)
    told = run("backup", str(place), DATABASE_URL=here, KESU_BACKUP_PASSPHRASE="a word")
    assert told.exit_code == 0 and "found as written" in told.output
    key = (tmp_path / "instance" / "secret_key").read_text()
    shutil.rmtree(tmp_path / "instance")
    for left in tmp_path.glob("here.db*"):
        left.unlink()
    wrong = run("restore", str(place), "--into", there, KESU_BACKUP_PASSPHRASE="another")
    assert wrong.exit_code == 1 and "passphrase" in wrong.output
    told = run("restore", str(place), "--into", there, KESU_BACKUP_PASSPHRASE="a word")
    assert told.exit_code == 0, told.output
    assert (tmp_path / "instance" / "secret_key").read_text() == key
    assert run("audit", "verify", DATABASE_URL=there).exit_code == 0
    again = run("restore", str(place), "--into", there, KESU_BACKUP_PASSPHRASE="a word")
    assert again.exit_code == 1 and "Expected an empty database" in again.output


@pytest.mark.parametrize("address", ["nonsense", "mysql://host/db", ""])
def test_an_address_that_is_none_is_a_sentence(place, tmp_path, address):
    run("install", DATABASE_URL=f"sqlite:///{tmp_path}/here.db")
    run("backup", str(place), DATABASE_URL=f"sqlite:///{tmp_path}/here.db")
    told = run("restore", str(place), "--into", address)
    assert told.exit_code == 1 and "no address of a database" in told.output


def test_before_the_tables_change_they_are_backed_up(place, tmp_path):
    here = f"sqlite:///{tmp_path}/here.db"
    installations.migrate(here, "0009")
    told = run("install", DATABASE_URL=here)
    [made] = making.all_in(place)
    assert str(made.folder) in told.output and made.manifest.revision == "0009"
    assert "kesu restore" in told.output
    assert "kesu restore" not in run("install", DATABASE_URL=here).output


def test_an_older_pg_dump_is_said_before_anything_begins(request, place, tmp_path, monkeypatch, turned):
    db = new_database(request.getfixturevalue("postgres_url"))
    installations.migrate(db.url)
    old = tmp_path / "old" / "pg_dump"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    old.chmod(0o755)
    monkeypatch.setenv("KESU_PG_BIN", str(old.parent))
    told = run("backup", str(place), DATABASE_URL=db.engine.url.render_as_string(hide_password=False))
    assert told.exit_code == 1 and "or newer" in told.output and "9" in told.output
    assert making.all_in(place) == [] and not list(pathlib.Path(place).glob(making.UNFINISHED + "*"))
    db.dispose()


def test_the_manifest_can_be_read_by_anybody(place, tmp_path):
    run("install", DATABASE_URL=f"sqlite:///{tmp_path}/here.db")
    run("backup", str(place), DATABASE_URL=f"sqlite:///{tmp_path}/here.db")
    [made] = making.all_in(place)
    told = json.loads((made.folder / "manifest.json").read_text())
    assert told["kind"] == "sqlite" and told["counts"]["people"] == 0 and len(told["file"]["sha256"]) == 64
