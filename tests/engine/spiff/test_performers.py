"""Who, when and which form, as the standard and other tools say it, means here what it means there."""

import pytest

from kesu.engine.spiff import elements, validate
from tests.conftest import shared

FAMILY = {"camunda": "http://camunda.org/schema/1.0/bpmn", "flowable": "http://flowable.org/bpmn", "activiti": "http://activiti.org/bpmn"}


def task(attributes: str = "", inner: str = "", start: str = "", before: str = "") -> bytes:
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in FAMILY.items())
    return (
        f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" {spaces} targetNamespace="t">{before}'
        f'<process id="p" isExecutable="true"><startEvent id="s" {start}/><userTask id="u" {attributes}>{inner}</userTask>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="u"/></process></definitions>'
    ).encode()


def settings(*args: str, **more: str) -> dict:
    assert [each for each in validate(task(*args, **more)) if each.severity == "error"] == []
    return dict(next(each for each in elements(task(*args, **more)) if each.id == "u").settings)


@pytest.mark.parametrize("tool", FAMILY)
def test_the_attributes_of_camunda_and_its_kin(tool):
    said = settings(f'{tool}:assignee="gao" {tool}:candidateGroups="a,b" {tool}:formKey="approve" {tool}:dueDate="PT24H"')
    assert said["assignment"] == {"assignee": "gao", "candidateGroups": "a,b"}
    assert said["form"] == {"key": "approve"} and said["deadline"] == {"duration": "PT24H"}
    assert settings(f'{tool}:dueDate="${{due}}"')["deadline"] == {"due": "=due"}


def test_the_variable_of_the_initiator_is_who_started():
    assert settings('flowable:assignee="${applicant}"', start='flowable:initiator="applicant"')["assignment"] == {"assignee": "=initiator"}
    assert settings('flowable:assignee="${applicant}"')["assignment"] == {"assignee": "=applicant"}


def role(kind: str, said: str) -> str:
    return f"<{kind}><resourceAssignmentExpression><formalExpression>{said}</formalExpression></resourceAssignmentExpression></{kind}>"


@pytest.mark.parametrize(("inner", "assignment"), [
    (role("potentialOwner", "quality"), {"candidateGroups": "quality"}),
    (role("potentialOwner", "user(ada), group(quality), legal"), {"candidateUsers": "ada", "candidateGroups": "quality,legal"}),
    (role("potentialOwner", "${team}"), {"candidateGroups": "=team"}),
    (role("potentialOwner", "a") + role("potentialOwner", "b"), {"candidateGroups": "a,b"}),
    (role("humanPerformer", "ada"), {"assignee": "ada"}), (role("performer", "user(ada)"), {"assignee": "ada"}),
    ("<potentialOwner><resourceRef>r</resourceRef></potentialOwner>", {"candidateGroups": "Quality"}),
])  # fmt: skip
def test_the_roles_of_the_standard(inner, assignment):
    assert settings(inner=inner, before='<resource id="r" name="Quality"/>')["assignment"] == assignment


@pytest.mark.parametrize(("attributes", "inner"), [
    ("", role("resourceRole", "quality")), ('flowable:assignee="a,${b}"', ""), ('camunda:assignee="${a.b()}"', ""),
    ('camunda:dueDate="soon"', ""), ('flowable:dueDate="${"', ""),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_at_the_task(attributes, inner):
    assert "u" in [each.element for each in validate(task(attributes, inner)) if each.severity == "error"]


def test_who_may_start_and_a_start_form_are_refused_and_not_lost():
    xml = task(start='camunda:formKey="apply"').replace(b'<process id="p"', b'<process id="p" camunda:candidateStarterGroups="x"')
    assert {each.element for each in validate(xml) if each.rule == "unread_setting"} == {"s", "p"}


def test_the_examples_are_read():
    owner = elements(shared("faults", "inputs", "bpmn-potential-owner.bpmn").read_bytes())[1].settings
    assert owner["assignment"] == {"candidateGroups": "quality"}
    foreign = elements(shared("faults", "inputs", "foreign-assignment.bpmn").read_bytes())[1].settings
    assert foreign == {"assignment": {"assignee": "gao"}, "form": {"key": "approve"}, "deadline": {"duration": "PT24H"}}
