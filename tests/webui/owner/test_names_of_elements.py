"""Owners read names, never ids: in findings, in comparisons and in the dialog before publishing; values are said in words."""

import re

import pytest

from kesu.engine import diffs, drafts
from kesu.engine.resources import BPMN
from tests.webui.conftest import small_process
from tests.webui.owner.test_drafts import send
from tests.webui.pages import words

ADDED = b"""<b:userTask id="Activity_9z" name="&#27861;&#21153;&#23457;&#26680;"><b:documentation>Legal looks</b:documentation>
<b:extensionElements><kesu:assignment candidateGroups="legal" fourEyes="propose"/><kesu:form key="proposal"/>
<kesu:ballot mode="all" onNo="last"/><kesu:deadline duration="PT24H" onTimeout="escalate"/></b:extensionElements></b:userTask>
<b:exclusiveGateway id="Gateway_7q" default="Flow_2"/>
<b:sequenceFlow id="Flow_1" sourceRef="Gateway_7q" targetRef="Activity_9z"><b:conditionExpression>amount &gt; 5000</b:conditionExpression>
</b:sequenceFlow><b:sequenceFlow id="Flow_2" sourceRef="Gateway_7q" targetRef="finished"/></b:process>"""


@pytest.fixture
def draft(company):
    """Olga has added a gateway, a step behind it and the two ways out."""
    xml = small_process()
    if b"xmlns:kesu" not in xml:
        xml = xml.replace(b"<b:definitions", b'<b:definitions xmlns:kesu="urn:kesu:bpmn:1"', 1)
    xml = re.sub(rb"</b:process>", lambda _: ADDED, xml)
    drafts.save(company, BPMN, "small", xml, seen=0, actor="olga")
    return xml


@pytest.mark.parametrize("path", ["/diagrams/small/draft/changes", "/diagrams/small/comparison"])
def test_what_is_new_is_told_with_condition_default_who_form_and_deadline(draft, as_person, path):
    page = words(as_person("olga").get(path).text)
    for said in ("amount &gt; 5000", "Legal looks", "24 hours", "escalate to the superior", "all must agree", "Propose a remedy",
                 "the way from One way of several to Legal looks", "only when it can no longer pass"):
        assert said in page, said
    for raw in ("Flow_1", "Gateway_7q", "Activity_9z", "escalate ", "PT24H"):
        assert raw not in page.replace("escalate to", ""), raw


def test_findings_name_names(draft, as_person):
    broken = draft.decode().replace(' default="Flow_2"', "")
    found = send(as_person("olga"), "/diagrams/small/validation", xml=broken).json
    said = " ".join(each["message"] for each in found["problems"])
    assert "One way of several" in said and "finished" in said
    assert "Flow_2" not in said and "Gateway_7q" not in said


def test_the_details_of_a_new_element_are_told_and_not_its_name_twice():
    before = small_process()
    after = before.replace(b"</b:process>", b'<b:task id="t" name="T"/><b:sequenceFlow id="f" sourceRef="sign" targetRef="t"/></b:process>')
    told = {change.element: [(d.what, d.after) for d in change.differences] for change in diffs.compare(before, after)}
    assert told == {"t": [], "f": [("sourceRef", "sign"), ("targetRef", "t")]}
