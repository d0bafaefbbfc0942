"""Cycles and durations: what was never owed is not caught up, nothing goes round faster than a minute, and ISO 8601 is read as it is."""

from datetime import UTC, datetime, timedelta

import pytest

from kesu.engine import durations
from kesu.engine.spiff import compile_diagrams, timers, validate
from tests.conftest import shared
from tests.engine.spiff.play import Player, diagram, flows, nodes, play

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def reminder(cycle, interrupting="false"):
    """A task u with a cycle on its border, and a task rem behind it."""
    border = (
        f'<bpmn:boundaryEvent id="bt" attachedToRef="u" cancelActivity="{interrupting}"><bpmn:timerEventDefinition>'
        f"<bpmn:timeCycle>{cycle}</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    )
    return nodes(s="startEvent", u="userTask", rem="userTask") + flows("s>u", "bt>rem") + border


def timer(kind, text):
    """A timer event on the way to a task."""
    event = (
        f'<bpmn:intermediateCatchEvent id="t"><bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}>'
        "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
    )
    return nodes(s="startEvent", z="userTask") + flows("s>t", "t>z") + event


def problems(body):
    return [(p.element, p.rule) for p in validate(diagram(body), {"p"})]


def test_occurrences_of_before_the_entry_are_none_of_its_business():
    model = compile_diagrams(
        {"main": shared("faults", "inputs", "cycle-with-a-past-start.bpmn").read_bytes()},
        "cycle_past",
    )
    player = Player(model)
    assert player.turn().tasks() == ["u"]
    [wait] = [w for w in player.run.waits() if w.kind == "timer"]
    assert (
        wait.detail["due_at"] == datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
        or wait.detail["due_at"] == NOW
    )
    assert player.turn(hours=23).tasks().count("rem") <= 1
    assert player.turn(days=3).tasks().count("rem") in (3, 4)


def test_a_bounded_cycle_whose_rounds_have_all_been_never_goes_off():
    player = play(reminder("R5/2026-01-01T09:00:00Z/P1D"))
    assert player.waiting("timer") == [] and player.turn(days=9).tasks() == ["u"]
    player.do("u")
    assert player.run.finished
    some = play(reminder("R3/2026-03-01T09:00:00Z/P1D"))
    assert some.turn(days=9).tasks() == ["rem", "rem", "u"], "the first of three had been before"
    monthly = play(reminder("R/2025-01-31T09:00:00Z/P1M"))
    assert monthly.turn(days=40).tasks().count("rem") == 1


def test_a_cycle_on_the_way_whose_rounds_have_all_been_lets_the_token_go():
    assert play(timer("timeCycle", "R2/2026-01-01T09:00:00Z/P1D")).turn().tasks() == ["z"]


def test_rounds_missed_while_nobody_worked_are_one():
    player = play(reminder("R/PT1H"))
    player.host.time += timedelta(days=3, minutes=30)
    player.fire("bt")
    assert player.tasks() == ["rem", "u"]
    [wait] = [w for w in player.run.waits() if w.kind == "timer"]
    assert wait.detail["due_at"] == NOW + timedelta(days=3, hours=1), "the rhythm stays"


def test_a_cycle_by_the_second_moved_by_years_answers():
    for every in ("PT1S", "PT0.001S"):
        state = {"due": "2001-01-01T00:00:00+00:00", "left": timers.ENDLESS, "every": every}
        following = timers.later(state, NOW, "t")
        assert datetime.fromisoformat(following["due"]) == NOW + timedelta(minutes=1)
        assert timers.next_setting(state, NOW, "t") == following


@pytest.mark.parametrize(
    "cycle", ["R/PT0.001S", "R/PT1S", "R99/PT30S", "R/2026-01-01T09:00:00Z/PT59S", "PT20S"]
)
def test_a_cycle_faster_than_a_minute_is_refused_at_check_and_not_run_faster(cycle):
    assert ("bt", "cycle_too_fast") in problems(reminder(cycle))
    player = play(reminder(f'="{cycle}"'))
    for _ in range(3):
        player.turn(minutes=1)
    assert player.tasks().count("rem") <= 3


@pytest.mark.parametrize(
    "cycle",
    [
        "R/PT1M",
        "R4/PT10S",
        "R/PT24H",
        "R/P1M",
        "R/P1W",
        "R/P1M2DT3H",
        "P1D",
        "R5/2026-01-01T09:00:00Z/P1D",
    ],
)
def test_slower_ones_are_not(cycle):
    assert problems(reminder(cycle)) == []


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("P1W", NOW + timedelta(weeks=1)),
        ("P2W", NOW + timedelta(weeks=2)),
        ("P1Y2M10DT2H", datetime(2027, 5, 12, 3, 0, tzinfo=UTC)),
        ("PT1.5H", NOW + timedelta(minutes=90)),
        ("PT1,5H", NOW + timedelta(minutes=90)),
        ("P1M", datetime(2026, 4, 2, 1, 0, tzinfo=UTC)),
        ("P0.5D", NOW + timedelta(hours=12)),
        ("P1W2D", NOW + timedelta(days=9)),
        ("PT90M", NOW + timedelta(minutes=90)),
    ],
)
def test_durations_are_read_as_iso_8601_has_them(text, due):
    for body in (timer("timeDuration", text), timer("timeDuration", f'="{text}"')):
        assert problems(body) == []
        [wait] = play(body).run.waits()
        assert wait.detail["due_at"] == due


@pytest.mark.parametrize(
    "text", ["-PT1H", "-P1D", "P", "PT", "P1H", "1H", "P-1D", "PT1H30", "P1.5Y", "P99999Y"]
)
def test_what_is_no_duration_or_leads_into_the_past_is_refused_with_a_sentence(text):
    assert problems(timer("timeDuration", text)) == [("t", "bad_timer")]
    player = play(timer("timeDuration", f'="{text}"'))
    [told] = [each.detail["reason"] for each in player.happened if each.kind == "setting_failed"]
    assert "expected a time" in told and player.run.waits() == []


def test_clock_time_is_what_needs_no_calendar():
    assert durations.clock_time("P2W") == timedelta(weeks=2)
    assert durations.clock_time("P1M") is None and durations.clock_time("-PT1H") is None
