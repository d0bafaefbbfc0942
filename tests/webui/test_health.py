"""The sign of life says what it knows: 200 where all is well, 503 with what is wrong."""

import shutil
import sqlite3
from collections import namedtuple
from datetime import timedelta

import pytest
from sqlalchemy import text

from kesu.engine import jobs
from kesu.webui import health, schedules, signs_of_life

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def asked(app):
    """Ask; returns status and what was said."""

    def ask():
        answer = app.test_client().get("/healthz")
        return answer.status_code, answer.json

    return ask


def test_all_is_well(asked, company, turned):
    schedules.at_work(company)
    status, told = asked()

    assert status == 200 and told["status"] == "ok" and told["problems"] == []
    assert told["database"] == {"writable": True}
    assert told["worker"] == {"last_seen": turned.now().isoformat(), "alive": True}
    assert told["queue"] == {"oldest_due_seconds": 0}
    assert told["backup"]["late"] is False and min(told["disk"].values()) > 0


def test_a_worker_that_has_gone_silent_is_told(asked, company, turned):
    schedules.at_work(company)
    turned.advance(health.SILENT - timedelta(seconds=1))
    assert asked()[0] == 200

    turned.advance(timedelta(seconds=1))
    status, told = asked()
    assert status == 503 and told["status"] == "failing" and told["worker"]["alive"] is False
    assert "No worker has been seen since" in told["problems"][0]

    schedules.at_work(company)
    assert asked()[0] == 200


def test_a_worker_says_so_every_ten_seconds_also_in_the_middle_of_much_work(company, turned):
    seen = []

    def step(db):
        turned.advance(timedelta(seconds=4))
        with db.read() as connection:
            seen.append(signs_of_life.last(connection, signs_of_life.WORKER))
        return len(seen) < 10

    schedules.at_work(company, step)

    assert len(set(seen)) == 4  # at 0, 12, 24 and 36 seconds


def test_work_that_nobody_takes_up_is_told(asked, company, turned):
    with company.write() as connection:
        jobs.enqueue(connection, "any", {}, key="one", run_at=turned.now())
    turned.advance(timedelta(minutes=9))
    assert asked()[0] == 200 and asked()[1]["queue"] == {"oldest_due_seconds": 540}

    turned.advance(timedelta(minutes=2))
    status, told = asked()
    assert status == 503 and told["problems"] == ["Work that is due has waited for 11 minutes."]


def test_work_for_later_is_not_late(asked, company, turned):
    with company.write() as connection:
        jobs.enqueue(connection, "any", {}, key="one", run_at=turned.now() + timedelta(days=1))
    turned.advance(timedelta(hours=23))
    assert asked()[0] == 200


def test_a_disk_that_is_almost_full_is_told(asked, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9, health.LEAST_FREE - 1))
    status, told = asked()

    assert status == 503 and "less than 200 MB of room" in told["problems"][0]


def test_a_database_that_cannot_be_written_is_told(asked, company):
    """As after the file has become read-only: every page can be read, nothing can be done."""
    if not company.is_sqlite:
        with company.engine.connect() as connection:
            name = connection.execute(text("SELECT current_database()")).scalar()
            connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
            connection.commit()
        company.dispose()
    else:
        _each_connection(company, "PRAGMA query_only = ON")
    try:
        status, told = asked()
    finally:
        if not company.is_sqlite:
            with company.engine.connect() as connection:
                connection.execute(text("SET transaction_read_only = off"))
                connection.execute(text(f"ALTER DATABASE {name} RESET default_transaction_read_only"))
                connection.commit()
        company.dispose()

    assert status == 503 and told["database"] == {"writable": False}
    assert "cannot be written" in told["problems"][0]


def test_a_full_disk_is_told(asked, company):
    if not company.is_sqlite:
        pytest.skip("a disk of PostgreSQL is another machine's")
    with company.write() as connection:  # no page may be added, as where the disk is full
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        connection.exec_driver_sql("DROP TABLE signs_of_life")
    status, told = asked()
    assert status == 503 and told["status"] == "failing"


def test_strangers_who_ask_often_do_not_make_it_write_each_time(asked, company, turned):
    asked()
    first = turned.now()
    turned.advance(timedelta(seconds=1))
    asked()
    with company.read() as connection:
        assert signs_of_life.last(connection, signs_of_life.ASKED) == first


def _each_connection(db, pragma):
    from sqlalchemy import event  # noqa: PLC0415  one test needs it

    db.dispose()
    event.listen(db.engine, "connect", lambda line, _record: sqlite3.Connection.execute(line, pragma))
