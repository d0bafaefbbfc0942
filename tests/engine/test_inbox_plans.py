"""What the databases do for the inbox: every box begins at an index, and a test that sees when one is gone."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event, text

from kesu.engine import inbox
from kesu.engine.identity import Person
from kesu.engine.inbox import Filter

ADA = Person(login="ada", name="Ada", name_en="Ada", email="", active=True, locale="zh", superior=None, groups=frozenset({"quality"}))


@contextmanager
def plans(connection):
    """Gather what the database says it does for each question."""
    found, is_asking = [], []

    def explain(conn, _cursor, statement, parameters, _context, _many):
        if is_asking or not statement.startswith("SELECT"):
            return
        is_asking.append(True)
        word = "EXPLAIN QUERY PLAN " if conn.dialect.name == "sqlite" else "EXPLAIN "
        found.extend(str(row[-1]) for row in conn.exec_driver_sql(word + statement, parameters))
        is_asking.clear()

    event.listen(connection, "before_cursor_execute", explain)
    yield found
    event.remove(connection, "before_cursor_execute", explain)


def whole_scans(db, box, gone=None):
    """Return the lines of the plans in which all tasks are looked at."""
    with db.write() as connection:
        if gone:
            connection.execute(text(f"DROP INDEX {gone}"))
        if not db.is_sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))  # the tables are empty: it would not bother with an index
        with plans(connection) as found:
            for wanted in (Filter(), Filter(text="lid"), Filter(definition_key="p", element_id="e")):
                inbox.page(connection, ADA, box, wanted)
                inbox.count(connection, ADA, box, wanted, most=9)
            inbox.kinds(connection, ADA, box)
    assert found
    return [line for line in found if "Seq Scan on user_tasks" in line or "SCAN user_tasks" in line and "ix_user_tasks_undone" not in line]


@pytest.mark.parametrize("box", inbox.BOXES)
def test_no_box_looks_at_all_tasks(db, box):
    assert whole_scans(db, box) == []


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)  # with all else forbidden, PostgreSQL goes through another index
@pytest.mark.parametrize(("box", "index"), [("done", "ix_user_tasks_done"), ("cases", "ix_user_tasks_undone")])
def test_without_its_index_a_box_would_look_at_all_tasks(db, box, index):
    assert whole_scans(db, box, gone=index)
