"""A small company for tests: departments and roles, the cast, one product, the starting data, and a process to start."""

import pathlib

from kesu.complaints import deadlines as case_deadlines
from kesu.complaints import products, starting_data
from kesu.complaints.new_complaints import from_fields
from kesu.engine import clock, deadlines, definitions, identity, service_tasks
from kesu.handlers import registry

PROCESSES = pathlib.Path(__file__).resolve().parent.parent.parent / "processes"
DEPARTMENTS = ("customer_service", "quality", "technical", "logistics", "after_sales", "sales", "legal", "management")
ROLES = ("agent", "investigator", "approver", "manager", "owner", "auditor", "admin")
CAST = {
    "mara": ("Mara", ["manager", "management"]),
    "ada": ("Ada", ["approver", "legal"]),
    "ines": ("Ines", ["agent", "customer_service"]),
    "ivan": ("Ivan", ["investigator", "quality"]),
    "bo": ("Bo", ["approver", "technical"]),
    "otto": ("Otto", []),
}
SMALL = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:kesu="urn:kesu:bpmn:1" id="small" targetNamespace="urn:kesu:tests">
  <bpmn:process id="complaint" name="投诉" isExecutable="true">
    <bpmn:startEvent id="received"/>
    <bpmn:sequenceFlow id="a" sourceRef="received" targetRef="investigate"/>
    <bpmn:userTask id="investigate" name="调查">
      <bpmn:documentation>Investigate</bpmn:documentation>
      <bpmn:extensionElements>
        <kesu:assignment candidateGroups="quality"/><kesu:deadline kind="investigation" decision="time_limits"/>
        <kesu:moves allow="approve,reject"/>
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="b" sourceRef="investigate" targetRef="approve"/>
    <bpmn:userTask id="approve" name="审批">
      <bpmn:documentation>Approve</bpmn:documentation>
      <bpmn:extensionElements>
        <kesu:assignment candidateGroups="approver"/><kesu:deadline kind="approval" decision="time_limits"/>
        <kesu:moves allow="approve,reject" reject="chosen" afterwards="rerun"/><kesu:outcome variable="decision"/>
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="c" sourceRef="approve" targetRef="agreed"/>
    <bpmn:exclusiveGateway id="agreed" default="yes"/>
    <bpmn:sequenceFlow id="no" sourceRef="agreed" targetRef="investigate">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=decision = "rejected"</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="yes" sourceRef="agreed" targetRef="done"/>
    <bpmn:endEvent id="done"/>
  </bpmn:process>
</bpmn:definitions>"""


def plug():
    """Plug our service tasks and clocks in; return what was plugged before."""
    return service_tasks.plug(registry.build()), deadlines.plug(case_deadlines.CaseDeadlines())


def unplug(before):
    """Put back what was plugged before."""
    service_tasks.plug(before[0])
    deadlines.plug(before[1])


def found(db):
    """Write the company into an empty database."""
    with db.write() as connection:
        starting_data.install(connection)
        products.add_product(connection, "kettle", name="电水壶", name_en="Kettle", warranty_months=12)
        products.add_model(connection, "KX-100", product="kettle")
        _people(connection)


def publish_small(db):
    """Publish a process of two user tasks under the name of the real one."""
    publish_decisions(db)
    definitions.deploy(db, SMALL.encode(), actor="olga", comment="for tests")


def publish_shipped(db):
    """Publish the process that Kesu comes with."""
    publish_decisions(db)
    for path in sorted((PROCESSES / "forms").glob("*.json")):
        definitions.deploy_form(db, path.read_bytes(), actor="olga", comment="shipped")
    definitions.deploy(db, (PROCESSES / "complaint.bpmn").read_bytes(), actor="olga", comment="shipped")


def publish_decisions(db):
    """Publish the decision tables that Kesu comes with."""
    for path in sorted(PROCESSES.glob("*.dmn")):
        definitions.deploy_decisions(db, path.stem, path.read_bytes(), actor="olga", comment="shipped")


def complaint(**changes):
    """Return Carol's complaint with changes."""
    carol = {
        "name": "Carol",
        "phone": "+86 138 0000 1111",
        "email": "carol@example.com",
        "locale": "en",
        "product": "kettle",
        "description": "The handle broke off after three days of normal use.",
    }
    return from_fields({**carol, **changes})


def _people(connection):
    for key in DEPARTMENTS:
        identity.add_group(connection, key, kind="department", name=key)
    for key in ROLES:
        identity.add_group(connection, key, kind="role", name=key)
    for login, (name, groups) in CAST.items():
        above = None if login == "mara" else "mara"
        identity.add_person(
            connection, login, at=clock.now(), groups=groups, name=name, name_en=name, email=f"{login}@kesu.example", locale="en", superior=above
        )
    for department, head in {"quality": "ivan", "technical": "bo", "legal": "ada", "management": "mara", "customer_service": "ines"}.items():
        connection.execute(identity.groups.update().where(identity.groups.c.key == department).values(head=head))
