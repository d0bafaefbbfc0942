"""A database with something in it, and empty ones of either kind to restore into."""

import pytest

from kesu.complaints import attachments
from kesu.complaints.attachments import Upload
from kesu.engine import clock
from kesu.engine.database import Database
from kesu.webui import installations
from tests.complaints import companies
from tests.conftest import new_database
from tests.webui.cases import stage


@pytest.fixture
def empty(request, tmp_path):
    """Make empty databases: call it with a kind and a name."""
    made = []

    def make(kind, name):
        if kind == "sqlite":
            made.append(Database(f"sqlite:///{tmp_path}/{name}.db"))
        else:
            made.append(new_database(request.getfixturevalue("postgres_url")))
        return made[-1]

    yield make
    for db in made:
        db.dispose()


@pytest.fixture
def filled(request, empty, turned):
    """A company with two complaints and a photo, its tables made by the migrations; of the kind asked for."""
    db = empty(getattr(request, "param", "sqlite"), "filled")
    installations.migrate(db.url)
    before = companies.plug()
    stage.build(db)
    reference = [stage.receive(db).reference for _ in range(2)][-1]
    with db.write() as connection:
        photo = attachments.accept([Upload("照片.png", stage.PNG)])
        attachments.add(connection, reference, photo, at=clock.now(), actor="ines")
    yield db
    companies.unplug(before)
