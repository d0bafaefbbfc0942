"""One database behind one URL: SQLite (WAL, full sync) or PostgreSQL, SQL Core only.

Reads and writes are told apart: `read()` hands out a connection that sees a snapshot, `write()` one short transaction
that commits at the end or leaves nothing. All tables of all rooms hang off `metadata`.
"""

import json
import select
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError, ProgrammingError
from sqlalchemy.types import TypeDecorator

from kesu.engine.errors import Failed, sentence
from kesu.engine.queues import Queue

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Json = JSON
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # Chinese as it is: half the bytes of its escapes
# Every question of ours is small: compiling it takes PostgreSQL longer than answering it, and so does waking other processes for it.
SMALL_QUESTIONS = "-c jit=off -c max_parallel_workers_per_gather=0"
MAPPED = 1 << 30  # bytes of a SQLite file that are read without a call of the system for every page: half the time of a big company's inbox
BUSY = sentence(
    "The database is busy with another change. Nothing was changed; try again in a moment."
)
READ_ONLY = "25006"  # PostgreSQL's SQLSTATE of a write where none is taken
PATIENCE = 15  # seconds that a write waits for its turn
UNREACHABLE = sentence(
    "The database cannot be reached or is busy: {reason}. Nothing was changed; "
    "try again in a moment."
)
OLD_TABLES = sentence("The database's tables are older than this program: run `kesu migrate`, then try again.")


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite has no zones, so it is stored there without one and comes back with UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive value; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give UTC back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """The place where everything is kept. Cheap to hand around; one a process."""

    def __init__(self, url: str) -> None:
        self.url = _with_driver(url)
        self.engine = _engine(self.url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._writers = Queue()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Hand out a connection that sees the database as it is at its first question; whatever it did is rolled back.

        Raises `Failed` where the database cannot be reached.
        """
        with _reachable(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Run one short write transaction: all of it or nothing.

        SQLite takes its single write lock at once (BEGIN IMMEDIATE), so that a transaction never fails half-way for want of it;
        threads of this process queue for it, since SQLite itself would have them ask again and again, and some for seconds.
        """
        if self.is_sqlite:
            with self._turn(), _reachable(), self.engine.connect() as connection, connection.begin():
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
        else:
            with _reachable(), self.engine.connect() as connection, connection.begin():
                yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with ExitStack() as stack:
            try:
                stack.enter_context(self._writers.turn(PATIENCE))
            except TimeoutError as error:
                raise Failed(BUSY) from error
            yield

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except (OperationalError, ProgrammingError) as error:
        if "no such table" in str(error.orig) or "no such column" in str(error.orig) or "does not exist" in str(error.orig):
            raise Failed(OLD_TABLES, permanent=True) from error
        if isinstance(error, ProgrammingError):
            raise
        raise Failed(UNREACHABLE, reason=str(error.orig).strip().split("\n")[0]) from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") == READ_ONLY:  # a standby, or set so by its keeper
            raise Failed(UNREACHABLE, reason=str(error.orig).strip().split("\n")[0]) from error
        if not error.connection_invalidated:
            raise
        raise Failed(sentence("The connection to the database was lost. Nothing was changed; try again in a moment.")) from error


def _with_driver(url: str) -> str:
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url[len(plain):]
    return url


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True, connect_args={"options": SMALL_QUESTIONS}, json_serializer=_as_json)
        event.listen(engine, "checkout", _check_line)
        return engine
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": PATIENCE, "check_same_thread": False}, json_serializer=_as_json)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _check_line(connection: Any, _record: Any, _proxy: Any) -> None:
    """Let the pool replace a connection whose server has gone: it has closed its end, which can be read without asking over the wire."""
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN)
    if line.poll(0):
        raise DisconnectionError


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's own would come too late for IMMEDIATE
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={PATIENCE * 1000}", f"mmap_size={MAPPED}"):
        connection.execute(f"PRAGMA {pragma}")
