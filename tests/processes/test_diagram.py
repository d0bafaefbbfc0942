"""The shipped diagram as a drawing and as a text: named in two languages, drawn whole, nothing on top of anything."""

from itertools import combinations

import pytest
from lxml import etree

from kesu.engine import forms, spiff
from tests.processes.conftest import PROCESSES

XML = (PROCESSES / "complaint.bpmn").read_bytes()
NS = {"bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL", "di": "http://www.omg.org/spec/DD/20100524/DI",
      "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI", "dc": "http://www.omg.org/spec/DD/20100524/DC"}
ROOT = etree.fromstring(XML)
MODEL = spiff.compile_diagrams({"complaint.bpmn": XML}, "complaint")
SHAPES = {shape.get("bpmnElement"): shape for shape in ROOT.iterfind(".//bpmndi:BPMNShape", NS)}
EDGES = {edge.get("bpmnElement"): edge for edge in ROOT.iterfind(".//bpmndi:BPMNEdge", NS)}
CONTAINERS = {"investigation", "withdrawal"}


def bounds(element):
    return [int(float(element.get(name))) for name in ("x", "y", "width", "height")]


def overlap(one, other):
    (x, y, w, h), (p, q, v, g) = one, other
    return x < p + v and p < x + w and y < q + g and q < y + h


def labels():
    return {holder.get("bpmnElement"): bounds(found) for holder in [*SHAPES.values(), *EDGES.values()]
            if (found := holder.find("bpmndi:BPMNLabel/dc:Bounds", NS)) is not None}


def waypoints(edge):
    return [(int(float(point.get("x"))), int(float(point.get("y")))) for point in edge.iterfind("di:waypoint", NS)]


def test_nothing_speaks_against_publishing_it():
    assert spiff.validate(XML) == []


@pytest.mark.parametrize("element", MODEL.elements.values(), ids=lambda element: element.id)
def test_every_element_has_a_name_in_chinese_and_one_in_english(element):
    assert any("\u4e00" <= sign <= "\u9fff" for sign in element.name)
    assert element.documentation and element.name_en.isascii()


def test_every_node_and_every_flow_is_drawn():
    assert set(MODEL.elements) <= set(SHAPES)
    assert set(EDGES) == {flow.get("id") for flow in ROOT.iterfind(".//bpmn:sequenceFlow", NS)}


def test_flows_run_only_across_and_down():
    for name, edge in EDGES.items():
        points = waypoints(edge)
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in zip(points, points[1:], strict=False)), name


def test_flows_begin_and_end_on_the_border_of_what_they_connect():
    for flow in ROOT.iterfind(".//bpmn:sequenceFlow", NS):
        points = waypoints(EDGES[flow.get("id")])
        for (x, y), end in ((points[0], "sourceRef"), (points[-1], "targetRef")):
            left, top, width, height = bounds(SHAPES[flow.get(end)].find("dc:Bounds", NS))
            upright = x in (left, left + width) and top <= y <= top + height
            level = y in (top, top + height) and left <= x <= left + width
            assert upright or level, flow.get("id")


def test_nothing_is_drawn_on_top_of_anything_else():
    attached = {event.get("id") for event in ROOT.iterfind(".//bpmn:boundaryEvent", NS)}
    drawn = {name: bounds(shape.find("dc:Bounds", NS)) for name, shape in SHAPES.items() if name not in CONTAINERS | attached}
    assert [pair for pair in combinations(drawn, 2) if overlap(drawn[pair[0]], drawn[pair[1]])] == []


def test_no_label_covers_a_shape_or_another_label():
    # A gateway's box is a diamond: its corners are empty, so a label may come near.
    solid = {name: bounds(SHAPES[name].find("dc:Bounds", NS)) for name, element in MODEL.elements.items()
             if name not in CONTAINERS and "ateway" not in element.kind}
    found = labels()
    assert [pair for pair in combinations(found, 2) if overlap(found[pair[0]], found[pair[1]])] == []
    assert [(name, other) for name, label in found.items() for other, box in solid.items() if overlap(label, box)] == []


def test_no_flow_runs_through_a_shape():
    shapes = {name: bounds(shape.find("dc:Bounds", NS)) for name, shape in SHAPES.items() if name not in CONTAINERS}
    for flow in ROOT.iterfind(".//bpmn:sequenceFlow", NS):
        ends = {flow.get("sourceRef"), flow.get("targetRef")}
        points = waypoints(EDGES[flow.get("id")])
        for (x, y), (p, q) in zip(points, points[1:], strict=False):
            line = min(x, p), min(y, q), max(abs(x - p), 1), max(abs(y - q), 1)
            own = ends | {MODEL.elements[end].attached_to for end in ends}
            assert [name for name, box in shapes.items() if name not in own and overlap(line, box)] == [], flow.get("id")


def test_every_exclusive_gateway_that_chooses_has_a_default_way():
    for gateway in ROOT.iterfind(".//bpmn:exclusiveGateway", NS):
        assert gateway.get("default") in {flow.text for flow in gateway.iterfind("bpmn:outgoing", NS)}


def test_every_task_for_people_says_who_by_when_and_on_which_form():
    for element in MODEL.elements.values():
        if element.kind == "userTask":
            assert element.settings.get("assignment") or element.settings.get("ballot"), element.id
            deadline = element.settings["deadline"]
            assert deadline.get("decision") == "time_limits" or deadline.get("due"), element.id
            assert (PROCESSES / "forms" / f"{element.settings['form']['key']}.json").exists(), element.id


def test_every_form_is_used_and_speaks_two_languages():
    shipped = {path.stem: forms.read(path.read_bytes()) for path in (PROCESSES / "forms").glob("*.json")}
    assert set(shipped) == set(spiff.called(XML).forms)
    for key, form in shipped.items():
        assert form.key == key and form.title != form.title_en
        for field in form.fields:
            assert field.label != field.label_en or field.type == "text", (key, field.key)
            assert all(option["properties"]["label_en"] for option in field.options), (key, field.key)
            assert field.type != "text" or field.properties["text_en"], (key, field.key)


def test_the_categories_offered_to_the_agent_are_those_of_a_fresh_kesu():
    from kesu.complaints.starting_data import _read

    form = forms.read((PROCESSES / "forms" / "confirm_classification.json").read_bytes())
    options = {field.key: [option["value"] for option in field.options] for field in form.fields}
    entries = _read("categories.yaml")
    assert options["category"] == [entry["code"] for entry in entries if "parent" not in entry]
    assert options["subcategory"] == [entry["code"] for entry in entries if "parent" in entry]


def test_every_named_flow_has_an_english_name():
    said = {flow.get("id"): flow.findtext("bpmn:documentation", "", NS) for flow in ROOT.iterfind(".//bpmn:sequenceFlow[@name]", NS)}
    assert [flow_id for flow_id, english in said.items() if not english or not english.isascii()] == []
