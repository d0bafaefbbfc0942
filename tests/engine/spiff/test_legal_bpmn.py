"""What the standard allows and SpiffWorkflow's parser loses: missing ids, colliding ids, implicit ends, links, references."""

import re

import pytest
from lxml import etree

from kesu.engine.errors import Invalid, Rejected
from kesu.engine.spiff import called, compile_diagrams, process_ids, validate
from kesu.engine.spiff.compiling import element_ids
from kesu.engine.spiff.documents import read
from tests.conftest import ROOT, shared
from tests.engine.spiff.play import Player, diagram, flows, nodes, play


def test_sequence_flows_need_no_id():
    body = nodes(s="startEvent", a="userTask") + re.sub(r' id="[^"]*"', "", flows("s>a"), count=1)
    assert play(body).tasks() == ["a"]


def test_ids_that_mean_something_to_spiffworkflow_mean_nothing_here():
    player = play(nodes(Start="startEvent", Root="userTask", End="userTask", p_end="endEvent") + flows("Start>Root", "Root>End", "End>p_end"))
    assert player.do("Root").tasks() == ["End"]
    assert player.do("End").run.finished


def test_start_and_end_events_may_be_left_out():
    player = play(nodes(a="userTask", b="userTask", c="userTask") + flows("a>b"))
    assert player.tasks() == ["a", "c"]
    assert player.do("a").do("b").do("c").run.finished


def test_several_ways_out_of_a_task_are_all_taken_and_conditions_on_them_count():
    body = nodes(s="startEvent", a="userTask", b="userTask", c="userTask") + flows("s>a", "a>b", "a>c", a_c="n > 1")
    assert play(body).do("a", n=1).tasks() == ["b"]
    assert play(body).do("a", n=2).tasks() == ["b", "c"]


def test_the_default_way_out_of_a_task_is_for_when_no_condition_holds():
    body = nodes(s="startEvent", a='userTask default="a_b"', b="userTask", c="userTask") + flows("s>a", "a>b", "a>c", a_c="n > 1")
    assert play(body).do("a", n=1).tasks() == ["b"]
    assert play(body).do("a", n=2).tasks() == ["c"]


def test_the_order_of_the_file_decides_not_the_drawing():
    body = nodes(s="startEvent", g="exclusiveGateway", a="userTask", b="userTask") + flows("s>g", "g>b", "g>a", g_a="true", g_b="true")
    assert play(body).tasks() == ["b"]


def test_links_lead_from_throw_to_catch():
    def link(kind, name):
        return f'<bpmn:{kind} id="{name}"><bpmn:linkEventDefinition name="over there"/></bpmn:{kind}>'

    body = nodes(s="startEvent", a="userTask") + link("intermediateThrowEvent", "l1") + link("intermediateCatchEvent", "l2") + flows("s>l1", "l2>a")
    assert play(body).tasks() == ["a"]


def test_event_definitions_may_stand_elsewhere():
    before = '<bpmn:timerEventDefinition id="t"><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>'
    body = (
        nodes(s="startEvent", a="userTask") + '<bpmn:intermediateCatchEvent id="c"><bpmn:eventDefinitionRef>t</bpmn:eventDefinitionRef>'
        "</bpmn:intermediateCatchEvent>" + flows("s>c", "c>a")
    )
    assert play(body, before).waiting() == ["c"]


def test_excess_tokens_wait_at_a_parallel_join():
    body = nodes(s="startEvent", a='userTask completionQuantity="2"', b="userTask", j="parallelGateway", u="userTask") + flows(
        "s>a", "s>b", "a>j", "b>j", "j>u"
    )
    player = play(body).do("a")
    assert player.do("b").tasks() == ["u"]
    assert not player.do("u").run.finished  # one token more came from a than from b: it is kept, not fired


