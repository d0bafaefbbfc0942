"""Four eyes bind everybody: an administrator gives such a decision to somebody else, and does not make it himself."""

import pytest

from kesu.engine import claims, definitions, history, runtime, user_tasks
from kesu.engine.errors import Conflict, Forbidden
from tests.engine.diagrams import diagram, extension

ASKING = diagram("start:s user:propose user:approve user:file end:e", key="asking", inner={
    "propose": extension('<kesu:assignment candidateGroups="agent"/>'),
    "approve": extension('<kesu:assignment candidateGroups="approver" fourEyes="propose"/><kesu:outcome variable="decision"/>')})


@pytest.fixture
def approving(cast):
    """A decision that others proposed; root is an administrator."""
    definitions.deploy(cast, ASKING, actor="olga")
    moved = runtime.start(cast, "asking", actor="ines")
    runtime.complete(cast, task_of(cast, moved.instance_id).id, actor="ines")
    return task_of(cast, moved.instance_id)


def task_of(db, instance_id):
    with db.read() as connection:
        return user_tasks.of_instance(connection, instance_id, only_open=True)[0]


def test_an_administrator_neither_takes_nor_makes_the_decision(cast, approving):
    for act in (lambda: runtime.complete(cast, approving.id, actor="root", outcome="approved"),
                lambda: claims.claim(cast, approving.id, actor="root")):
        with pytest.raises(Forbidden, match="other eyes"):
            act()
    claims.claim(cast, approving.id, actor="bo")
    with pytest.raises(Forbidden, match="other eyes"):
        runtime.complete(cast, approving.id, actor="root", outcome="approved")


def test_he_gives_it_to_somebody_who_may_and_says_why(cast, approving):
    claims.claim(cast, approving.id, actor="bo")
    with pytest.raises(Conflict, match="four eyes"):
        runtime.move(cast, approving.id, actor="root", move="transfer", people=["ines"], of="bo", reason="bo is ill")
    runtime.move(cast, approving.id, actor="root", move="transfer", people=["ada"], of="bo", reason="bo is ill")
    runtime.complete(cast, approving.id, actor="ada", outcome="approved")
    with cast.read() as connection:
        told = [each for each in history.of_instance(connection, approving.instance_id) if each["kind"] == "task_transferred"]
    assert [(each["actor"], each["reason"], each["details"]["to"]) for each in told] == [("root", "bo is ill", "ada")]


def test_what_needs_no_other_eyes_he_still_does(cast, approving):
    claims.claim(cast, approving.id, actor="bo")
    runtime.complete(cast, approving.id, actor="bo", outcome="approved")
    runtime.complete(cast, task_of(cast, approving.instance_id).id, actor="root")
