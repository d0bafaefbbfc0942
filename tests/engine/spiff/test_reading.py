"""Hostile and broken files: one sentence each, never a crash, a hang or a network call."""

import time

import pytest

from kesu.engine.errors import Invalid
from kesu.engine.spiff import compile_diagrams, validate
from tests.engine.spiff.play import diagram, flows, nodes

OK = diagram(nodes(s="startEvent", a="userTask") + flows("s>a"))
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">&c;</definitions>'
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">&x;</definitions>'
)
HOSTILE = {
    "empty": (b"  ", "empty"),
    "no xml": (b"hello", "not_xml"),
    "cut off": (OK[:-20], "not_xml"),
    "binary": (b"PK\x03\x04\x00\x00", "not_xml"),
    "wrong encoding": (b'<?xml version="1.0" encoding="utf-99"?><a/>', "not_xml"),
    "another language": (b"<html/>", "not_bpmn"),
    "entities": (LAUGHS, "doctype"),
    "outside": (OUTSIDE, "doctype"),
    "deep": (b"<a>" * 5000 + b"</a>" * 5000, "not_xml"),
    "deep but well-formed": (
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">' + b"<a>" * 150 + b"</a>" * 150 + b"</definitions>",
        "too_deep",
    ),
    "huge": (OK.replace(b"</bpmn:definitions>", b" " * 5_000_001 + b"</bpmn:definitions>"), "too_big"),
    "many": (OK.replace(b"</bpmn:definitions>", b"<x/>" * 200_001 + b"</bpmn:definitions>"), "too_many"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_gets_a_sentence(case):
    xml, rule = HOSTILE[case]
    begun = time.process_time()
    problems = validate(xml)
    assert [p.rule for p in problems] == [rule] and str(problems[0])
    with pytest.raises(Invalid):
        compile_diagrams({"f": xml}, "p")
    assert time.process_time() - begun < 5


def test_an_id_used_twice_is_refused():
    xml = diagram(nodes(s="startEvent", a="userTask") + '<bpmn:userTask id="a"/>' + flows("s>a"))
    assert "duplicate_id" in {p.rule for p in validate(xml)}


def test_sub_processes_nested_to_the_limit_are_read():
    body = '<bpmn:subProcess id="x{}">' * 40
    xml = diagram(body.format(*range(40)) + nodes(a="userTask") + "</bpmn:subProcess>" * 40)
    assert [p for p in validate(xml) if p.severity == "error"] == []


def test_scripts_in_another_language_and_expressions_that_are_none_are_refused():
    script = '<bpmn:scriptTask id="x" scriptFormat="javascript"><bpmn:script>while(true);</bpmn:script></bpmn:scriptTask>'
    assert "foreign_language" in {p.rule for p in validate(diagram(script))}
    assert "bad_expression" in {
        p.rule for p in validate(diagram('<bpmn:scriptTask id="x"><bpmn:script>import os; os.system("x")</bpmn:script></bpmn:scriptTask>'))
    }
    condition = nodes(s="startEvent", a="userTask") + flows("s>a", s_a="${bean.delete(execution)}")
    assert "bad_expression" in {p.rule for p in validate(diagram(condition))}


def test_data_objects_at_any_depth_do_not_hang_the_reader():
    inner = '<bpmn:dataObject id="d{0}" name="x{0}"/><bpmn:dataObjectReference id="r{0}" dataObjectRef="d{0}"/>'
    body = "".join(f'<bpmn:subProcess id="s{i}">{inner.format(i)}' for i in range(5)) + nodes(a="userTask") + "</bpmn:subProcess>" * 5
    loop = '<bpmn:dataObjectReference id="l" dataObjectRef="l"/>'
    assert [p for p in validate(diagram(body + loop)) if p.severity == "error"] == []


def test_two_flows_between_the_same_two_elements_are_a_warning():
    body = nodes(s="startEvent", u="userTask", e="endEvent") + flows("s>u", "u>e", "s>u")
    body = body.replace('id="s_u"', 'id="first"', 1)
    found = [p for p in validate(diagram(body)) if p.rule == "same_flow_twice"]
    assert [(p.element, p.severity, p.values["target"]) for p in found] == [("s", "warning", "u")]
    once = nodes(s="startEvent", u="userTask", e="endEvent") + flows("s>u", "u>e")
    assert not [p for p in validate(diagram(once)) if p.rule == "same_flow_twice"]
