"""Commands on instances: started, completed, voted on, failed, retried; each one transaction, on both databases."""

import pytest
from sqlalchemy import select

from kesu.engine import claims, clock, definitions, history, incidents, instances, jobs, runtime, user_tasks, worker
from kesu.engine.errors import Conflict, Forbidden, Invalid, NotFound, Rejected
from tests.engine.diagrams import diagram, extension

TWO_STEPS = diagram("start:s user:a user:b end:e", inner={"a": extension('<kesu:assignment candidateGroups="quality"/>'),
                                                          "b": extension('<kesu:assignment assignee="=chosen"/>')})
SERVICE = diagram("start:s service:call user:after end:e", inner={
    "call": extension('<spiffworkflow:serviceTaskOperator id="outside" resultVariable=""/>')})
VOTE = diagram("start:s user:vote xor:g end:good [outcome = \"approved\"]\n g end:bad", attributes={"g": 'default="f1_0"'}, inner={
    "vote": extension('<kesu:ballot mode="all" voters="=voters"/>')})


def deployed(db, xml):
    return definitions.deploy(db, xml, actor="olga")[0].key


def open_tasks(db, instance_id):
    with db.read() as connection:
        return user_tasks.of_instance(connection, instance_id, only_open=True)


def events(db, instance_id):
    with db.read() as connection:
        return [(event["kind"], event["element_id"]) for event in history.of_instance(connection, instance_id)]


def test_an_instance_runs_from_start_to_end_and_its_chain_holds(cast):
    key = deployed(cast, TWO_STEPS)
    moved = runtime.start(cast, key, actor="ines", business_key="KS-1", variables={"chosen": "bo"})

    [first] = open_tasks(cast, moved.instance_id)
    assert (first.element_id, first.assignee, first.state) == ("a", None, "created")
    runtime.complete(cast, first.id, actor="ivan", submission={"cause": "glue"})
    [second] = open_tasks(cast, moved.instance_id)
    assert (second.element_id, second.assignee) == ("b", "bo")
    ended = runtime.complete(cast, second.id, actor="bo")

    assert ended.state == "completed"
    with cast.read() as connection:
        instance = instances.find(connection, moved.instance_id)
        assert instance.variables == {"chosen": "bo", "cause": "glue"}
        assert history.verify(connection, moved.instance_id).intact
    told = events(cast, moved.instance_id)
    assert told.index(("task_completed", "a")) < told.index(("task_completed", "b"))


def test_nobody_else_can_do_somebodys_task(cast):
    moved = runtime.start(cast, deployed(cast, TWO_STEPS), actor="ines", variables={"chosen": "bo"})
    [task] = open_tasks(cast, moved.instance_id)
    with pytest.raises(Forbidden):
        runtime.complete(cast, task.id, actor="otto")
    claims.claim(cast, task.id, actor="ivan")
    with pytest.raises(Forbidden, match="is with ivan"):
        runtime.complete(cast, task.id, actor="ada")


def test_whoever_comes_second_reads_who_was_first(cast):
    moved = runtime.start(cast, deployed(cast, TWO_STEPS), actor="ines", variables={"chosen": "bo"})
    [task] = open_tasks(cast, moved.instance_id)
    runtime.complete(cast, task.id, actor="ivan")
    with pytest.raises(Conflict, match="already handled by ivan"):
        runtime.complete(cast, task.id, actor="ada")


def test_the_same_key_twice_is_one_act_with_one_answer(cast):
    key = deployed(cast, TWO_STEPS)
    first = runtime.start(cast, key, actor="ines", variables={"chosen": "bo"}, idempotency_key="k1")
    assert runtime.start(cast, key, actor="ines", variables={"chosen": "bo"}, idempotency_key="k1") == first
    [task] = open_tasks(cast, first.instance_id)
    done = runtime.complete(cast, task.id, actor="ivan", idempotency_key="k2")
    assert runtime.complete(cast, task.id, actor="ivan", idempotency_key="k2") == done
    assert len(open_tasks(cast, first.instance_id)) == 1