def test_lanes_are_read_innermost_and_into_sub_processes():
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="L1" name="outer"><bpmn:flowNodeRef>a</bpmn:flowNodeRef><bpmn:flowNodeRef>sub</bpmn:flowNodeRef>'
        '<bpmn:childLaneSet id="cs"><bpmn:lane id="quality" name="Quality"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet>'
        "</bpmn:lane></bpmn:laneSet>"
    )
    body = lanes + nodes(a="userTask") + '<bpmn:subProcess id="sub">' + nodes(b="userTask") + "</bpmn:subProcess>"
    elements = play(body).model.elements
    assert (elements["a"].lane, elements["b"].lane) == ("Quality", "outer")
    assert elements["a"].settings["lane"]["id"] == "quality"


def test_the_first_line_of_the_documentation_is_the_english_name():
    body = '<bpmn:userTask id="a" name="调查"><bpmn:documentation>Investigation\nfind the cause</bpmn:documentation></bpmn:userTask>'
    element = play(body).model.elements["a"]
    assert (element.name, element.name_en) == ("调查", "Investigation")


def test_a_complex_gateway_goes_on_when_its_condition_holds_and_swallows_the_rest():
    gate = '<bpmn:complexGateway id="j"><bpmn:activationCondition>activationCount &gt;= 2</bpmn:activationCondition></bpmn:complexGateway>'
    body = (
        nodes(s="startEvent", a="userTask", b="userTask", c="userTask", u="userTask") + gate + flows("s>a", "s>b", "s>c", "a>j", "b>j", "c>j", "j>u")
    )
    player = play(body).do("a")
    assert player.tasks() == ["b", "c"]
    assert player.do("c").tasks() == ["b", "u"]
    assert player.do("b").tasks() == ["u"]
    assert player.do("u").run.finished


def test_an_ad_hoc_sub_process_is_done_when_its_condition_says_so():
    def ad_hoc(more):
        return (
            f'<bpmn:adHocSubProcess id="sub" {more}>'
            + nodes(a="userTask", b="userTask", c="userTask")
            + "<bpmn:completionCondition>enough</bpmn:completionCondition></bpmn:adHocSubProcess>"
            + nodes(s="startEvent", u="userTask")
            + flows("s>sub", "sub>u")
        )

    parallel = play(ad_hoc(""), enough=False)
    assert parallel.tasks() == ["a", "b", "c"]
    assert parallel.do("b").tasks() == ["a", "c"]
    assert parallel.do("c", enough=True).tasks() == ["u"]
    patient = play(ad_hoc('cancelRemainingInstances="false"'), enough=True).do("a")
    assert patient.tasks() == ["b", "c"]
    in_turn = play(ad_hoc('ordering="Sequential"'), enough=False)
    assert in_turn.tasks() == ["a"]
    assert in_turn.do("a").tasks() == ["b"]
    assert in_turn.do("b", enough=True).tasks() == ["u"]


def test_an_ad_hoc_sub_process_whose_condition_never_holds_is_done_when_all_of_it_is():
    def ad_hoc(more, condition="<bpmn:completionCondition>false</bpmn:completionCondition>"):
        inside = nodes(a="userTask", b="userTask") + condition
        return f'<bpmn:adHocSubProcess id="sub" {more}>{inside}</bpmn:adHocSubProcess>' + nodes(u="userTask") + flows("sub>u")

    assert play(ad_hoc("")).do("b").tasks() == ["a"]
    assert play(ad_hoc("")).do("b").do("a").tasks() == ["u"]
    assert play(ad_hoc('ordering="Sequential"')).do("a").tasks() == ["b"]
    assert play(ad_hoc('ordering="Sequential"')).do("a").do("b").tasks() == ["u"]
    with pytest.raises(Invalid, match="write false if all of its activities"):
        play(ad_hoc("", condition=""))


