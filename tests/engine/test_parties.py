"""Whom a task concerns: one rule, whichever way somebody comes to it; whom it does not concern does not find it."""

import pytest

from kesu.engine import claims, clock, copies, definitions, identity, parties, runtime, user_tasks
from kesu.engine.errors import NotFound
from tests.engine.diagrams import diagram, extension

ONE = diagram("start:s user:a end:e", key="one", inner={"a": extension('<kesu:assignment candidateGroups="quality"/>')})

KIMS = diagram("start:s user:a end:e", key="kims", inner={"a": extension('<kesu:assignment candidateUsers="kim"/>')})


@pytest.fixture
def begun(db):
    """Give a case that ines began, whose only task is offered to quality."""
    with db.write() as connection:
        identity.add_group(connection, "quality", kind="department", name="quality")
        for login, groups in {"ines": [], "ivan": ["quality"], "kim": [], "yun": ["auditor"]}.items():
            if groups == ["auditor"]:
                identity.add_group(connection, "auditor", kind="role", name="auditor")
            identity.add_person(connection, login, at=clock.now(), name=login.title(), groups=groups)
    for each in (ONE, KIMS):
        definitions.deploy(db, each, actor="system")
    return runtime.start(db, "one", actor="ines").instance_id


def finds(db, login, task_id):
    """Say whether a person finds a task."""
    with db.read() as connection:
        try:
            return parties.visible(connection, task_id, identity.person(connection, login)).id == task_id
        except NotFound:
            return False


def the_task(db, instance_id):
    """Return the only task of the case."""
    with db.read() as connection:
        return user_tasks.of_instance(connection, instance_id)[0]


def test_it_concerns_who_began_it_who_may_take_it_and_who_has_a_copy(db, begun):
    task = the_task(db, begun)
    assert [login for login in ("ines", "ivan", "kim", "yun") if finds(db, login, task.id)] == ["ines", "ivan", "yun"]
    with db.write() as connection:
        copies.send(connection, instance_id=begun, task_id=task.id, login="kim", actor="ines", at=clock.now())
    assert finds(db, "kim", task.id)


def test_who_did_it_finds_it_afterwards(db, begun):
    task = the_task(db, begun)
    claims.claim(db, task.id, actor="ivan")
    runtime.complete(db, task.id, actor="ivan")
    with db.write() as connection:
        connection.execute(identity.memberships.delete())
    assert finds(db, "ivan", task.id)


def test_a_list_is_full_however_many_of_others_stand_between(db, begun):
    mine = [the_task(db, begun).id]
    for _ in range(4):
        runtime.start(db, "kims", actor="kim")
    mine.append(the_task(db, runtime.start(db, "one", actor="ines").instance_id).id)
    with db.read() as connection:
        ivan = identity.person(connection, "ivan")
        assert [task.id for task in parties.listed(connection, person=ivan, limit=2)] == mine
        assert [task.id for task in parties.listed(connection, person=ivan, after=mine[0], limit=2)] == mine[1:]
