"""Ten people and two workers at one instance: one winner an act, a clear answer to the others, nothing twice, no deadlock."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from kesu.engine import ballots, clock, definitions, history, identity, runtime, user_tasks, worker
from kesu.engine.errors import Conflict, Rejected
from tests.engine.diagrams import diagram, extension

PLAIN = diagram("start:s user:a user:b end:e", key="plain")
WORK = diagram("start:s service:call user:b end:e", key="work", inner={
    "call": extension('<spiffworkflow:serviceTaskOperator id="outside" resultVariable=""/>')})
VOTE = diagram("start:s user:v user:after end:e", key="vote", inner={"v": extension('<kesu:ballot mode="all" groups="jury"/>')})
CROWD = 20


def together(*acts):
    """Do all acts at the same moment in threads; return what each returned or raised."""
    barrier = Barrier(len(acts))

    def one(act):
        barrier.wait()
        try:
            return act()
        except Exception as error:  # the test looks at whatever came
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def first_task(db, instance_id):
    with db.read() as connection:
        return user_tasks.of_instance(connection, instance_id, only_open=True)[0]


def test_of_ten_who_complete_a_task_one_wins_and_the_others_read_who(cast):
    definitions.deploy(cast, PLAIN, actor="olga")
    moved = runtime.start(cast, "plain", actor="ines")
    task = first_task(cast, moved.instance_id)

    told = together(*[lambda: runtime.complete(cast, task.id, actor="root")] * 10)

    assert sum(isinstance(each, runtime.Moved) for each in told) == 1
    assert all("already handled by root" in str(each) for each in told if isinstance(each, Conflict))
    assert all(isinstance(each, runtime.Moved | Conflict) for each in told), told
    assert first_task(cast, moved.instance_id).element_id == "b"


def test_a_double_click_with_one_key_gets_one_answer(cast):
    definitions.deploy(cast, PLAIN, actor="olga")
    told = together(*[lambda: runtime.start(cast, "plain", actor="ines", idempotency_key="click")] * 6)
    assert len({each.instance_id for each in told}) == 1


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_crowd_that_votes_at_once_is_counted_right(cast, answer):
    with cast.write() as connection:
        identity.add_group(connection, "jury", kind="role", name="jury")
        for number in range(CROWD):
            identity.add_person(connection, f"juror{number}", at=clock.now(), groups=["jury"], name=f"Juror {number}")
    definitions.deploy(cast, VOTE, actor="olga")
    moved = runtime.start(cast, "vote", actor="ines")
    task = first_task(cast, moved.instance_id)

    told = together(*[lambda n=n: runtime.vote(cast, task.id, actor=f"juror{n}", answer="yes" if n else answer) for n in range(CROWD)])

    with cast.read() as connection:
        cast_ballots = [each.state for each in ballots.of_task(connection, task.id)]
        assert history.verify(connection, moved.instance_id).intact
    assert first_task(cast, moved.instance_id).element_id == "after"
    assert not [each for each in told if not isinstance(each, runtime.Moved | Conflict)], told
    assert ballots.OPEN not in cast_ballots
    assert cast_ballots.count(ballots.YES) == CROWD if answer == "yes" else cast_ballots.count(ballots.NO) == 1


def test_two_workers_never_do_one_job_twice(cast, handlers):
    definitions.deploy(cast, WORK, actor="olga")
    started = [runtime.start(cast, "work", actor="ines").instance_id for _ in range(12)]

    told = together(*[lambda n=n: worker.drain_as(cast, f"worker {n}") for n in range(2)])

    assert not [each for each in told if isinstance(each, Exception)], told
    keys = [key for kind, key in handlers.calls if kind == "outside"]
    assert len(keys) == len(set(keys)) == len(started)
    assert all(first_task(cast, instance_id).element_id == "b" for instance_id in started)


# What the losers of a race are told: a conflict (409) that says what happened, and nothing of theirs was done.
RETURNING = diagram("""start:s user:a user:b xor:g user:c end:e
g a [outcome = "rejected"]""", key="returning", attributes={"g": 'default="f0_3"'}, inner={"b": extension('<kesu:moves allow="reject,withdraw"/>')})
ASKING = diagram("start:s intermediateCatchEvent:w user:after end:e", key="asking", outside='<b:message id="m" name="answered"/>',
                 inner={"w": '<b:messageEventDefinition messageRef="m"/>'})


def at_b(db):
    """An instance that Ines started, at its second task."""
    definitions.deploy(db, RETURNING, actor="olga")
    moved = runtime.start(db, "returning", actor="ines", business_key="KS-1")
    runtime.complete(db, first_task(db, moved.instance_id).id, actor="root")
    return moved.instance_id, first_task(db, moved.instance_id).id


def reject(db, task_id):
    return runtime.move(db, task_id, actor="root", move="reject", target="previous", reason="once more")


def won(told):
    """The answers of those who got through; whoever did not was told of a conflict."""
    assert all(isinstance(each, runtime.Moved | Conflict) for each in told), told
    return [each for each in told if isinstance(each, runtime.Moved)]


def assert_moved_once(db, instance_id, kinds):
    with db.read() as connection:
        assert history.verify(connection, instance_id).intact
        assert len([event for event in history.of_instance(connection, instance_id, after=0) if event["kind"] in kinds
                    and event["element_id"] != "a"]) == 1
        assert len(user_tasks.of_instance(connection, instance_id, only_open=True)) == 1


def test_of_ten_who_reject_one_wins_and_there_is_one_new_round(cast):
    instance_id, task_id = at_b(cast)
    told = together(*[lambda: reject(cast, task_id)] * 10)
    assert len(won(told)) == 1
    assert_moved_once(cast, instance_id, ["reject"])
    assert (first_task(cast, instance_id).element_id, first_task(cast, instance_id).round) == ("a", 2)


def test_of_those_who_approve_and_those_who_reject_one_wins(cast):
    instance_id, task_id = at_b(cast)
    approve = [lambda: runtime.complete(cast, task_id, actor="root")] * 5
    told = together(*approve, *[lambda: reject(cast, task_id)] * 5)
    assert len(won(told)) == 1
    assert_moved_once(cast, instance_id, ["reject", "task_completed"])
    assert first_task(cast, instance_id).element_id in ("a", "c")


def test_withdrawn_while_others_complete_it_is_one_or_one_after_the_other(cast):
    instance_id, task_id = at_b(cast)
    told = together(*[lambda: runtime.withdraw(cast, instance_id, actor="ines", reason="mine")] * 3,
                    *[lambda: runtime.complete(cast, task_id, actor="root")] * 7)
    assert all(isinstance(each, runtime.Moved | Rejected) for each in told), told
    assert 1 <= sum(isinstance(each, runtime.Moved) for each in told[:3]), told
    assert sum(isinstance(each, runtime.Moved) for each in told[3:]) <= 1, told
    assert first_task(cast, instance_id).element_id == "a"
    with cast.read() as connection:
        assert history.verify(connection, instance_id).intact
        assert len(user_tasks.of_instance(connection, instance_id, only_open=True)) == 1


def test_ten_messages_for_one_who_waits_deliver_one_and_keep_the_others(cast):
    definitions.deploy(cast, ASKING, actor="olga")
    moved = runtime.start(cast, "asking", actor="ines", business_key="KS-1")
    told = together(*[lambda n=n: runtime.correlate(cast, "answered", {"reference": "KS-1"}, {"n": n}, actor="customer") for n in range(10)])
    assert sum(isinstance(each, runtime.Moved) for each in told) == 1 and told.count(None) == 9, told
    assert first_task(cast, moved.instance_id).element_id == "after"


def test_a_message_that_comes_at_the_moment_somebody_begins_to_wait_is_not_lost(cast):
    definitions.deploy(cast, ASKING, actor="olga")
    for number in range(15):
        key = f"KS-{number}"
        told = together(lambda key=key: runtime.start(cast, "asking", actor="ines", business_key=key),
                        lambda key=key: runtime.correlate(cast, "answered", {"reference": key}, actor="customer"))
        assert not [each for each in told if isinstance(each, Exception)], told
        assert first_task(cast, told[0].instance_id).element_id == "after", f"round {number}: the message was lost"


def test_workers_and_people_at_one_instance_do_everything_once(cast, handlers):
    definitions.deploy(cast, diagram("""start:s and:f service:call and:j user:z end:e
f user:a j
f user:b j
f service:again j""", key="busy", inner={name: extension('<spiffworkflow:serviceTaskOperator id="outside" resultVariable=""/>')
                                         for name in ("call", "again")}), actor="olga")
    instance_id = runtime.start(cast, "busy", actor="ines").instance_id
    with cast.read() as connection:
        tasks = [task.id for task in user_tasks.of_instance(connection, instance_id, only_open=True)]
    people = [lambda task=task: runtime.complete(cast, task, actor="root") for task in tasks for _ in range(5)]
    told = together(*people, *[lambda n=n: worker.drain_as(cast, f"worker {n}") for n in range(2)])
    assert len(won(told[:10])) == 2 and not [each for each in told[10:] if isinstance(each, Exception)]
    assert len(handlers.calls) == len(set(handlers.calls)) == 2
    assert first_task(cast, instance_id).element_id == "z"