def test_a_message_start_is_one_of_several_ways_to_begin():
    before = '<bpmn:message id="m" name="complaint_came"/>'
    body = (
        nodes(s="startEvent", a="userTask", b="userTask") + '<bpmn:startEvent id="s2"><bpmn:messageEventDefinition messageRef="m"/>'
        "</bpmn:startEvent>" + flows("s>a", "s2>b")
    )
    assert play(body, before).tasks() == ["a"]
    assert play(body, before, at="s2").tasks() == ["b"]
    assert [e.id for e in play(body, before).model.starts] == ["s", "s2"]
    with pytest.raises(Rejected, match="s, s2"):
        play(body, before, at="nowhere")


def test_calls_may_be_computed_and_recursive():
    main = diagram(nodes(s="startEvent", u="userTask", c='callActivity calledElement="=next"') + flows("s>u", "u>c"))
    other = diagram(nodes(a="userTask"), process="q")
    player = Player(compile_diagrams({"m": main, "q": other}, "p"), {"next": "p"})
    player.do("u").do("u").do("u", next="q")
    assert player.tasks() == ["a"]
    assert player.do("a").run.finished


def test_equal_ids_in_a_called_process_do_not_confuse_a_join():
    block = nodes(s="startEvent", f="inclusiveGateway", a="userTask", b="userTask", j="inclusiveGateway") + flows(
        "s>f", "f>a", "f>b", "a>j", "b>j", f_a="true", f_b="both")
    other = diagram(block.replace('sourceRef="a" targetRef="j"', 'sourceRef="a" targetRef="b"') , process="q")
    main = diagram(block + nodes(c='callActivity calledElement="q"') + flows("j>c"))
    player = Player(compile_diagrams({"m": main, "q": other}, "p"), {"both": True})
    assert player.do("b").tasks() == ["a"]
    assert player.do("a").tasks() == ["q:a", "q:b"]


def test_calls_nested_to_the_limit_end_and_are_withdrawn_and_beyond_it_refused():
    body = nodes(s="startEvent", g='exclusiveGateway default="g_c"', u="userTask", c='callActivity calledElement="p"') + flows(
        "s>g", "g>u", "g>c", g_u="deep &gt;= limit") + '<bpmn:scriptTask id="n"><bpmn:script>{deep: deep + 1}</bpmn:script></bpmn:scriptTask>'
    body = body.replace('targetRef="g"', 'targetRef="n"') + flows("n>g")
    stop = '<bpmn:boundaryEvent id="x" attachedToRef="c"><bpmn:messageEventDefinition messageRef="m"/></bpmn:boundaryEvent>'
    player = play(body + stop, '<bpmn:message id="m" name="m"/>', deep=0, limit=45)
    assert player.tasks() == ["u"]
    assert Player(player.model, {"deep": 0, "limit": 45}).send("x").run.finished
    assert player.do("u").run.finished
    with pytest.raises(Rejected, match="more than 50 deep"):
        play(body, deep=0, limit=60)


def test_a_called_global_task_is_a_process_of_one_task():
    main = diagram(nodes(s="startEvent", c='callActivity calledElement="gt"') + flows("s>c"), '<bpmn:globalUserTask id="gt" name="Ask"/>')
    player = Player(compile_diagrams({"m": main}, "p"))
    assert player.tasks() == ["gt_task"]
    assert player.do("gt_task").run.finished


def test_what_a_file_needs_from_elsewhere():
    body = (
        nodes(a='callActivity calledElement="q"', f='userTask camunda:formKey="investigate"', r='businessRuleTask camunda:decisionRef="grade"')
        + '<bpmn:serviceTask id="t" camunda:type="external" camunda:topic="notify"/>'
    )
    needs = called(diagram(body))
    assert (needs.processes, needs.forms, needs.decisions, needs.topics) == ({"q"}, {"investigate"}, {"grade"}, {"notify"})


CORPUS = ["betsy/*/*.bpmn", "miwg-reference/*.bpmn"]


