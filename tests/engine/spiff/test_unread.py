"""Nothing of a file is lost silently: what nobody reads is told, as an error where it has an effect."""

import pytest

from kesu.engine.spiff import process_ids, validate
from tests.conftest import ROOT, shared
from tests.engine.diagrams import diagram

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:kesu="{ours}" '
    'xmlns:activiti="http://activiti.org/bpmn" xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" xmlns:tool="urn:tool" '
    'targetNamespace="t">'
)


def file(inside: str, before: str = "", ours: str = "urn:kesu:bpmn:1") -> bytes:
    flows = '<sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
    return f'{HEAD.format(ours=ours)}{before}<process id="p" isExecutable="true"><startEvent id="s"/>{inside}{flows}</process></definitions>'.encode()


def found(xml: bytes) -> list[tuple[str, str, str | None]]:
    return [(each.severity, each.rule, each.element) for each in validate(xml)]


def extended(tag: str, inner: str, attributes: str = "", after: str = "") -> bytes:
    return file(f'<{tag} id="a" {attributes}><extensionElements>{inner}</extensionElements>{after}</{tag}>')


MESSAGE = '<message id="m" name="m"/>'
EVENT = '<intermediateCatchEvent id="a"><extensionElements>{}</extensionElements><messageEventDefinition messageRef="m"/></intermediateCatchEvent>'


@pytest.mark.parametrize("inner", [
    '<zeebe:ioMapping><zeebe:output source="=answer" target="reply"/></zeebe:ioMapping>',
    '<camunda:inputOutput><camunda:outputParameter name="x">${y}</camunda:outputParameter></camunda:inputOutput>',
])  # fmt: skip
def test_a_mapping_on_an_event_is_refused(inner):
    assert found(file(EVENT.format(inner), MESSAGE)) == [("error", "unread_mapping", "a")]


def test_a_mapping_on_a_sub_process_is_refused():
    inner = '<zeebe:ioMapping><zeebe:input source="=x" target="y"/></zeebe:ioMapping>'
    xml = extended("subProcess", inner, after='<startEvent id="i"/>')
    assert ("error", "unread_mapping", "a") in found(xml)


def test_a_data_association_on_an_event_is_refused():
    taken = "<dataOutput id='o'/><dataOutputAssociation><sourceRef>o</sourceRef><targetRef>d</targetRef></dataOutputAssociation>"
    event = f'<dataObject id="d"/><intermediateCatchEvent id="a">{taken}<messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
    assert ("error", "unread_mapping", "a") in found(file(event, MESSAGE))


@pytest.mark.parametrize("inner", [
    "<camunda:formData><camunda:formField id='x' type='string'/></camunda:formData>", '<flowable:formProperty id="x"/>',
    "<zeebe:taskHeaders><zeebe:header key='a' value='b'/></zeebe:taskHeaders>", '<zeebe:priorityDefinition priority="9"/>',
    '<camunda:failedJobRetryTimeCycle>R3/PT1M</camunda:failedJobRetryTimeCycle>',
])  # fmt: skip
def test_an_extension_with_an_effect_that_nobody_reads_is_refused_once(inner):
    assert found(extended("userTask", inner)) == [("error", "unread_setting", "a")]


@pytest.mark.parametrize("inner", ["<camunda:list/>", "<camunda:map/>", "<camunda:script scriptFormat='js'>1</camunda:script>"])
def test_a_parameter_that_is_a_list_a_map_or_a_script_is_refused(inner):
    xml = extended("userTask", f'<camunda:inputOutput><camunda:inputParameter name="x">{inner}</camunda:inputParameter></camunda:inputOutput>')
    assert found(xml) == [("error", "unread_parameter", "a")]


@pytest.mark.parametrize("attribute", [
    'flowable:skipExpression="${amount}"', 'camunda:followUpDate="2026-01-01"', 'camunda:priority="80"', 'activiti:businessCalendarName="c"',
    'camunda:unheardOf="x"', 'zeebe:unheardOf="x"', 'camunda:taskName="x"',
])  # fmt: skip
def test_an_attribute_of_another_engine_that_nobody_reads_is_refused(attribute):
    assert found(file(f'<userTask id="a" {attribute}/>')) == [("error", "unread_setting", "a")]


def test_the_variable_of_an_error_code_and_terminate_all_are_refused():
    ended = '<endEvent id="a"><terminateEventDefinition flowable:terminateAll="true"/></endEvent>'
    assert found(file(ended)) == [("error", "unread_setting", "a")]
    caught = '<userTask id="a"/><boundaryEvent id="b" attachedToRef="a"><errorEventDefinition camunda:errorCodeVariable="code"/></boundaryEvent>'
    assert ("error", "unread_setting", "b") in found(file(caught))


