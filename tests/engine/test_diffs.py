"""What changed between two diagrams, in meaning."""

import pytest

from kesu.engine import diffs
from kesu.engine.errors import Invalid
from tests.engine.diagrams import diagram, extension

FLOWS = 'start:s user:a xor:g; g end:e [decision = "yes"]; g a'
INNER = {"a": extension('<kesu:assignment candidateGroups="quality"/>', '<kesu:deadline duration="PT24H"/>')}
BASE = diagram(FLOWS, inner=INNER)


def told(before: bytes, after: bytes) -> list[tuple]:
    """Changes as tuples, short enough to read in an assertion."""
    return [(c.element, c.kind, *((d.what, d.before, d.after) for d in c.differences)) for c in diffs.compare(before, after)]


def test_a_diagram_does_not_differ_from_itself():
    assert told(BASE, BASE) == []


def test_another_time_limit_is_told_with_before_and_after():
    after = BASE.replace(b"PT24H", b"PT48H")
    assert told(BASE, after) == [("a", "changed", ("deadline/@duration", "PT24H", "PT48H"))]


def test_another_department_is_told_with_before_and_after():
    after = BASE.replace(b'candidateGroups="quality"', b'candidateGroups="legal"')
    assert told(BASE, after) == [("a", "changed", ("assignment/@candidateGroups", "quality", "legal"))]


def test_another_condition_is_told_on_its_flow():
    after = BASE.replace(b'decision = "yes"', b"amount &gt; 500")
    assert told(BASE, after) == [("f1_0", "changed", ("conditionExpression", 'decision = "yes"', "amount > 500"))]


def test_another_kind_of_element_under_the_same_id_is_a_change():
    after = BASE.replace(b"b:userTask", b"b:manualTask")
    assert ("type", "userTask", "manualTask") in told(BASE, after)[0]


def test_added_and_removed_elements_are_told_by_name():
    after = diagram("start:s user:b end:e")
    kinds = {(change.element, change.kind) for change in diffs.compare(BASE, after)}
    assert {("b", "added"), ("a", "removed"), ("g", "removed")} <= kinds


def test_moving_a_box_is_no_change():
    drawn = b'<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" id="drawing" name="%s"/></b:definitions>'
    here, there = (BASE.replace(b"</b:definitions>", drawn % place) for place in (b"here", b"there"))
    assert told(here, there) == []


def test_an_extension_that_is_gone_is_told():
    after = BASE.replace(b'<kesu:deadline duration="PT24H"/>', b"")
    assert told(BASE, after) == [("a", "changed", ("deadline/@duration", "PT24H", None))]


def test_two_parameters_of_one_service_task_are_told_apart():
    def service(first: str) -> bytes:
        inner = "".join(f'<spiffworkflow:parameter id="{name}" type="str" value="{value}"/>' for name, value in (("to", first), ("template", "x")))
        listed = f"<spiffworkflow:parameters>{inner}</spiffworkflow:parameters>"
        operator = f'<spiffworkflow:serviceTaskOperator id="t">{listed}</spiffworkflow:serviceTaskOperator>'
        return diagram("start:s service:w end:e", inner={"w": extension(operator)})

    assert told(service("a"), service("b")) == [("w", "changed", ("serviceTaskOperator/parameters/parameter[to]/@value", "a", "b"))]


def test_a_timer_of_a_boundary_event_is_told():
    def timed(duration: str) -> bytes:
        event = (f'<b:boundaryEvent id="late" attachedToRef="a"><b:timerEventDefinition id="t"><b:timeDuration>{duration}</b:timeDuration>'
                 "</b:timerEventDefinition></b:boundaryEvent>")
        return diagram("start:s user:a end:e", extra=event)

    assert told(timed("P2D"), timed("P3D")) == [("late", "changed", ("timerEventDefinition/timeDuration", "P2D", "P3D"))]


def test_a_hostile_file_is_refused_not_compared():
    with pytest.raises(Invalid):
        diffs.compare(BASE, b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>')