def test_a_failing_job_is_retried_and_then_an_incident_that_a_person_resolves(cast, turned, handlers):
    from datetime import timedelta

    handlers.fails = 99
    moved = runtime.start(cast, deployed(cast, SERVICE), actor="ines")
    for _ in range(10):
        worker.drain(cast)
        turned.advance(timedelta(hours=1))
    assert len(handlers.calls) == 5
    with cast.read() as connection:
        [incident] = incidents.listed(connection)
    assert (incident.kind, incident.element_id) == ("job_failed", "call")
    assert "the far side is down" in incident.message

    handlers.fails = 0
    runtime.retry(cast, incident.id, actor="mara")
    worker.drain(cast)

    assert [task.element_id for task in open_tasks(cast, moved.instance_id)] == ["after"]
    with pytest.raises(Conflict, match="already settled by mara"):
        runtime.skip(cast, incident.id, actor="mara", reason="twice")


def test_an_incident_can_be_skipped(cast, turned, handlers):
    handlers.fails = 99
    moved = runtime.start(cast, deployed(cast, SERVICE), actor="ines")
    from datetime import timedelta

    for _ in range(10):
        worker.drain(cast)
        turned.advance(timedelta(hours=1))
    with cast.read() as connection:
        [incident] = incidents.listed(connection)
    runtime.skip(cast, incident.id, actor="mara", reason="paid by hand", variables={"sent": True})
    assert [task.element_id for task in open_tasks(cast, moved.instance_id)] == ["after"]
    with cast.read() as connection:
        assert connection.execute(select(jobs.jobs.c.state)).scalars().all() == ["cancelled"]


@pytest.mark.parametrize(("answers", "end"), [(("yes", "yes"), "good"), (("yes", "no"), "bad"), (("no",), "bad")])
def test_a_countersign_is_settled_by_its_ballots(cast, answers, end):
    moved = runtime.start(cast, deployed(cast, VOTE), actor="ines", variables={"voters": ["ada", "bo"]})
    [task] = open_tasks(cast, moved.instance_id)
    for voter, answer in zip(("ada", "bo"), answers, strict=False):
        ended = runtime.vote(cast, task.id, actor=voter, answer=answer, comment="seen")
    assert ended.state == "completed"
    assert ("activity_completed", end) in events(cast, moved.instance_id)


def test_a_voter_may_change_their_mind_while_the_round_is_open_and_others_may_not_vote(cast):
    moved = runtime.start(cast, deployed(cast, VOTE), actor="ines", variables={"voters": ["ada", "bo", "ada"]})
    [task] = open_tasks(cast, moved.instance_id)
    runtime.vote(cast, task.id, actor="ada", answer="yes")
    runtime.vote(cast, task.id, actor="ada", answer="yes", comment="still yes")
    with pytest.raises(Forbidden):
        runtime.vote(cast, task.id, actor="otto", answer="yes")
    with pytest.raises(Conflict, match="decided by vote"):
        runtime.complete(cast, task.id, actor="ada")
    with pytest.raises(Invalid):
        runtime.vote(cast, task.id, actor="bo", answer="maybe")
    assert runtime.vote(cast, task.id, actor="bo", answer="yes").state == "completed"


def test_a_suspended_instance_refuses_to_move_until_it_is_activated(cast):
    moved = runtime.start(cast, deployed(cast, TWO_STEPS), actor="ines", variables={"chosen": "bo"})
    [task] = open_tasks(cast, moved.instance_id)
    with pytest.raises(Forbidden):
        runtime.suspend(cast, moved.instance_id, actor="ines")
    runtime.suspend(cast, moved.instance_id, actor="mara", reason="court")
    with pytest.raises(Rejected, match="suspended"):
        runtime.complete(cast, task.id, actor="ivan")
    runtime.activate(cast, moved.instance_id, actor="mara")
    runtime.complete(cast, task.id, actor="ivan")


def test_a_cancelled_instance_leaves_nothing_open(cast):
    moved = runtime.start(cast, deployed(cast, TWO_STEPS), actor="ines", variables={"chosen": "bo"})
    assert runtime.cancel(cast, moved.instance_id, actor="ines", reason="withdrawn").state == "cancelled"
    assert open_tasks(cast, moved.instance_id) == []
    with pytest.raises(Rejected, match="already cancelled"):
        runtime.terminate(cast, moved.instance_id, actor="mara")


