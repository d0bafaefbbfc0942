"""What was backed up comes back whole, into either kind of database; what is not whole is refused."""

import json
import shutil
import sqlite3
import stat

import pytest
from sqlalchemy import select

from kesu.engine import backups, history, instances
from kesu.engine.backups import making, manifests, restoring
from kesu.engine.database import metadata
from kesu.engine.errors import Conflict, Failed, NotFound, Rejected
from kesu.webui import installations

KINDS = ["sqlite", "postgresql"]
WORD = "a passphrase"


def restored(made, target, **given):
    """Restore a backup into a database."""
    backups.restore(
        made, target.url, migrate=installations.migrate, revisions=installations.revisions(), **given
    )
    return target


def everything(db):
    """Every row of every table."""
    with db.read() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in metadata.sorted_tables
            if table.name != "openings"
        }


@pytest.mark.parametrize("into", KINDS)
@pytest.mark.parametrize("filled", KINDS, indirect=True)
def test_every_row_comes_back_in_either_kind_of_database(filled, empty, tmp_path, into):
    made = backups.make(filled, tmp_path / "backups")
    target = restored(made, empty(into, "restored"))
    assert everything(target) == everything(filled)
    with target.read() as connection:
        found = instances.listed(connection)
        assert len(found) == 2
        assert all(history.verify(connection, instance.id).intact for instance in found)


@pytest.mark.parametrize("into", KINDS)
@pytest.mark.parametrize("filled", KINDS, indirect=True)
def test_a_restored_company_goes_on_working(filled, empty, tmp_path, into):
    from tests.webui.cases import stage

    target = restored(backups.make(filled, tmp_path / "backups"), empty(into, "restored"))
    before = everything(target)["cases"]
    receipt = stage.receive(target)
    assert len(everything(target)["cases"]) == len(before) + 1
    with target.read() as connection:
        instance = instances.by_business_key(connection, receipt.reference)
        assert history.verify(connection, instance.id).intact


def test_what_is_in_the_log_of_sqlite_is_in_the_backup(filled, tmp_path):
    copied = tmp_path / "by-hand.db"
    shutil.copy(tmp_path / "filled.db", copied)
    made = backups.make(filled, tmp_path / "backups")
    with sqlite3.connect(made.folder / "database.sqlite") as connection:
        in_backup = connection.execute("SELECT count(*) FROM cases").fetchone()[0]
    connection.close()
    assert in_backup == made.manifest.counts["cases"] == 2


@pytest.mark.parametrize("filled", KINDS, indirect=True)
def test_a_sealed_backup_opens_with_its_passphrase_only(filled, empty, tmp_path):
    place = tmp_path / "backups"
    made = backups.make(filled, place, secret="the key of links", passphrase=WORD)
    lying = [path for path in place.rglob("*") if path.is_file() and path.name != "manifest.json"]
    content = b"".join(path.read_bytes() for path in lying)
    assert b"the key of links" not in content and b"SQLite format" not in content
    for wrong in (None, "another"):
        with pytest.raises(Rejected, match="passphrase"):
            restored(made, empty("sqlite", f"wrong-{wrong}"), passphrase=wrong)
        assert not (tmp_path / f"wrong-{wrong}.db").exists()
    assert everything(restored(made, empty("sqlite", "right"), passphrase=WORD))["cases"]


def test_the_key_lies_apart_and_only_its_owner_may_read_it(filled, tmp_path):
    place = tmp_path / "backups"
    made = backups.make(filled, place, secret="the key of links")
    key = making.key_file(place, made.manifest)
    assert key.read_text() == "the key of links"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600 and key.parent.parent == place
    assert all("the key of links" not in path.read_text("latin-1") for path in made.folder.iterdir())


def spoiled(folder, how):
    """Spoil a backup in one of the ways in which they spoil."""
    path = folder / manifests.read(folder).file.name
    content = bytearray(path.read_bytes())
    match how:
        case "cut off":
            path.write_bytes(content[: len(content) // 2])
        case "altered":
            content[len(content) // 2] ^= 1
            path.write_bytes(content)
        case "gone":
            path.unlink()
        case "manifest cut off":
            text = (folder / manifests.NAME).read_text()
            (folder / manifests.NAME).write_text(text[: len(text) // 2])
        case "no manifest":
            (folder / manifests.NAME).unlink()
        case "newer format" | "newer tables":
            told = json.loads((folder / manifests.NAME).read_text())
            told |= {"format": 99} if how == "newer format" else {"revision": "9999"}
            (folder / manifests.NAME).write_text(json.dumps(told))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("cut off", "not as it was written"),
        ("altered", "not as it was written"),
        ("gone", "not as it was written"),
        ("manifest cut off", "cut off or altered"),
        ("no manifest", "is no backup"),
        ("newer format", "newer Kesu"),
        ("newer tables", "does not know"),
    ],
)
@pytest.mark.parametrize("sealed", [False, True])
def test_a_spoiled_backup_is_refused_and_changes_nothing(filled, empty, tmp_path, how, said, sealed):
    given = {"passphrase": WORD} if sealed else {}
    made = backups.make(filled, tmp_path / "backups", **given)
    spoiled(made.folder, how)
    with pytest.raises(Rejected, match=said):
        restored(restoring.find(made.folder), empty("sqlite", "target"), **given)
    assert not [path for path in tmp_path.iterdir() if "target" in path.name or "unsealed" in path.name]


@pytest.mark.parametrize("into", KINDS)
def test_a_target_that_holds_something_is_left_alone(filled, empty, tmp_path, into):
    made = backups.make(filled, tmp_path / "backups")
    target = restored(made, empty(into, "target"))
    before = everything(target)
    with pytest.raises(Conflict, match="Expected an empty database"):
        restored(made, target)
    assert everything(target) == before


def test_the_newest_backup_below_a_folder_is_found(filled, turned, tmp_path):
    with pytest.raises(NotFound):
        restoring.find(tmp_path)
    first = backups.make(filled, tmp_path / "backups")
    second = backups.make(filled, tmp_path / "backups")
    assert first.folder != second.folder
    assert restoring.find(tmp_path / "backups").folder == second.folder


def test_one_backup_at_a_time_and_what_a_killed_one_left_is_swept_away(filled, tmp_path):
    place = tmp_path / "backups"
    left = place / f"{making.UNFINISHED}kesu-20260101-000000"
    left.mkdir(parents=True)
    (left / "database.sqlite").write_bytes(b"half")
    assert making.all_in(place) == []
    with making._alone(place), pytest.raises(Conflict, match="Another backup"):
        backups.make(filled, place)
    backups.make(filled, place)
    assert not left.exists() and len(making.all_in(place)) == 1


def test_a_place_that_takes_nothing_is_a_sentence(filled, tmp_path):
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    with pytest.raises(Failed, match="could not be written"):
        backups.make(filled, blocked / "backups")


@pytest.mark.parametrize("filled", KINDS, indirect=True)
def test_a_good_backup_is_proved_and_one_of_a_changed_history_is_not(filled, tmp_path):
    given = {"migrate": installations.migrate, "revisions": installations.revisions()}
    proof = backups.prove(filled, backups.make(filled, tmp_path / "a"), **given)
    assert proof.histories == 2 and proof.rows > 100
    with filled.write() as connection:
        if not filled.is_sqlite:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            for name in connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'"
            ).scalars().all():
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.execute(history.history.update().where(history.history.c.sequence == 2).values(actor="somebody"))
    with pytest.raises(Failed, match="does not hold"):
        backups.prove(filled, backups.make(filled, tmp_path / "b"), **given)
