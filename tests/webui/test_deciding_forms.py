"""A form for approving and rejecting does so, also on a step that names no outcome variable: gateways read `decision`."""

import json

import pytest

from kesu.engine import definitions, runtime, user_tasks
from tests.conftest import ROOT
from tests.engine.diagrams import diagram, extension

STEP = extension('<kesu:assignment assignee="ada"/>', '<kesu:form key="approve"/>')


@pytest.mark.parametrize(("outcome", "follows"), [("approved", "yes"), ("rejected", "no")])
def test_it_offers_a_refusal_and_the_diagram_hears_of_it(company, reader, outcome, follows):
    definitions.deploy_form(company, (ROOT / "processes/forms/approve.json").read_bytes(), actor="olga")
    assert json.loads((ROOT / "processes/forms/approve.json").read_text("utf-8"))["properties"]["decides"] is True
    flows = 'start:s user:a xor:g user:yes end:e; g user:no [decision = "rejected"]; no e'
    who = extension('<kesu:assignment assignee="bo"/>')
    drawn = diagram(flows, key="plain", inner={"a": STEP, "yes": who, "no": who}, attributes={"g": 'default="f0_2"'})
    definitions.deploy(company, drawn, actor="olga")
    instance = runtime.start(company, "plain", actor="ines").instance_id
    with company.read() as connection:
        [task] = user_tasks.of_instance(connection, instance)
    reader.sign_in("ada")
    page = reader.get(f"/tasks/{task.id}").text
    assert 'value="approved"' in page and 'value="rejected"' in page
    runtime.complete(company, task.id, actor="ada", outcome=outcome)
    with company.read() as connection:
        assert [each.element_id for each in user_tasks.of_instance(connection, instance, only_open=True)] == [follows]