@pytest.mark.parametrize("name", ["jm-${order}", "=order", "#{order}"])
@pytest.mark.parametrize("kind", ["message", "signal"])
def test_a_computed_name_is_refused_at_the_event(kind, name):
    event = f'<intermediateCatchEvent id="a"><{kind}EventDefinition {kind}Ref="m"/></intermediateCatchEvent>'
    assert found(file(event, f'<{kind} id="m" name="{name}"/>')) == [("error", "computed_name", "a")]


def test_the_examples_are_told():
    for name, rule in {"expression-in-a-message-name": "computed_name", "output-mapping-on-a-catch-event": "unread_mapping",
                       "foreign-assignment": "unread_setting"}.items():
        assert rule in [each.rule for each in validate(shared("faults", "inputs", f"{name}.bpmn").read_bytes())]


def test_a_trigger_inside_of_a_gateway_is_refused():
    assert ("error", "misplaced_trigger", "a") in found(file('<exclusiveGateway id="a"><timerEventDefinition/></exclusiveGateway>'))


def test_a_timer_that_says_two_times_is_refused():
    times = "<timeDuration>PT1H</timeDuration><timeCycle>R/PT1H</timeCycle>"
    timer = f'<intermediateCatchEvent id="a"><timerEventDefinition>{times}</timerEventDefinition></intermediateCatchEvent>'
    assert ("error", "several_times", "a") in found(file(timer))


def test_a_default_that_is_no_way_out_is_refused():
    assert ("error", "unknown_default", "a") in found(file('<exclusiveGateway id="a" default="f"/>'))


def test_what_is_nearly_our_namespace_is_refused():
    inner = '<userTask id="a"><extensionElements><kesu:assignment assignee="ada"/></extensionElements></userTask>'
    assert found(file(inner, ours="http://kesu.example/bpmn")) == [("error", "nearly_our_namespace", "a")]


def test_what_has_no_effect_is_told_once_and_what_only_looks_never():
    xml = extended("userTask", '<tool:size x="1"/><tool:font/>', 'bioc:stroke="#fff" camunda:asyncBefore="true" tool:colour="red"')
    assert found(xml) == [("note", "unread_note", None)]
    assert "tool:size" in str(validate(xml)[0]) and "bioc" not in str(validate(xml)[0])


def test_the_shipped_process_is_clean():
    assert [each for each in validate((ROOT / "processes" / "complaint.bpmn").read_bytes()) if each.severity != "warning"] == []


@pytest.mark.parametrize(("drawn", "severity", "rule"), [
    ({"attributes": {"b": 'isForCompensations="true"'}}, "error", "unknown_attribute"),
    ({"attributes": {"b": 'isForCompensation="yes"'}}, "error", "bad_value"),
    ({"inner": {"b": "<b:potentialOwners/>"}}, "error", "unknown_element"),
    ({"attributes": {"b": 'foo="1"'}}, "note", "unknown_attribute"),
    ({"extra": "<b:documentation>late</b:documentation>"}, "note", "loose_bpmn"),
])  # fmt: skip
def test_the_schema_is_checked_and_harmless_breaks_are_notes(drawn, severity, rule):
    assert [(each.severity, each.rule) for each in validate(diagram("start:s user:b end:e", **drawn))] == [(severity, rule)]


def test_one_and_zero_are_yes_and_no():
    assert process_ids(file('<userTask id="a"/>').replace(b'"true"', b'"1"')) == ["p"]


@pytest.mark.parametrize(("said", "is_wrong"), [('=duration("soon")', True), ("=1 + 1", True), ('=duration("PT1H")', False), ("=wait", False)])
def test_a_time_that_reads_nothing_is_checked(said, is_wrong):
    timer = f"<timerEventDefinition><timeDuration>{said}</timeDuration></timerEventDefinition>"
    errors = [each.rule for each in validate(file(f'<intermediateCatchEvent id="a">{timer}</intermediateCatchEvent>')) if each.severity == "error"]
    assert errors == (["bad_timer"] if is_wrong else [])


def test_a_condition_behind_a_parallel_gateway_is_a_warning():
    xml = diagram("start:s parallelGateway:g end:e [x > 1]; g end:y")
    assert [(each.severity, each.rule) for each in validate(xml)] == [("warning", "unread_condition")]


@pytest.mark.parametrize("retries", ["0", "many", "-1"])
def test_retries_are_a_number(retries):
    xml = extended("serviceTask", f'<zeebe:taskDefinition type="x" retries="{retries}"/>')
    assert ("error", "bad_value", "a") in found(xml)
