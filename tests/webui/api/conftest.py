"""The real application, served over a company with the shipped process and a few complaints, for programs that call it."""

import pytest

import kesu.webui.tables  # noqa: F401  every room hangs its tables off the one metadata
from kesu.engine import clock, definitions, runtime, tokens
from kesu.engine.clock import ManualClock
from kesu.engine.database import Database, metadata
from tests.complaints import companies
from tests.conftest import MONDAY, new_database
from tests.engine.diagrams import diagram, extension
from tests.serving import served
from tests.webui.cases import stage

LOGINS = ("root", "ines", "ivan", "ada", "mara", "olga", "yun", "otto")
SMALL = diagram("start:s user:a user:v end:e", key="small", inner={"v": extension('<kesu:ballot mode="all" groups="approver,agent"/>')})


class Office:
    """An application at an address, with a token for everybody."""

    def __init__(self, db: Database, address: str) -> None:
        self.db, self.address = db, address
        with db.write() as connection:
            self.tokens = {login: tokens.issue(connection, login, at=clock.now()) for login in LOGINS}
        self.references = [stage.receive(db).reference for _ in range(2)]

    def started(self) -> runtime.Moved:
        """Start a small case."""
        return runtime.start(self.db, "small", actor="ines", business_key="KS-SMALL")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def office(request, tmp_path_factory):
    """The office on either kind of database, under a clock that can be turned."""
    place = tmp_path_factory.mktemp("office")
    db = Database(f"sqlite:///{place}/kesu.db") if request.param == "sqlite" else new_database(request.getfixturevalue("postgres_url"))
    metadata.create_all(db.engine)
    plugged, before = companies.plug(), clock.use(ManualClock(MONDAY))
    stage.build(db)
    with db.write() as connection:
        stage.identity.add_person(connection, "root", at=clock.now(), groups=["admin"], name="Root", name_en="Root")
    definitions.deploy(db, SMALL, actor="olga")
    with served(stage.application(db)) as address:
        yield Office(db, address)
    db.dispose()
    clock.use(before)
    companies.unplug(plugged)
