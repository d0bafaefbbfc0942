"""Copying an element in the designer keeps every setting: lists and items, ours, and those of other tools, nested too."""

import pytest
from lxml import etree

from kesu.engine import drafts
from kesu.engine.resources import BPMN
from tests.browser.owner.drawings import drawn
from tests.browser.owner.test_designer import SAVED, opened

pytestmark = pytest.mark.browser
INNER = """<b:startEvent id="s2"/><b:userTask id="ask" name="Ask" camunda:assignee="ada" flowable:dueDate="P1D">
<b:extensionElements><kesu:assignment candidateGroups="quality"/><kesu:deadline kind="work" duration="PT8H"/>
<zeebe:taskDefinition type="x"><zeebe:inner a="1"/></zeebe:taskDefinition></b:extensionElements>
<b:multiInstanceLoopCharacteristics behavior="None" noneBehaviorEventRef="sig"><b:loopDataInputRef>each.people</b:loopDataInputRef>
<b:inputDataItem id="person"/><b:completionCondition>done</b:completionCondition></b:multiInstanceLoopCharacteristics></b:userTask>
<b:endEvent id="e2"/><b:sequenceFlow id="i1" sourceRef="s2" targetRef="ask"/><b:sequenceFlow id="i2" sourceRef="ask" targetRef="e2"/>"""
XML = f"""<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kesu="urn:kesu:bpmn:1"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
 xmlns:flowable="http://flowable.org/bpmn" targetNamespace="t" id="d"><b:signal id="sig0" name="go"/>
<b:signalEventDefinition id="sig" signalRef="sig0"/><b:process id="many" isExecutable="true"><b:startEvent id="s"/>
<b:subProcess id="round" name="Round">{INNER}<b:multiInstanceLoopCharacteristics camunda:collection="old" isSequential="true">
<b:extensionElements><zeebe:loopCharacteristics inputCollection="=list" inputElement="one"/></b:extensionElements>
<b:loopDataInputRef>departments</b:loopDataInputRef><b:inputDataItem id="each" name="each"/>
</b:multiInstanceLoopCharacteristics></b:subProcess><b:endEvent id="e"/>
<b:sequenceFlow id="o1" sourceRef="s" targetRef="round"/><b:sequenceFlow id="o2" sourceRef="round" targetRef="e"/></b:process></b:definitions>"""
COPY = """() => { const d = kesuDesigner, r = d.get('elementRegistry');
  d.get('copyPaste').copy([r.get('round')]);
  d.get('copyPaste').paste({element: d.get('canvas').getRootElement(), point: {x: 900, y: 900}}); }"""
NS = {"b": "http://www.omg.org/spec/BPMN/20100524/MODEL"}


def settings(element):
    """Return what an element says in all its tags, without ids, flows and references to flows."""
    kept = []
    for each in element.iter(etree.Element):
        if each.tag.split("}")[1] in {"incoming", "outgoing", "sequenceFlow"}:
            continue
        attributes = {name: value for name, value in each.attrib.items() if name != "id"}
        if each.tag.endswith("DataItem"):
            attributes["name"] = each.get("name") or each.get("id")
        kept.append((each.tag, sorted(attributes.items()), (each.text or "").strip()))
    return sorted(kept)


def test_a_copied_multi_instance_sub_process_says_all_that_the_original_says(company, visit):
    drafts.save(company, BPMN, "many", drawn(XML.encode()), seen=0, actor="olga")
    page = opened(visit("olga"), "/diagrams/many/designer").page
    page.evaluate(COPY)
    saved = etree.fromstring(page.evaluate(SAVED).encode())
    first, second = saved.findall(".//b:process/b:subProcess", NS)
    original = etree.fromstring(XML.encode()).find(".//b:subProcess", NS)
    assert settings(first) == settings(original)
    assert settings(second) == settings(original)
    assert len({each.get("id") for each in saved.iter() if each.get("id")}) == len([each for each in saved.iter() if each.get("id")])
