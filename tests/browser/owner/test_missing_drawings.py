"""What a file leaves undrawn is drawn: shapes, arrows, lanes, pools, data; in the designer and wherever a diagram is shown."""

import re

import pytest

from kesu.engine import definitions, diffs, drafts
from kesu.engine.resources import BPMN
from tests.browser.owner.test_designer import SAVED, opened
from tests.conftest import shared
from tests.webui.conftest import small_process

pytestmark = pytest.mark.browser
B = 'xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL"'
DI = ('xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"')
DRAWN = "() => kesuDesigner.get('elementRegistry').filter((e) => !e.labelTarget && e.parent).map((e) => e.id)"
TWO_POOLS = f"""<b:definitions {B} targetNamespace="t" id="d">
<b:collaboration id="k"><b:participant id="we" name="We" processRef="p"/><b:participant id="they" name="They" processRef="q"/>
<b:participant id="dark" name="Bank"/><b:messageFlow id="m" sourceRef="t1" targetRef="u1"/></b:collaboration>
<b:process id="p" isExecutable="true"><b:laneSet id="ls"><b:lane id="l1" name="One"><b:flowNodeRef>s1</b:flowNodeRef>
<b:flowNodeRef>t2</b:flowNodeRef></b:lane><b:lane id="l2" name="Two"><b:flowNodeRef>t1</b:flowNodeRef><b:flowNodeRef>sub</b:flowNodeRef>
<b:flowNodeRef>e1</b:flowNodeRef></b:lane></b:laneSet>
<b:startEvent id="s1"/><b:sendTask id="t1" name="Send"/><b:userTask id="t2" name="Do"/><b:endEvent id="e1"/>
<b:subProcess id="sub" name="Inside"><b:startEvent id="s3"/><b:task id="t3"/><b:endEvent id="e3"/>
<b:sequenceFlow id="f31" sourceRef="s3" targetRef="t3"/><b:sequenceFlow id="f32" sourceRef="t3" targetRef="e3"/></b:subProcess>
<b:boundaryEvent id="late" attachedToRef="t2"><b:timerEventDefinition id="td">
<b:timeDuration>PT1H</b:timeDuration></b:timerEventDefinition></b:boundaryEvent>
<b:dataObjectReference id="paper" name="Paper" dataObjectRef="do"/><b:dataObject id="do"/>
<b:textAnnotation id="note"><b:text>Note</b:text></b:textAnnotation><b:association id="as" sourceRef="t2" targetRef="note"/>
<b:sequenceFlow id="f1" sourceRef="s1" targetRef="t1"/><b:sequenceFlow id="f2" sourceRef="t1" targetRef="t2"/>
<b:sequenceFlow id="f3" sourceRef="t2" targetRef="sub"/><b:sequenceFlow id="f4" sourceRef="sub" targetRef="e1"/>
<b:sequenceFlow id="f5" sourceRef="late" targetRef="t1"/></b:process>
<b:process id="q"><b:startEvent id="s2"/><b:receiveTask id="u1"/><b:sequenceFlow id="g1" sourceRef="s2" targetRef="u1"/></b:process>
</b:definitions>"""


def draft(company, key, xml):
    """Keep a diagram as the draft of its process."""
    drafts.save(company, BPMN, key, xml, seen=0, actor="olga")


def test_a_file_without_any_drawing_and_without_incoming_and_outgoing_gets_its_arrows(company, visit):
    xml = shared("faults/inputs/no-drawing.bpmn").read_bytes()
    draft(company, "no_arrows", xml)
    page = opened(visit("olga"), "/diagrams/no_arrows/designer").page
    assert {"s", "u", "e", "fa", "fb"} <= set(page.evaluate(DRAWN))
    assert diffs.compare(xml, page.evaluate(SAVED).encode()) == []


def test_a_published_file_without_a_drawing_is_shown_with_its_arrows(company, visit):
    definitions.deploy(company, small_process().replace(b'id="small"', b'id="plain"'), actor="olga")
    page = visit("olga").page
    page.goto("/diagrams/plain")
    page.wait_for_selector("[data-diagram-url][data-ready]")
    flows = set(re.findall(r'sequenceFlow id="([^"]+)"', small_process().decode()))
    for flow in flows:
        assert page.locator(f'.djs-connection[data-element-id="{flow}"]').count() == 1, flow


def test_pools_lanes_nested_steps_data_notes_and_message_flows_are_drawn_too(company, visit):
    draft(company, "p", TWO_POOLS.encode())
    page = opened(visit("olga"), "/diagrams/p/designer").page
    wanted = set("we they dark m l1 l2 s1 t1 t2 e1 sub s3 t3 e3 f31 f32 late paper note as f1 f2 f3 f4 f5 s2 u1 g1".split())
    assert wanted - set(page.evaluate(DRAWN)) == set()
    page.evaluate("kesuDesigner.get('canvas').zoom('fit-viewport')")
    apart = "() => { const [a, b] = ['we', 'they'].map((i) => kesuDesigner.get('elementRegistry').get(i)); return a.y + a.height <= b.y; }"
    assert page.evaluate(apart)
    within = """([a, b]) => { const r = kesuDesigner.get('elementRegistry'), x = r.get(a), y = r.get(b);
        return y.y <= x.y && x.y + x.height <= y.y + y.height; }"""
    for node, lane in [("s1", "l1"), ("t2", "l1"), ("t1", "l2"), ("sub", "l2"), ("t3", "sub"), ("u1", "they"), ("l1", "we")]:
        assert page.evaluate(within, [node, lane]), (node, lane)
    assert "lost when saved" not in page.inner_text("[data-problems]")


def test_a_drawing_of_two_shapes_only_keeps_them_and_gains_the_rest(company, visit):
    shape = '<bpmndi:BPMNShape id="{0}_" bpmnElement="{0}"><dc:Bounds x="{1}" y="{2}" width="100" height="80"/></bpmndi:BPMNShape>'
    plane = shape.format("propose", 300, 200) + shape.format("decide", 600, 200)
    drawing = f'<bpmndi:BPMNDiagram {DI} id="dd"><bpmndi:BPMNPlane id="pp" bpmnElement="half">{plane}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    xml = small_process().replace(b'id="small"', b'id="half"').replace(b"</b:definitions>", f"{drawing}</b:definitions>".encode())
    draft(company, "half", xml)
    page = opened(visit("olga"), "/diagrams/half/designer").page
    flows = set(re.findall(r'sequenceFlow id="([^"]+)"', xml.decode()))
    assert (flows | {"begin", "sign", "decided", "finished"}) - set(page.evaluate(DRAWN)) == set()
    place = "(id) => { const e = kesuDesigner.get('elementRegistry').get(id); return [e.x, e.y]; }"
    assert page.evaluate(place, "propose") == [300, 200] and page.evaluate(place, "decide") == [600, 200]
