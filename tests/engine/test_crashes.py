"""SIGKILL before any statement or commit of a command leaves the state before or the state after, and the work can be done again.

A forked child does the command and kills itself before its n-th statement, for every n until it gets through.
"""

import os
import signal

import pytest
from sqlalchemy import event, func, select

from kesu.engine import definitions, history, instances, jobs, runtime, timers, user_tasks, worker
from tests.engine.diagrams import diagram, extension

TIMER = '<b:timerEventDefinition><b:timeDuration>PT1H</b:timeDuration></b:timerEventDefinition>'
WORK = diagram("start:s user:a service:call user:b intermediateCatchEvent:t user:c end:e", key="work", inner={
    "a": extension('<kesu:assignment candidateGroups="quality"/>'),
    "call": extension('<spiffworkflow:serviceTaskOperator id="outside" resultVariable=""/>'), "t": TIMER})
VOTE = diagram("start:s user:v user:after end:e", key="vote", inner={"v": extension('<kesu:ballot mode="all" groups="quality"/>')})


def killed_at(db, number, act):
    """Do `act` in a child that kills itself before its `number`-th statement or commit; say whether it got through alive."""
    child = os.fork()
    if child == 0:
        _die_at(db, number)
        try:
            act()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return not os.WIFSIGNALED(status)


def _die_at(db, number):
    db.engine.dispose(close=False)  # the parent's connections stay the parent's
    left = [number]

    def count(*_):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "before_cursor_execute", count)
    event.listen(db.engine, "commit", count)


def survive(db, prepare, act, check):
    """Kill `act` at every point on a freshly prepared instance; then do it (again) and `check` that it was done once."""
    for number in range(1, 200):
        subject = prepare()
        db.engine.dispose()
        alive = killed_at(db, number, lambda subject=subject: act(subject))
        with db.read() as connection:
            assert history.verify(connection, subject[0]).intact
            assert_rows_follow_the_run(connection, subject[0])
        act(subject)
        check(subject)
        if alive:
            return number
    raise AssertionError("the command never came to its end")


def assert_rows_follow_the_run(connection, instance_id):
    """Every open row of an instance is in its book, and every entry of its book has its row."""
    book = instances.find(connection, instance_id).book["waits"]
    open_tasks = {task.activity_id for task in user_tasks.of_instance(connection, instance_id, only_open=True)}
    armed = set(connection.execute(select(timers.timers.c.activity_id).where(timers.timers.c.instance_id == instance_id,
                                                                            timers.timers.c.state == timers.ARMED)).scalars())
    todo = set(connection.execute(select(jobs.jobs.c.activity_id).where(jobs.jobs.c.instance_id == instance_id, jobs.jobs.c.state.in_(
        [jobs.READY, jobs.CLAIMED, jobs.STUCK]))).scalars())
    assert open_tasks | armed | todo == set(book)


def completions(db, instance_id):
    with db.read() as connection:
        events = history.of_instance(connection, instance_id)
    return [event["element_id"] for event in events if event["kind"] in ("task_completed", "job_done", "timer_fired")]


def started(db, key="work"):
    moved = runtime.start(db, key, actor="ines")
    with db.read() as connection:
        [task] = user_tasks.of_instance(connection, moved.instance_id, only_open=True)
    return moved.instance_id, task.id


@pytest.fixture
def works(cast, handlers):
    for xml in (WORK, VOTE):
        definitions.deploy(cast, xml, actor="olga")
    runtime.start(cast, "work", actor="ines")  # the package is stored, as it is from the second instance on
    runtime.start(cast, "vote", actor="ines")
    return cast


def test_a_completion_is_done_whole_or_not_at_all(works):
    def complete(subject):
        runtime.complete(works, subject[1], actor="root", idempotency_key=f"done {subject[1]}")

    points = survive(works, lambda: started(works), complete, lambda subject: _once(works, subject, ["a"]))
    assert points > 8


def test_a_start_is_done_whole_or_not_at_all(works):
    keys = iter(range(1000))

    def start(subject):
        runtime.start(works, "work", actor="ines", business_key=f"KS-{subject[1]}", idempotency_key=f"start {subject[1]}")

    def check(subject):
        with works.read() as connection:
            query = select(func.count()).where(instances.instances.c.business_key == f"KS-{subject[1]}")
            assert connection.execute(query).scalar_one() == 1

    survive(works, lambda: (1, next(keys)), start, check)


def test_the_deciding_ballot_is_done_whole_or_not_at_all(works):
    def prepare():
        subject = started(works, "vote")
        return subject

    def vote(subject):
        runtime.vote(works, subject[1], actor="ada", answer="yes", idempotency_key=f"vote {subject[1]}")

    survive(works, prepare, vote, lambda subject: _once(works, subject, ["v"]))


def test_a_job_is_reported_whole_or_not_at_all(works, turned):
    from datetime import timedelta

    def prepare():
        subject = started(works)
        runtime.complete(works, subject[1], actor="root")
        return subject

    def work(_):
        worker.drain(works)

    def check(subject):
        turned.advance(timedelta(minutes=5))  # a dead worker's lease runs out
        worker.drain(works)
        _once(works, subject, ["a", "call"])

    survive(works, prepare, work, check)


def test_a_timer_fires_whole_or_not_at_all(works, turned):
    from datetime import timedelta

    def prepare():
        subject = started(works)
        runtime.complete(works, subject[1], actor="root")
        worker.drain(works)
        with works.read() as connection:
            [task] = user_tasks.of_instance(connection, subject[0], only_open=True)
        runtime.complete(works, task.id, actor="root")
        turned.advance(timedelta(hours=2))
        return subject

    survive(works, prepare, lambda _: worker.drain(works), lambda subject: _once(works, subject, ["a", "call", "b", "t"]))


def _once(db, subject, expected):
    assert completions(db, subject[0]) == expected
    with db.read() as connection:
        assert history.verify(connection, subject[0]).intact
        assert_rows_follow_the_run(connection, subject[0])
