"""Processes that start by the clock: on time, once a round, the newest version only, missed rounds as one; refused where no time can be known."""

from datetime import timedelta

import pytest

from kesu.engine import definitions, history, incidents, instances, jobs, worker
from tests.engine.diagrams import diagram, extension
from tests.engine.test_concurrency import together

ASKED = extension('<kesu:assignment assignee="olga"/>')


def begun_by(kind, text):
    timer = f"<b:timerEventDefinition><b:{kind}>{text}</b:{kind}></b:timerEventDefinition>"
    return diagram("start:s user:a end:e", key="nightly", inner={"s": timer, "a": ASKED})


def started(db):
    with db.read() as connection:
        return instances.listed(connection)


@pytest.fixture
def turn(cast, turned):
    """Turn the clock, then let the worker do what is due; return how many instances there are."""

    def advance(**time):
        turned.advance(timedelta(**time))
        worker.drain(cast)
        return len(started(cast))

    return advance


def test_a_cycle_starts_one_instance_a_round(cast, turn):
    definitions.deploy(cast, begun_by("timeCycle", "R/PT24H"), actor="olga")
    assert [turn(hours=23), turn(hours=1), turn(minutes=1), turn(hours=24), turn(hours=24)] == [0, 1, 1, 2, 3]
    assert {each.started_by for each in started(cast)} == {"system"}
    with cast.read() as connection:
        assert all(history.verify(connection, each.id).intact for each in started(cast))


def test_rounds_missed_while_no_worker_ran_are_one_firing_and_the_rhythm_stays(cast, turn):
    definitions.deploy(cast, begun_by("timeCycle", "R/PT24H"), actor="olga")
    assert [turn(days=10, hours=5), turn(hours=18), turn(hours=1)] == [1, 1, 2]


def test_a_bounded_cycle_ends_and_missed_rounds_are_used_up(cast, turn):
    definitions.deploy(cast, begun_by("timeCycle", "R3/PT1H"), actor="olga")
    assert [turn(hours=1), turn(hours=2), turn(hours=5)] == [1, 2, 2]


@pytest.mark.parametrize(("kind", "text", "hours"), [("timeDuration", "PT2H", 2), ("timeDate", "2026-03-02T05:00:00Z", 4),
                                                     ("timeDate", '=date and time("2026-03-02T05:00:00Z") + duration("PT1H")', 5)])
def test_a_time_starts_one_instance(cast, turn, kind, text, hours):
    definitions.deploy(cast, begun_by(kind, text), actor="olga")
    assert [turn(hours=hours - 1), turn(hours=1), turn(days=30)] == [0, 1, 1]


def test_what_is_past_at_publication_never_fires_and_a_cycle_goes_on_in_its_rhythm(cast, turn):
    definitions.deploy(cast, begun_by("timeDate", "2026-01-01T00:00:00Z"), actor="olga")
    assert turn(days=1) == 0
    definitions.deploy(cast, begun_by("timeCycle", "R/2026-01-01T09:00:00Z/P1D"), actor="olga")
    assert [turn(hours=7), turn(hours=1), turn(hours=24)] == [0, 1, 2]


def test_years_and_months_are_counted_by_the_calendar(cast, turn):
    definitions.deploy(cast, begun_by("timeCycle", "R/P1M"), actor="olga")
    assert [turn(days=30), turn(days=1), turn(days=300), turn(days=31)] == [0, 1, 2, 3]


def test_a_new_version_takes_the_place_of_the_old_ones_timers(cast, turn, turned):
    definitions.deploy(cast, begun_by("timeCycle", "R/PT24H"), actor="olga")
    assert turn(hours=24) == 1
    definitions.deploy(cast, begun_by("timeCycle", "R/PT48H"), actor="olga")
    assert [turn(hours=24), turn(hours=24)] == [1, 2]
    definitions.deploy(cast, diagram("start:s user:a end:e", key="nightly"), actor="olga")
    assert turn(days=10) == 2


def test_two_workers_start_one_instance(cast, turned):
    definitions.deploy(cast, begun_by("timeDuration", "PT1H"), actor="olga")
    turned.advance(timedelta(hours=1))
    together(*[lambda n=n: worker.drain_as(cast, f"worker {n}") for n in range(4)])
    assert len(started(cast)) == 1


def test_a_start_that_fails_is_an_incident_and_the_next_round_comes(cast, turn):
    broken = diagram("start:s script:a user:b end:e", key="nightly", inner={
        "s": "<b:timerEventDefinition><b:timeCycle>R/P1D</b:timeCycle></b:timerEventDefinition>", "a": "<b:script>1 + 1</b:script>"})
    definitions.deploy(cast, broken, actor="olga")
    assert turn(days=1) == 0
    with cast.read() as connection:
        [incident] = incidents.listed(connection)
        assert (incident.element_id, jobs.find(connection, incident.job_id).topic) == ("s", "kesu.start_process")
    definitions.deploy(cast, begun_by("timeCycle", "R/P1D"), actor="olga")
    assert turn(days=1) == 1


@pytest.mark.parametrize(("kind", "text", "rule"), [("timeCycle", "R/PT0S", "bad_timer"), ("timeDuration", "=patience", "start_time"),
                                                    ("timeDate", "=date(due)", "start_time"), ("timeCycle", "daily", "bad_timer")])
def test_a_start_timer_that_no_time_can_be_known_of_is_refused(cast, kind, text, rule):
    assert [(each.element, each.rule) for each in definitions.problems(cast, begun_by(kind, text))] == [("s", rule)]


def test_a_condition_cannot_start_a_process(cast):
    condition = "<b:conditionalEventDefinition><b:condition>amount &gt; 3</b:condition></b:conditionalEventDefinition>"
    [problem] = definitions.problems(cast, diagram("start:s user:a end:e", key="nightly", inner={"s": condition, "a": ASKED}))
    assert (problem.element, problem.rule) == ("s", "start_condition") and "no data" in str(problem)
