"""The cast and a registry with a few topics, for the engine's tests."""

import pytest

from kesu.engine import clock, identity, service_tasks
from kesu.engine.service_tasks import Registry, Topic, again, done, error
from tests import moulds

CAST = {"ines": ["customer_service", "agent"], "ivan": ["quality", "investigator"], "ada": ["quality", "approver"], "bo": ["legal", "approver"],
        "mara": ["management", "manager"], "olga": ["owner"], "yun": ["auditor"], "otto": [], "root": ["admin"]}
DEPARTMENTS = ("customer_service", "quality", "legal", "management")
GROUPS = sorted({group for groups in CAST.values() for group in groups})


@pytest.fixture
def cast(db, turned):
    """Everybody, in a database of either kind; Ivan's superior is Ada, hers is Mara, and each department has a head."""
    return moulds.cast(db, _everybody)


def _everybody(db):
    with db.write() as connection:
        for key in GROUPS:
            identity.add_group(connection, key, kind="department" if key in DEPARTMENTS else "role", name=key)
        for login, groups in CAST.items():
            identity.add_person(connection, login, at=clock.now(), groups=groups, name=login.title(), name_en=login.title())
        connection.execute(identity.people.update().where(identity.people.c.login == "ivan").values(superior="ada"))
        connection.execute(identity.people.update().where(identity.people.c.login == "ada").values(superior="mara"))
        connection.execute(identity.groups.update().where(identity.groups.c.key == "quality").values(head="ada"))


class Handlers:
    """What the test's service tasks do: set `fails` to make the outside one fail that often."""

    def __init__(self):
        self.fails, self.calls = 0, []

    def inside(self, task, word: str = "hello"):
        self.calls.append(("inside", task.idempotency_key))
        return done({"said": word})

    def outside(self, task):
        self.calls.append(("outside", task.idempotency_key))
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the far side is down")
        return done({"sent": True})

    def refusing(self, task):
        return error("no_stock")

    def waiting(self, task, until=None):
        return again(until) if until else done()


@pytest.fixture
def handlers():
    """Topics in use for one test."""
    plugged = Handlers()
    before = service_tasks.plug(Registry([Topic("inside", plugged.inside, inside=True), Topic("outside", plugged.outside),
                                          Topic("refusing", plugged.refusing, inside=True)]))
    yield plugged
    service_tasks.plug(before)
