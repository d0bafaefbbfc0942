"""An idempotency key belongs to what it was first given to: the same again gets the first answer, anything else is refused and changes nothing."""

import pytest
from sqlalchemy import update

from kesu.engine import commands, runtime
from kesu.engine.errors import Conflict, Invalid, Rejected
from tests.engine.test_runtime import TWO_STEPS, VOTE, deployed, events, open_tasks

DEEP: dict = {}
for _ in range(5000):
    DEEP = {"in": DEEP}


@pytest.fixture
def voting(cast):
    """A round of three in which ada has said yes, under the key k."""
    moved = runtime.start(cast, deployed(cast, VOTE), actor="ines", variables={"voters": ["ada", "bo", "ivan"]})
    [task] = open_tasks(cast, moved.instance_id)
    runtime.vote(cast, task.id, actor="ada", answer="yes", comment="fine", idempotency_key="k")
    return task


def everything(db, instance_id):
    return events(db, instance_id), open_tasks(db, instance_id)


@pytest.mark.parametrize("other", [
    {"answer": "no"}, {"comment": "not fine"}, {"submission": {"cause": "glue"}}, {"actor": "bo"},
], ids=lambda other: next(iter(other)))
def test_a_ballot_with_something_else_in_it_is_refused_under_the_same_key(cast, voting, other):
    before = everything(cast, voting.instance_id)
    said = {"actor": "ada", "answer": "yes", "comment": "fine"}
    assert runtime.vote(cast, voting.id, **said, idempotency_key="k").instance_id == voting.instance_id
    with pytest.raises(Conflict, match="with something else in it"):
        runtime.vote(cast, voting.id, **{**said, **other}, idempotency_key="k")
    assert everything(cast, voting.instance_id) == before


@pytest.mark.parametrize("act", [
    lambda db, task: runtime.complete(db, task.id, actor="ada", idempotency_key="k"),
    lambda db, task: runtime.move(db, task.id, actor="ada", move="copy", people=["ines"], idempotency_key="k"),
    lambda db, task: runtime.move(db, task.id, actor="ada", move="transfer", people=["gao"], reason="theirs", idempotency_key="k"),
    lambda db, task: runtime.move(db, task.id, actor="ines", move="withdraw", reason="r", idempotency_key="k"),
    lambda db, task: runtime.cancel(db, task.instance_id, actor="ines", reason="r", idempotency_key="k"),
    lambda db, task: runtime.suspend(db, task.instance_id, actor="mara", reason="r", idempotency_key="k"),
    lambda db, task: runtime.broadcast(db, "fire", actor="ines", idempotency_key="k"),
    lambda db, task: runtime.correlate(db, "called", {"number": 1}, actor="ines", idempotency_key="k"),
    lambda db, task: runtime.start(db, deployed(db, TWO_STEPS), actor="ines", variables={"chosen": "bo"}, idempotency_key="k"),
], ids=["complete", "copy", "transfer", "withdraw", "cancel", "suspend", "signal", "message", "start"])
def test_another_command_under_the_same_key_is_refused(cast, voting, act):
    before = everything(cast, voting.instance_id)
    with pytest.raises(Conflict, match="with something else in it"):
        act(cast, voting)
    assert everything(cast, voting.instance_id) == before


def test_a_move_is_asked_for_once_and_with_another_reason_refused(cast):
    moved = runtime.start(cast, deployed(cast, TWO_STEPS), actor="ines", variables={"chosen": "bo"})
    asked = {"actor": "ines", "reason": "too early", "idempotency_key": "k"}
    cancelled = runtime.cancel(cast, moved.instance_id, **asked)
    assert runtime.cancel(cast, moved.instance_id, **asked) == cancelled
    with pytest.raises(Conflict, match="with something else in it"):
        runtime.cancel(cast, moved.instance_id, **{**asked, "reason": "too late"})


def test_the_order_in_which_values_are_written_is_no_content(cast):
    first, again = (commands.bound("k", "start", "ines", values) for values in ({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 3, "c": 2}, "a": 1}))
    assert first == again != commands.bound("k", "start", "ines", {"a": 1, "b": {"c": 2, "d": 4}})


def test_a_key_from_before_the_hash_is_taken_at_its_word(cast, voting):
    with cast.write() as connection:
        connection.execute(update(commands.commands).values(content_sha256=None))
    runtime.vote(cast, voting.id, actor="ada", answer="no", idempotency_key="k")
    assert [event for event, _ in events(cast, voting.instance_id)].count("ballot_cast") == 1


@pytest.mark.parametrize("key", [None, "k"])
@pytest.mark.parametrize("act", [
    lambda db, task, key: runtime.vote(db, task.id, actor="bo", answer="yes", submission=DEEP, idempotency_key=key),
    lambda db, task, key: runtime.start(db, deployed(db, TWO_STEPS), actor="ines", variables={"chosen": "bo", "deep": DEEP}, idempotency_key=key),
    lambda db, task, key: runtime.correlate(db, "called", {"number": 1}, {"deep": DEEP}, actor="ines", idempotency_key=key),
], ids=["vote", "start", "message"])
def test_what_is_nested_without_end_is_refused_with_and_without_a_key(cast, voting, act, key):
    with pytest.raises(Rejected, match="nested"):
        act(cast, voting, key)


@pytest.mark.parametrize("outcome", ["deleted", "", "Approved"])
def test_an_outcome_that_is_none_is_refused_everywhere(cast, voting, outcome):
    with pytest.raises(Invalid, match="approved or rejected"):
        runtime.complete(cast, voting.id, actor="bo", outcome=outcome)
    [result] = runtime.batch(cast, "complete", [voting.id], actor="bo", outcome=outcome)
    assert "approved or rejected" in result.problem
