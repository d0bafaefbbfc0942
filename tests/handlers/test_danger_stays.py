"""Nobody who mends a stuck case, and no redrawn diagram, takes a danger back on the way: that is an act of its own."""

import pytest

from kesu.complaints import cases, dangers, new_complaints, receipts
from kesu.engine import definitions, incidents, instances, jobs, runtime, worker
from kesu.engine.errors import Conflict
from tests.complaints import companies

BURNED = {"name": "王测试", "phone": "13600001111", "description": "插座起火冒烟，差点烧了房子"}
LOWERS = """<bpmn:scriptTask id="lowers" name="lowers" scriptFormat="feel"><bpmn:script>={ "safety": false }</bpmn:script>
</bpmn:scriptTask><bpmn:sequenceFlow id="z" sourceRef="lowers" targetRef="investigate"/>"""


def receive(db):
    return receipts.receive(db, new_complaints.from_fields(BURNED), channel="web").reference


def seen(db, reference):
    with db.read() as connection:
        return cases.find(connection, reference).safety, instances.by_business_key(connection, reference).variables["safety"]


@pytest.fixture
def stuck(company, turned, monkeypatch):
    """A dangerous case whose classification fails for good: its reference and the incident."""
    def broken(*_args, **_told):
        raise RuntimeError("broken")

    monkeypatch.setattr("kesu.complaints.classification.classify", broken)
    reference = receive(company)
    for _ in range(8):
        worker.drain(company)
        turned.advance(jobs.FIRST_PAUSE * 100)
    with company.read() as connection:
        instance = instances.by_business_key(connection, reference)
        return reference, incidents.listed(connection, instance_id=instance.id)[0]


@pytest.mark.parametrize("said", [False, None, "", "false", 0])
def test_a_repair_does_not_lower_danger(company, stuck, said):
    reference, incident = stuck
    assert seen(company, reference) == (True, True)
    for repair in (lambda: runtime.retry(company, incident.id, actor="mara", variables={"safety": said}),
                   lambda: runtime.skip(company, incident.id, actor="mara", reason="x", variables={"safety": said})):
        with pytest.raises(Conflict, match="all-clear"):
            repair()
    told = runtime.many(company, [incident.id], actor="mara", variables={"safety": said})
    assert "all-clear" in str(told[incident.id])
    assert seen(company, reference) == (True, True)
    with company.read() as connection:
        assert incidents.find(connection, incident.id) == incident


def test_a_repair_that_leaves_danger_alone_goes_on(company, stuck):
    reference, incident = stuck
    runtime.skip(company, incident.id, actor="mara", reason="by hand", variables={"safety": True, "category": "quality"})
    assert seen(company, reference) == (True, True)


def test_a_script_of_a_redrawn_diagram_does_not_lower_the_case(company, turned):
    drawn = companies.SMALL.replace('<bpmn:userTask id="investigate"', LOWERS + '<bpmn:userTask id="investigate"', 1)
    drawn = drawn.replace('targetRef="investigate"/>', 'targetRef="lowers"/>', 1)
    definitions.deploy(company, drawn.encode(), actor="olga", comment="redrawn")
    reference = receive(company)
    worker.drain(company)
    assert seen(company, reference)[0] is True
    dangers.follow(company, reference)
    assert seen(company, reference) == (True, True)
