"""Work passed on (R11): why is said; across departments its clock and its case go along, due when they were."""

from datetime import timedelta

import pytest

from kesu.complaints import cases, clocks, deadlines, receipts
from kesu.engine import claims, clock, history, identity, runtime, user_tasks, worker
from kesu.engine.errors import Invalid
from tests.complaints.companies import complaint

HOUR = timedelta(hours=1)


@pytest.fixture
def shared_task(company):
    """The classification of a complaint that nobody can classify: on the shared list of customer service; Iris is there too."""
    with company.write() as connection:
        identity.add_person(connection, "iris", at=clock.now(), groups=["agent", "customer_service"], name="Iris", name_en="Iris")
    reference = receipts.receive(company, complaint(description="I am not satisfied.", product=None), channel="web").reference
    worker.drain(company)
    return task_of(company, reference)


def task_of(db, reference, element="confirm_classification"):
    with db.read() as connection:
        query = user_tasks.user_tasks.select().where(user_tasks.user_tasks.c.business_key == reference)
        return next(each for each in map(lambda row: user_tasks.UserTask(*row), connection.execute(query))
                    if each.element_id == element and each.is_open)


def state(db, task):
    with db.read() as connection:
        case, kept = cases.find(connection, task.business_key), clocks.of_task(connection, task.id)
        return case.owner_department, kept.department, kept.due_at, user_tasks.find(connection, task.id).due_at


@pytest.mark.parametrize("reason", [None, "", " \n"])
@pytest.mark.parametrize(("to", "words"), [("ivan", "another department"), ("iris", "Expected a note")])
def test_nothing_changes_hands_without_a_word(company, shared_task, to, words, reason):
    with pytest.raises(Invalid, match=words):
        runtime.move(company, shared_task.id, actor="ines", move="transfer", people=[to], reason=reason)
    assert task_of(company, shared_task.business_key) == shared_task


@pytest.mark.parametrize("claimed", [False, True])
def test_clock_and_case_go_to_the_other_department_and_are_due_when_they_were(company, shared_task, turned, claimed):
    _, _, due, _ = state(company, shared_task)
    if claimed:
        claims.claim(company, shared_task.id, actor="ines")
    turned.advance(3 * HOUR)
    runtime.move(company, shared_task.id, actor="ines", move="transfer", people=["ivan"], reason="a fault of the part")
    assert state(company, shared_task) == ("quality", "quality", due, due)
    with company.read() as connection:
        [change] = [each for each in cases.changes_of(connection, shared_task.business_key) if each.field == "owner_department"]
        told = [each for each in history.of_instance(connection, shared_task.instance_id) if each["kind"] == "task_transferred"]
        listed = deadlines.standing(connection, shared_task.business_key, turned.now())
    assert (change.before, change.after, change.actor, change.reason) == (None, "quality", "ines", "a fault of the part")
    assert (told[0]["reason"], told[0]["details"]["from_department"], told[0]["details"]["to_department"]) == (
        "a fault of the part", "customer_service", "quality")
    assert {row["department"] for row in listed if row["kind"] == "start"} == {"quality"}


def test_within_a_department_only_the_person_changes(company, shared_task):
    before = state(company, shared_task)
    runtime.move(company, shared_task.id, actor="ines", move="transfer", people=["iris"], reason="I am on leave")
    assert state(company, shared_task) == before
    assert task_of(company, shared_task.business_key).assignee == "iris"


def test_a_batch_of_transfers_obeys_the_same_rule(company, shared_task):
    def batch(**told):
        return runtime.batch(company, "move", [shared_task.id], actor="ines", move="transfer", people=["ivan"], **told)[0]

    assert "another department" in str(batch().refused)
    assert batch(reason="a fault of the part").refused is None
    assert state(company, shared_task)[:2] == ("quality", "quality")


def test_who_leaves_hands_clock_and_case_over(company, shared_task):
    claims.claim(company, shared_task.id, actor="ines")
    _, _, due, _ = state(company, shared_task)
    [handed] = [each for each in runtime.hand_over(company, "ines", to="ivan", actor="mara", reason="left")
                if each.task_id == shared_task.id]
    assert handed.problem == ""
    assert state(company, shared_task) == ("quality", "quality", due, due)


def test_an_owner_that_is_neither_of_both_stays(company, shared_task):
    with company.write() as connection:
        cases.set_columns(connection, shared_task.business_key, owner_department="legal")
    runtime.move(company, shared_task.id, actor="ines", move="transfer", people=["ivan"], reason="a fault of the part")
    assert state(company, shared_task)[:2] == ("legal", "quality")


def test_back_at_its_first_department_the_clock_is_that_department_s_again(company, shared_task):
    _, _, due, _ = state(company, shared_task)
    for actor, to in (("ines", "ivan"), ("ivan", "iris")):
        runtime.move(company, shared_task.id, actor=actor, move="transfer", people=[to], reason="theirs")
    assert state(company, shared_task) == ("customer_service", "customer_service", due, due)
