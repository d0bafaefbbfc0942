"""Ten people and two workers at one instance: one winner an act, a clear answer to the others, nothing twice, no deadlock."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from kesu.engine import ballots, clock, definitions, history, identity, runtime, user_tasks, worker
from kesu.engine.errors import Conflict
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
