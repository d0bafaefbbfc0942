"""The database that goes away and comes back, or never was there."""

import pytest
from sqlalchemy import text

from kesu.engine import identity
from kesu.engine.database import Database
from kesu.engine.errors import Failed


def test_a_connection_that_the_server_has_ended_is_replaced_before_anybody_notices(postgres_url):
    db, other = Database(postgres_url), Database(postgres_url)
    with db.read() as connection:
        mine = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    with other.write() as connection:
        assert connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine}).scalar()
    with db.read() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar() != mine
    db.dispose()
    other.dispose()


def test_whoever_reads_sees_one_moment_whatever_is_written_meanwhile(db):
    count = text("SELECT count(*) FROM groups")
    with db.read() as reading:
        before = reading.execute(count).scalar()
        with db.write() as writing:
            identity.add_group(writing, "new", kind="role", name="new")
        assert reading.execute(count).scalar() == before
    with db.read() as reading:
        assert reading.execute(count).scalar() == before + 1


def test_a_database_that_is_not_there_is_said_in_a_sentence():
    db = Database("postgresql://nobody@127.0.0.1:1/kesu")
    with pytest.raises(Failed, match="cannot be reached"), db.read():
        pass
