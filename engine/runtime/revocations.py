"""Revoking after approval: a request of its own, approved one after another by those who approved; the original keeps its state until then."""

from sqlalchemy import Connection, select

from kesu.engine import ballots, commands, definitions, identity, instances, service_tasks, user_tasks, values
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Forbidden, Invalid, NotFound, sentence
from kesu.engine.history import Event
from kesu.engine.identity import SYSTEM
from kesu.engine.instances import ACTIVE, COMPLETED, REVOKED, SUSPENDED, Instance
from kesu.engine.jobs import Job
from kesu.engine.runtime import work
from kesu.engine.runtime.acts import runs_it
from kesu.engine.runtime.endings import APPROVED
from kesu.engine.runtime.starts import Moved, begin
from kesu.engine.runtime.steps import Step, by_id, command

KEY, TOPIC = "kesu_revocation", "kesu.revoke"
DIAGRAM = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kesu="urn:kesu:bpmn:1" id="revocation_definitions"
    xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" targetNamespace="urn:kesu:processes:revocation">
  <bpmn:process id="{KEY}" name="撤销已批准的事项" isExecutable="true">
    <bpmn:startEvent id="asked"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="agree" name="同意撤销"><bpmn:documentation>Agree to the revocation</bpmn:documentation>
      <bpmn:extensionElements><kesu:ballot mode="in_turn" voters="=approvers"/></bpmn:extensionElements></bpmn:userTask>
    <bpmn:exclusiveGateway id="agreed" default="f4"/>
    <bpmn:serviceTask id="revoke" name="撤销"><bpmn:documentation>Revoke</bpmn:documentation>
      <bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="{TOPIC}"/></bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:endEvent id="revoked"/><bpmn:endEvent id="refused"/>
    <bpmn:sequenceFlow id="f1" sourceRef="asked" targetRef="agree"/><bpmn:sequenceFlow id="f2" sourceRef="agree" targetRef="agreed"/>
    <bpmn:sequenceFlow id="f3" sourceRef="agreed" targetRef="revoke"><bpmn:conditionExpression>outcome = "approved"</bpmn:conditionExpression>
    </bpmn:sequenceFlow><bpmn:sequenceFlow id="f4" sourceRef="agreed" targetRef="refused"/>
    <bpmn:sequenceFlow id="f5" sourceRef="revoke" targetRef="revoked"/>
  </bpmn:process>
</bpmn:definitions>
"""


def revoke(db: Database, instance_id: int, *, actor: str, reason: str | None, idempotency_key: str | None = None) -> Moved:
    """Ask for an approved case to be revoked; returns the request. Its initiator and managers only.

    Raises `Invalid` without a reason, `Conflict` where it is not approved, was approved by nobody, or is being revoked already.
    """
    if not (reason or "").strip():
        raise Invalid(sentence("Expected a reason for the revocation: those who approved have to know why."))
    bound = commands.bound(idempotency_key, "revoke", actor, instance_id, reason)
    with db.read() as connection:
        known = commands.answered(connection, bound)
        if known is not None:
            return Moved(**known)
        instance = instances.find(connection, instance_id)
        _check(connection, instance, actor)
        approvers = approvers_of(connection, instance_id)
        if not approvers:
            raise Conflict(sentence("Nobody has approved this case, so there is nothing to revoke."))
    _publish(db)
    variables = {"revokes": instance_id, "approvers": approvers, "reason": reason}
    return begin(db, KEY, bound, actor=actor, business_key=instance.business_key, variables=variables,
                 writes=[lambda connection: _check_alone(connection, instance_id)])


def approvers_of(connection: Connection, instance_id: int) -> list[str]:
    """Return who said yes in rounds that still stand, in order of time, each once."""
    found: list[str] = []
    for task in user_tasks.of_instance(connection, instance_id):
        if task.state == user_tasks.COMPLETED and task.outcome == APPROVED and task.superseded_by is None:
            said_yes = [each for each in ballots.of_task(connection, task.id) if each.state == ballots.YES and each.counts]
            found += [each.voter for each in said_yes] if task.ballot else [task.ended_by or SYSTEM]
    return identity.active(connection, [login for login in found if login != SYSTEM])


def _check(connection: Connection, instance: Instance, actor: str) -> None:
    if actor != instance.started_by and not runs_it(connection, actor):
        raise Forbidden(sentence("Only who started the case, managers and administrators may ask for its revocation."))
    if instance.state != COMPLETED:
        raise Conflict(sentence("Only a completed case can be revoked; this one is {state}. Withdraw or cancel it instead."), state=instance.state)
    _check_requests(_requests(connection, instance.id))


def _check_alone(connection: Connection, instance_id: int) -> None:
    """Of two who ask at the same moment one is first: the case is locked until theirs is written, and the other finds it."""
    connection.execute(select(instances.instances.c.id).where(instances.instances.c.id == instance_id).with_for_update())
    _check_requests(_requests(connection, instance_id)[:-1])


def _check_requests(found: list[int]) -> None:
    if found:
        raise Conflict(sentence("The revocation of this case is being decided already, as case {id}."), id=found[0])


def _requests(connection: Connection, instance_id: int) -> list[int]:
    query = select(instances.instances.c.id, instances.instances.c.variables).where(
        instances.instances.c.definition_key == KEY, instances.instances.c.state.in_([ACTIVE, SUSPENDED])).order_by(instances.instances.c.id)
    return [row.id for row in connection.execute(query) if row.variables.get("revokes") == instance_id]


def _publish(db: Database) -> None:
    with db.read() as connection:
        try:
            definitions.latest(connection, KEY)
            return
        except NotFound:
            pass
    definitions.deploy(db, DIAGRAM.encode(), actor=SYSTEM, comment="built in")


def _carry_out(db: Database, job: Job) -> None:
    with db.read() as connection:
        variables = values.lively(instances.find(connection, job.instance_id or 0).variables)

    def act(step: Step) -> None:
        assert step.instance is not None
        if step.instance.state == COMPLETED:
            step.columns["state"] = step.state = REVOKED
            step.events.append(Event("revoked", SYSTEM, step.now, reason=str(variables.get("reason")), details={"by_case": job.instance_id}))
            step.abandoned = True

    command(db, by_id(int(variables["revokes"])), act, actor=SYSTEM, key=commands.bound(f"{job.key}/revoke", "revoke", job.instance_id))


work.BUILT_IN[TOPIC] = _carry_out
service_tasks.BUILT_IN.add(TOPIC)
