"""The way an instance took, read off its history."""

from kesu.engine import paths


def events(*happened: tuple[str, str | None, str | None]) -> list[dict]:
    """Events of (kind, element, activity), numbered."""
    return [{"sequence": number, "kind": kind, "element_id": element, "activity_id": activity}
            for number, (kind, element, activity) in enumerate(happened, start=1)]


LOOP = events(
    ("instance_started", None, None), ("activity_entered", "a", "1"), ("activity_completed", "a", "1"), ("flow_taken", "f", None),
    ("activity_entered", "b", "2"), ("activity_cancelled", "b", "2"), ("activity_entered", "a", "3"),
)


def test_visits_and_flows_are_counted():
    found = paths.path(LOOP)
    assert (found.visits, found.flows) == ({"a": 2, "b": 1}, {"f": 1})


def test_an_instance_stands_where_it_entered_and_did_not_leave():
    assert paths.path(LOOP).current == ["a"]


def test_what_was_cut_off_and_not_entered_again_is_told():
    assert paths.path(LOOP).cancelled == ["b"]
    assert paths.path([*LOOP, *events(("activity_entered", "b", "9"))]).cancelled == []


def test_trouble_stands_until_it_is_mended():
    broken = events(("activity_entered", "a", "1"), ("incident_opened", "a", "1"))
    assert paths.path(broken).trouble == ["a"]
    assert paths.path([*broken, *events(("incident_resolved", "a", "1"))]).trouble == []


def test_every_event_is_a_step_whether_it_is_drawn_or_not():
    found = paths.steps(LOOP)
    assert [step["act"] for step in found] == ["", "enter", "leave", "flow", "enter", "cancel", "enter"]
    assert (found[3]["flow"], found[3]["element"]) == ("f", None)
