"""Writers take turns: nobody is overtaken, nobody waits for ever, and SQLite is asked once."""

import sqlite3
import threading

import pytest

from kesu.engine import database
from kesu.engine.errors import Failed
from kesu.engine.queues import Queue


def _in_line(queue, number):
    """Wait until so many are waiting."""
    while len(queue._waiting) < number:
        pass


def test_turns_come_in_the_order_in_which_they_were_asked_for():
    queue, order = Queue(), []

    def take(name):
        with queue.turn(10):
            order.append(name)

    with queue.turn(10):
        threads = [threading.Thread(target=take, args=[name]) for name in range(20)]
        for number, thread in enumerate(threads, 1):
            thread.start()
            _in_line(queue, number)
    for thread in threads:
        thread.join()

    assert order == list(range(20))


def test_whoever_lets_go_and_asks_again_is_behind_those_who_wait():
    queue, order = Queue(), []

    def wait():
        with queue.turn(10):
            order.append("waiting")

    with queue.turn(10):
        thread = threading.Thread(target=wait)
        thread.start()
        _in_line(queue, 1)
    with queue.turn(10):
        order.append("again")
    thread.join()

    assert order == ["waiting", "again"]


def test_whoever_gives_up_is_not_waited_for():
    queue = Queue()
    with queue.turn(10), pytest.raises(TimeoutError), queue.turn(0.01):
        pass
    with queue.turn(0.01):
        pass


def test_an_error_inside_ends_the_turn():
    queue = Queue()
    with pytest.raises(ValueError, match="inside"), queue.turn(1):
        raise ValueError("inside")
    with queue.turn(0.01):
        pass


def test_a_write_that_does_not_get_its_turn_fails_with_a_sentence(db, monkeypatch):
    if not db.is_sqlite:
        pytest.skip("PostgreSQL has no single writer")
    monkeypatch.setattr(database, "PATIENCE", 0.01)

    with db.write(), pytest.raises(Failed, match="busy"), db.write():
        pass
    with db.write() as connection:
        connection.exec_driver_sql("SELECT 1")


def test_ten_writers_ask_sqlite_for_its_lock_one_after_the_other(db):
    """Without turns they wait inside SQLite, asking again and again: here that is refused at once."""
    if not db.is_sqlite:
        pytest.skip("PostgreSQL has no single writer")
    with db.write() as connection:
        connection.exec_driver_sql("CREATE TABLE counted (n INTEGER)")
    problems: list[BaseException] = []
    ready = threading.Barrier(10)

    def write():
        try:
            ready.wait()
            for _ in range(20):
                with db.write() as connection:
                    connection.exec_driver_sql("INSERT INTO counted VALUES (1)")
        except (Failed, sqlite3.Error) as problem:
            problems.append(problem)

    @database.event.listens_for(db.engine, "checkout")
    def _impatient(connection, _record, _proxy):
        connection.execute("PRAGMA busy_timeout=0")

    threads = [threading.Thread(target=write) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    with db.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM counted").scalar() == 200
