"""From empty to the newest tables and back, step by step, on both databases; the result is what the code says."""

import re
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from kesu.engine.database import Database, Instant, metadata
from kesu.webui import tables  # noqa: F401  every room hangs its tables off the one metadata
from tests.conftest import ROOT, new_database

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROWS = {  # what came in needs a case, and a case its customer
    "complainants": {"id": 1, "name": "Carol", "created_at": NOON},
    "cases": {"reference": "KS-1", "status": "received", "status_since": NOON, "channel": "web", "received_at": NOON, "received_by": "customer",
              "title": "t", "description": "d", "details": {}, "complainant_id": 1},
    "intakes": {"reference": "KS-1", "channel": "web", "received_at": NOON, "received_by": "customer", "payload": {}, "payload_sha256": "x",
                "key_hash": "k", "salt": "s"},
}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """A database without any table."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/kesu.db")
    else:
        database = Database(request.getfixturevalue("postgres_url"))
        with database.write() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    yield database
    database.dispose()


def config(db):
    made = Config()
    made.set_main_option("script_location", str(ROOT / "migrations"))
    made.attributes["url"] = db.engine.url.render_as_string(hide_password=False)
    return made


def differences(db):
    """Return what the tables in the database lack or have beyond what the code says."""
    def same_type(_context, _inspected, _column, found, wanted):
        return False if isinstance(wanted, Instant) else None

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": same_type})
        found = compare_metadata(context, metadata)
    return [each for each in found if "alembic_version" not in str(each)]


def test_all_migrations_make_the_tables_that_the_code_says(empty):
    command.upgrade(config(empty), "head")
    assert differences(empty) == []


def test_a_missing_column_would_be_noticed(empty):
    command.upgrade(config(empty), "head")
    with empty.write() as connection:
        connection.execute(text("ALTER TABLE mails RENAME COLUMN subject TO topic"))
    assert differences(empty) != []


def triggers(db):
    """The triggers of a database, by name and table. Whoever makes a table again on SQLite has to tell its triggers again."""
    query = ("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'" if db.is_sqlite else
             "SELECT trigger_name, event_object_table FROM information_schema.triggers WHERE trigger_schema = 'public'")
    with db.engine.connect() as connection:
        return {tuple(row) for row in connection.execute(text(query))}


@pytest.fixture
def told(empty, request, tmp_path):
    """A database of the same kind with all tables as the code says them."""
    database = Database(f"sqlite:///{tmp_path}/told.db") if empty.is_sqlite else new_database(request.getfixturevalue("postgres_url"))
    metadata.create_all(database.engine)
    yield database
    database.dispose()


def test_the_migrations_put_every_trigger_in_place(empty, told):
    command.upgrade(config(empty), "head")
    assert triggers(empty) == triggers(told) and len(triggers(told)) >= 3
    with empty.write() as connection:
        connection.execute(text("DROP TRIGGER case_words_of_case" + ("" if empty.is_sqlite else " ON cases")))
    assert triggers(empty) != triggers(told)


def test_every_step_can_be_gone_back_and_forth(empty):
    steps = [script.revision for script in reversed(list(ScriptDirectory.from_config(config(empty)).walk_revisions()))]
    for revision in steps:
        command.upgrade(config(empty), revision)
        command.downgrade(config(empty), "-1")
        command.upgrade(config(empty), revision)
    command.downgrade(config(empty), "base")
    assert set(inspect(empty.engine).get_table_names()) <= {"alembic_version"}


def test_after_the_migrations_what_came_in_can_be_neither_changed_nor_deleted(empty):
    command.upgrade(config(empty), "head")
    with empty.write() as connection:
        for table, row in ROWS.items():
            connection.execute(metadata.tables[table].insert().values(**row))
    for act in ("UPDATE intakes SET channel = 'phone'", "DELETE FROM intakes"):
        with pytest.raises(DBAPIError, match="never changed or deleted"), empty.engine.begin() as connection:
            connection.execute(text(act))


def test_migrations_are_numbered_without_gaps():
    names = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("0*.py"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in names)


def test_the_words_of_cases_are_told_for_those_that_were_there_and_stay_true(empty):
    command.upgrade(config(empty), "0002")
    with empty.write() as connection:
        for table in ("complainants", "cases"):
            connection.execute(metadata.tables[table].insert().values(ROWS[table]))
    command.upgrade(config(empty), "head")
    words = text("SELECT words FROM case_words")

    with empty.write() as connection:
        assert connection.execute(words).scalars().all() == ["ks-1 t   carol"]
        connection.execute(text("UPDATE cases SET title = 'The Lid'"))
        connection.execute(text("UPDATE complainants SET name = 'Carola'"))
        assert connection.execute(words).scalars().all() == ["ks-1 the lid   carola"]