def corpus():
    """Every diagram at hand, shared ones and our own."""
    root = shared("conformance")
    ours = ROOT / "processes"
    return sorted(p for pattern in CORPUS for p in root.glob(pattern)) + sorted(ours.glob("*.bpmn"))


def test_a_published_definition_is_lossless():
    seen = 0
    for path in corpus():
        xml = path.read_bytes().replace(b'isExecutable="false"', b'isExecutable="true"')
        if any(p.severity == "error" for p in validate(xml)):
            continue
        seen += 1
        models = [compile_diagrams({"f": xml}, key) for key in process_ids(xml)]
        elements = {e.id: e for m in models for e in m.elements.values()}
        drawn = etree.fromstring(xml)
        wanted = {i for i in element_ids(read(xml)) if i} - {e.get("id") for e in drawn.iter("{*}sequenceFlow")}
        assert wanted <= set(elements), path.name
        for model in models:
            _compare(model, drawn, path.name)
    assert seen > 60


def _compare(model, drawn, name):
    for element in drawn.iter("{*}startEvent", "{*}endEvent", "{*}boundaryEvent", "{*}intermediateCatchEvent", "{*}intermediateThrowEvent"):
        spec = model.spec.task_specs.get(element.get("id"))
        if spec is None:
            continue
        kinds = [etree.QName(e).localname.removesuffix("EventDefinition") for e in element if etree.QName(e).localname.endswith("EventDefinition")]
        kinds = kinds + ["?"] * len(element.findall("{*}eventDefinitionRef"))
        assert len(spec.triggers) == len(kinds), f"{name} {element.get('id')}"
        assert all(k in ("?", t.kind) for k, t in zip(kinds, spec.triggers, strict=True))
        if element.get("attachedToRef") and kinds != ["compensate"]:
            assert spec in model.spec.task_specs[element.get("attachedToRef")].boundaries
    for flow in drawn.iter("{*}sequenceFlow"):
        found = next(
            (
                f
                for f in model.flows.values()
                if (f.source, f.target) == (flow.get("sourceRef"), flow.get("targetRef")) and f.id == (flow.get("id") or f.id)
            ),
            None,
        )
        if flow.get("sourceRef") in model.spec.task_specs:
            assert found is not None, f"{name} {flow.get('id')}"
            assert (found.condition is None) == (flow.find("{*}conditionExpression") is None)


def test_every_reference_diagram_is_accepted_or_all_its_questions_are_listed_at_once():
    for path in sorted(shared("conformance", "miwg-reference").glob("*.bpmn")):
        problems = validate(path.read_bytes())
        marked = validate(re.sub(rb'isExecutable="\w+"', b'isExecutable="true"', path.read_bytes()))
        if not process_ids(path.read_bytes()):  # marking the processes as executable must not bring up new questions
            assert {str(p) for p in marked if p.severity == "error"} < {str(p) for p in problems}, path.name
        for problem in problems:
            assert str(problem) and problem.rule
        if not any(p.severity == "error" for p in problems):
            assert [compile_diagrams({"f": path.read_bytes()}, key) for key in process_ids(path.read_bytes())]


def test_a_diagram_is_refused_with_all_its_problems():
    body = (
        nodes(s="startEvent", g="exclusiveGateway", a="serviceTask", b="businessRuleTask")
        + flows("s>g", "g>a", "g>b", "b>nowhere")
        + '<bpmn:intermediateCatchEvent id="t"><bpmn:timerEventDefinition/></bpmn:intermediateCatchEvent>'
    )
    with pytest.raises(Invalid) as refusal:
        compile_diagrams({"m": diagram(body)}, "p")
    assert sorted({p.rule for p in refusal.value.problems if p.severity == "error"}) == [
        "branch_without_condition",
        "dangling_flow",
        "decision_missing",
        "handler_missing",
        "timer_without_value",
        "unreachable",
    ]
    assert all(p.element for p in refusal.value.problems)
