"""A clock that jumps: noticed before anything goes out, told once, over when it is right again or a person says that it is."""

from datetime import timedelta

import pytest

from kesu.engine import clock, clock_watch, definitions, incidents, instances, runtime, worker
from kesu.engine.clock import Reading
from kesu.engine.errors import Conflict
from tests.conftest import MONDAY
from tests.engine.diagrams import diagram, extension

ASKED = extension('<kesu:assignment assignee="olga"/>')
NIGHTLY = diagram("start:s user:a end:e", key="nightly", inner={
    "s": "<b:timerEventDefinition><b:timeCycle>R/PT24H</b:timeCycle></b:timerEventDefinition>", "a": ASKED})


class Machine:
    """A machine whose clock can be set beside the time that passes; asleep, the time passes too."""

    def __init__(self, host="one"):
        self.wall, self.uptime, self.starts, self.host = MONDAY, 1000.0, 1, host

    def now(self):
        return self.wall

    def reading(self):
        return Reading(self.wall, self.uptime, f"{self.host}/{self.starts}", self.host)

    def lives(self, **time):
        passed = timedelta(**time)
        self.wall += passed
        self.uptime += passed.total_seconds()

    def is_set(self, **time):
        self.wall += timedelta(**time)

    def is_off(self, **time):
        self.starts, self.uptime = self.starts + 1, 20.0
        self.wall += timedelta(**time)


@pytest.fixture
def machine(cast):
    """A machine at work on the database, with a process that starts every day."""
    definitions.deploy(cast, NIGHTLY, actor="olga")
    used = Machine()
    before = clock.use(used)
    worker.drain(cast)
    yield used
    clock.use(before)


@pytest.fixture
def begun(cast, machine):
    """Let the worker do what is due; return how many processes have begun by the clock."""

    def count():
        worker.drain(cast)
        with cast.read() as connection:
            return len(instances.listed(connection))

    return count


def told(db, only_open=True):
    with db.read() as connection:
        return [(each.kind, each.resolved_by, each.resolution) for each in incidents.listed(connection, only_open=only_open)]


def test_three_days_forward_and_back_lets_nothing_out(cast, machine, begun):
    machine.lives(seconds=5)
    machine.is_set(days=3)
    assert [begun(), begun()] == [0, 0]
    assert told(cast) == [("clock_jumped", None, None)]
    machine.lives(hours=1)
    assert begun() == 0 and len(told(cast)) == 1
    machine.is_set(days=-3)
    assert begun() == 0 and told(cast) == []
    assert told(cast, only_open=False) == [("clock_jumped", "system", "gone")]
    machine.lives(hours=23)
    assert begun() == 1


def test_what_is_in_the_incident_can_be_acted_upon(cast, machine, begun):
    machine.is_set(hours=8)
    begun()
    with cast.read() as connection:
        [incident], [off] = incidents.listed(connection), clock_watch.held(connection)
    assert "2026-03-02 09:00" in incident.message and "2026-03-02 01:00" in incident.message and "+8.0 hours" in incident.message
    assert incident.opened_at == MONDAY and off.jump == timedelta(hours=8) and off.held_since == MONDAY
    for act in (lambda: runtime.retry(cast, incident.id, actor="olga"), lambda: runtime.skip(cast, incident.id, actor="olga", reason="x")):
        with pytest.raises(Conflict, match="page Operation"):
            act()


@pytest.mark.parametrize("days", [3, -3])
def test_who_says_that_the_time_is_right_lets_it_go_on(cast, machine, begun, days):
    machine.is_set(days=days)
    assert begun() == 0 and told(cast)
    assert clock_watch.accept(cast, by="root") == 1
    assert begun() == (1 if days > 0 else 0)
    assert told(cast, only_open=False) == [("clock_jumped", "root", "accepted")]
    machine.lives(days=1)
    assert clock_watch.accept(cast, by="root") == 0
    assert begun() == (2 if days > 0 else 0)
    machine.is_set(days=-days)
    begun()
    assert len(told(cast)) == 1, "once it was believed, going back is a jump as well"


def test_time_that_passed_is_no_jump_asleep_switched_off_or_stepped_by_a_time_server(cast, machine, begun):
    machine.lives(days=2)
    assert begun() == 1
    machine.is_off(days=5)
    assert begun() == 2
    for seconds in (90, -90, 60):
        machine.is_set(seconds=seconds)
        machine.lives(minutes=1)
        begun()
    assert told(cast, only_open=False) == []


def test_a_start_before_the_last_time_known_is_held_until_it_is_behind(cast, machine, begun):
    machine.lives(hours=20)
    begun()
    machine.is_off(days=-300)
    assert begun() == 0
    for _ in range(5):
        machine.lives(hours=1)
        begun()
    assert told(cast) == [("clock_jumped", None, None)]
    machine.is_set(days=300, hours=1)
    assert begun() == 1 and told(cast) == []


def test_a_start_anew_does_not_make_a_wrong_time_right(cast, machine, begun):
    machine.is_set(days=3)
    begun()
    machine.is_off(minutes=5)
    assert begun() == 0 and len(told(cast)) == 1
    machine.is_set(days=-3)
    assert begun() == 0 and told(cast) == []
    machine.lives(days=1)
    assert begun() == 1


def test_each_machine_is_held_by_its_own_clock(cast, machine, begun):
    machine.is_set(days=3)
    begun()
    other = Machine("two")
    clock.use(other)
    other.lives(days=1)
    assert begun() == 1
    with cast.read() as connection:
        assert [each.host for each in clock_watch.held(connection)] == ["one"]


def test_a_clock_that_is_turned_on_purpose_is_never_held(cast, machine, begun, turned):
    clock.use(turned)
    turned.advance(timedelta(days=3))
    assert begun() == 1
    turned.advance(timedelta(days=-9))
    assert begun() == 1 and told(cast, only_open=False) == []


def test_this_machine_can_be_read():
    first, second = clock.WallClock().reading(), clock.WallClock().reading()
    assert first.boot == second.boot and 0 <= second.uptime - first.uptime < 60 and first.wall <= second.wall