def test_a_rejection_goes_back_to_a_legal_step_with_a_reason(cast):
    moved = runtime.start(cast, deployed(cast, TWO_STEPS), actor="ines", variables={"chosen": "bo"})
    [first] = open_tasks(cast, moved.instance_id)
    runtime.complete(cast, first.id, actor="ivan", submission={"cause": "glue"})
    [second] = open_tasks(cast, moved.instance_id)
    with pytest.raises(Invalid, match="reason"):
        runtime.move(cast, second.id, actor="bo", move="reject")
    preview = runtime.preview(cast, second.id, actor="bo", move="reject")
    assert (preview.target.element_id, [each.element_id for each in preview.voided]) == ("a", ["b"])

    runtime.move(cast, second.id, actor="bo", move="reject", target="a", reason="no photo")

    [again] = open_tasks(cast, moved.instance_id)
    assert (again.element_id, again.round, again.id != first.id) == ("a", 2, True)
    with pytest.raises(Conflict, match="already handled"):
        runtime.complete(cast, second.id, actor="bo")
    runtime.complete(cast, again.id, actor="ivan", submission={"cause": "glue, see photo"})
    [second] = open_tasks(cast, moved.instance_id)
    assert runtime.complete(cast, second.id, actor="bo").state == "completed"


def test_an_act_can_be_taken_back_while_nobody_else_has_acted(cast):
    moved = runtime.start(cast, deployed(cast, TWO_STEPS), actor="ines", variables={"chosen": "bo"})
    [first] = open_tasks(cast, moved.instance_id)
    runtime.complete(cast, first.id, actor="ivan")
    runtime.move(cast, first.id, actor="ivan", move="take_back", reason="wrong file")
    [again] = open_tasks(cast, moved.instance_id)
    runtime.complete(cast, again.id, actor="ivan")
    [second] = open_tasks(cast, moved.instance_id)
    runtime.complete(cast, second.id, actor="bo")
    with pytest.raises(Rejected):
        runtime.move(cast, again.id, actor="ivan", move="take_back", reason="too late")


def test_running_instances_keep_their_version_and_new_ones_take_the_next(cast):
    key = deployed(cast, TWO_STEPS)
    old = runtime.start(cast, key, actor="ines", variables={"chosen": "bo"})
    deployed(cast, diagram("start:s user:a user:c end:e"))
    new = runtime.start(cast, key, actor="ines")
    for moved in (old, new):
        [task] = open_tasks(cast, moved.instance_id)
        runtime.complete(cast, task.id, actor="root")
    assert [task.element_id for task in open_tasks(cast, old.instance_id)] == ["b"]
    assert [task.element_id for task in open_tasks(cast, new.instance_id)] == ["c"]


def test_an_unknown_process_is_not_found(cast):
    with pytest.raises(NotFound):
        runtime.start(cast, "nothing", actor="ines")


def test_what_comes_next_is_shown_without_being_done(cast):
    moved = runtime.start(cast, deployed(cast, TWO_STEPS), actor="ines", variables={"chosen": "bo"})
    [task] = open_tasks(cast, moved.instance_id)
    [following] = runtime.what_next(cast, task.id, actor="ivan")
    assert (following.element_id, following.assignment.assignee) == ("b", "bo")
    assert open_tasks(cast, moved.instance_id)[0].id == task.id


def test_whatever_a_user_submits_comes_back_as_it_was(cast):
    hostile = {"typename": {"typename": "x"}, "@feel": {"value": 1}, "deep": [[[{"a": None}]]], "big": 10**30, "text": "'; DROP TABLE people; --"}
    moved = runtime.start(cast, deployed(cast, TWO_STEPS), actor="ines", variables={"chosen": "bo", "h": hostile})
    [task] = open_tasks(cast, moved.instance_id)
    runtime.complete(cast, task.id, actor="ivan", submission={"again": hostile})
    from kesu.engine import values

    with cast.read() as connection:
        kept = values.lively(instances.find(connection, moved.instance_id).variables)
    assert kept["h"] == kept["again"] == hostile
    assert clock.now() is not None
