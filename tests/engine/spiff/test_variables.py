"""Variables: no stale copies, nothing a user submits does harm, times and durations come back as such."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kesu.engine.errors import Rejected
from kesu.engine.spiff import Run
from kesu.engine.spiff.values import decode, dumps, encode, keep
from tests.engine.spiff.play import Clockwork, Player, flows, model, nodes, play

PARALLEL = nodes(s="startEvent", f="parallelGateway", a="userTask", b="userTask", j="parallelGateway", u="userTask") + flows(
    "s>f", "f>a", "f>b", "a>j", "b>j", "j>u"
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from(["$", "v", "typename"]), inner, max_size=3),
    max_leaves=20,
)


def test_a_branch_that_finishes_later_does_not_write_its_stale_copy_back():
    player = play(PARALLEL, grade="general", note="x")
    player.do("a", grade="major")
    player.do("b", note="y")
    assert player.run.variables() == {"grade": "major", "note": "y"}


@pytest.mark.parametrize(
    "hostile",
    [
        {"typename": "x"},
        {"typename": {"typename": 1}},
        {"$": "date", "v": "no date"},
        {"$": "map", "v": 3},
        {"__class__": 1},
        [[{"typename": None}]],
        {"$": None},
        {"": ""},
        {".results": [1]},
        "\x00\ud7ff",
        {"a b": {"c-d": 1}},
    ],
)
def test_what_is_submitted_does_no_harm(hostile):
    player = play(PARALLEL).do("a", x=hostile, typename="bmp")
    assert player.run.variables()["x"] == hostile
    assert player.do("b").do("u").run.finished


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_json_comes_back_as_it_was(value):
    import json

    assert decode(json.loads(dumps(encode(keep(value))))) == value


def test_times_and_durations_come_back_as_such():
    player = play(PARALLEL).do("a", day=date(2026, 3, 2), span=timedelta(hours=3), parts=[date(2026, 1, 1)])
    assert player.run.variables()["day"] == date(2026, 3, 2)
    assert player.run.evaluate(None, 'day + span = date and time("2026-03-02T03:00:00") or span > duration("PT2H")') is True
    assert player.run.variables()["parts"] == [date(2026, 1, 1)]


@pytest.mark.parametrize("value", [object(), float("nan"), {"x": b"bytes"}, {1, 2}])
def test_what_cannot_be_kept_is_refused_by_name(value):
    player = play(
        PARALLEL,
    )
    with pytest.raises(Rejected, match="answer"):
        player.do("a", answer=value)


def test_too_deep_a_value_is_refused_and_the_instance_lives():
    deep: list = []
    for _ in range(1000):
        deep = [deep]
    player = play(PARALLEL)
    state = player.run.save()
    with pytest.raises(Rejected, match="nested"):
        player.do("a", x=deep)
    assert Run.restore(player.model, state, Clockwork()).waits()


def test_what_is_handed_in_is_not_shared_with_the_state():
    given_list = [1]
    player = Player(model(PARALLEL), {"x": given_list}, keep=True)
    given_list.append(2)
    assert player.run.variables()["x"] == [1]


def test_data_drawn_inside_a_sub_process_lives_there():
    body = (
        nodes(s="startEvent", u="userTask")
        + flows("s>sub", "sub>u")
        + '<bpmn:subProcess id="sub"><bpmn:property id="x" name="x"/>'
        + nodes(a="userTask")
        + "</bpmn:subProcess>"
    )
    player = play(body, x=1)
    player.do("a", x=2, y=3)
    assert player.run.variables() == {"x": 1, "y": 3}


def test_a_thousand_steps_in_a_line_are_not_lost():
    names = [f"t{i}" for i in range(1100)]
    body = nodes(s="startEvent", **dict.fromkeys(names, "exclusiveGateway"), u="userTask") + flows(
        f"s>{names[0]}", *(f"{a}>{b}" for a, b in zip(names, names[1:], strict=False)), f"{names[-1]}>u"
    )
    player = play(body)
    assert player.tasks() == ["u"]
    assert player.do("u").run.finished


def test_a_loop_that_never_waits_is_stopped_with_a_sentence():
    body = nodes(s="startEvent", g="exclusiveGateway", h="exclusiveGateway") + flows("s>g", "g>h", "h>g")
    with pytest.raises(Rejected, match="without ever waiting"):
        play(body)


def test_a_state_stays_as_small_however_often_a_case_is_rejected():
    body = nodes(s="startEvent", a="userTask", b="userTask", g='exclusiveGateway default="g_a"', e="endEvent") + flows(
        "s>a", "a>b", "b>g", "g>a", "g>e", g_e="ok"
    )
    player = play(body, ok=False)
    sizes = []
    for _ in range(300):
        player.do("a").do("b")
        sizes.append(len(player.run.save()))
    assert sizes[-1] <= sizes[2] + 12  # the ids of the steps get longer, nothing else
    player.do("a").do("b", ok=True)
    assert player.run.finished


def test_data_associations_carry_values_between_tasks_and_data_objects():
    body = (
        '<bpmn:dataObject id="d" name="cause"/><bpmn:dataObjectReference id="r" dataObjectRef="d"/>'
        '<bpmn:userTask id="a"><bpmn:ioSpecification><bpmn:dataOutput id="o" name="finding"/></bpmn:ioSpecification><bpmn:dataOutputAssociation>'
        "<bpmn:sourceRef>o</bpmn:sourceRef><bpmn:targetRef>r</bpmn:targetRef></bpmn:dataOutputAssociation></bpmn:userTask>"
        + nodes(u="userTask") + flows("a>u")
    )
    assert play(body).do("a", finding="leak").run.variables()["cause"] == "leak"


def test_now_is_the_hosts_time():
    script = "<bpmn:scriptTask id='a'><bpmn:script>{ at: string(now()) }</bpmn:script></bpmn:scriptTask>" + nodes(u="userTask") + flows("a>u")
    assert play(script).run.variables()["at"].startswith("2026-03-02T01:00:00")
