"""Parameters of service tasks against the signatures of their functions: refused before publishing, with element and sentence."""

from datetime import date

import pytest

from kesu.engine import definitions, service_tasks
from kesu.engine.errors import Invalid
from kesu.engine.service_tasks import Registry, Topic, done
from tests.engine.diagrams import diagram, extension


def pay(task, amount: int, to: str, on: date | None = None, note="", items: list[str] | None = None):
    return done()


def anything(task, **whatever):
    return done()


@pytest.fixture
def registered():
    """The two topics of these tests."""
    before = service_tasks.plug(Registry([Topic("pay", pay), Topic("anything", anything)]))
    yield
    service_tasks.plug(before)


def calling(topic="pay", **parameters):
    inner = "".join(f"<spiffworkflow:parameter id='{name}' value='{value}'/>" for name, value in parameters.items())
    operator = f'<spiffworkflow:serviceTaskOperator id="{topic}"><spiffworkflow:parameters>{inner}</spiffworkflow:parameters>'
    return diagram("start:s service:call end:e", inner={"call": extension(operator + "</spiffworkflow:serviceTaskOperator>")})


def found(db, **parameters):
    return [(each.element, each.rule, each.values["parameter"]) for each in definitions.problems(db, calling(**parameters))]


@pytest.mark.parametrize("parameters", [
    {"amount": "3", "to": '"Carol"'}, {"amount": "price * 2", "to": "name"}, {"amount": "1 + 2", "to": "string(3)", "on": 'date("2026-03-02")'},
    {"amount": "3", "to": "x", "on": "null", "note": "7", "items": '["a"]'}, {"amount": "if a then 1 else b", "to": "x.y"}])
def test_what_fits_or_depends_on_variables_is_let_pass(db, registered, parameters):
    assert found(db, **parameters) == []


@pytest.mark.parametrize(("parameters", "problem"), [
    ({"amount": "3"}, ("call", "missing_parameter", "to")),
    ({"amount": "3", "to": '"Carol"', "amuont": "4"}, ("call", "unknown_parameter", "amuont")),
    ({"amount": '"3"', "to": '"Carol"'}, ("call", "parameter_type", "amount")),
    ({"amount": "3", "to": "a > 3"}, ("call", "parameter_type", "to")),
    ({"amount": "null", "to": '"Carol"'}, ("call", "parameter_type", "amount")),
    ({"amount": "3", "to": '"Carol"', "on": '"2026-03-02"'}, ("call", "parameter_type", "on")),
    ({"amount": "3", "to": '"Carol"', "items": '"a, b"'}, ("call", "parameter_type", "items"))])
def test_what_does_not_fit_is_refused_by_name(db, registered, parameters, problem):
    assert found(db, **parameters) == [problem]
    with pytest.raises(Invalid) as refusal:
        definitions.deploy(db, calling(**parameters), actor="olga")
    assert "pay" in str(refusal.value.problems[0]) and problem[2] in str(refusal.value.problems[0])


def test_a_function_that_takes_anything_is_given_anything(db, registered):
    assert found(db, topic="anything", x="1") == []


def test_the_designer_sees_what_a_topic_takes(registered):
    told = service_tasks.registry().find("pay").parameters()
    assert {name: (each["type"], each["required"]) for name, each in told.items()} == {
        "amount": ("int", True), "to": ("str", True), "on": ("date | None", False), "note": ("any", False), "items": ("list[str] | None", False)}
