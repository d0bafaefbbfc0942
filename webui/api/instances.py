"""`/api/v1/instances`: start, look at, suspend, end; the whole history in order."""

from typing import Any

from flask import Blueprint, Response, jsonify

from kesu.complaints import starts
from kesu.engine import history, instances, runtime
from kesu.engine.instances import Instance
from kesu.webui.api.answers import LIMIT, body, cursor, key, one, owed, told
from kesu.webui.api.bearers import caller
from kesu.webui.context import database
from kesu.webui.permissions import requires

blueprint = Blueprint("api_instances", __name__, url_prefix="/api/v1/instances")


@blueprint.post("")
@requires("agent", "manager", "owner")
def create() -> Response:
    """Start the latest version of a process."""
    given = body(definition=str, business_key=str, variables=dict)
    owed(given, "definition")
    with database().read() as connection:
        starts.check(connection, given["definition"], given.get("business_key"))
    moved = runtime.start(
        database(),
        given["definition"],
        actor=caller(),
        business_key=given.get("business_key"),
        variables=given.get("variables"),
        idempotency_key=key(),
        writes=[starts.alone(given.get("business_key"))],
    )
    return one({"id": moved.instance_id, "state": moved.state}, 201)


@blueprint.get("/<int:instance_id>")
@requires("agent", "manager", "owner", "auditor")
def show(instance_id: int) -> Response:
    """Show where an instance stands, and its variables."""
    with database().read() as connection:
        instance = instances.find(connection, instance_id)
    return one(_described(instance), version=instance.version)


@blueprint.get("/<int:instance_id>/history")
@requires("manager", "owner", "auditor")
def show_history(instance_id: int) -> Response:
    """List every event of an instance in order."""
    after = cursor()
    with database().read() as connection:
        instances.find(connection, instance_id)
        events = history.of_instance(connection, instance_id, after=after, limit=10 * LIMIT + 1)
    shown = events[: 10 * LIMIT]
    return jsonify(items=[_event(each) for each in shown], next=shown[-1]["sequence"] if len(events) > len(shown) else None)


@blueprint.get("/<int:instance_id>/history/verification")
@requires("manager", "owner", "auditor")
def verify(instance_id: int) -> Response:
    """Check the hash chain of an instance's history."""
    with database().read() as connection:
        instances.find(connection, instance_id)
        verdict = history.verify(connection, instance_id)
    return one({"intact": verdict.intact, "length": verdict.length, "head": verdict.head, "broken_at": verdict.broken_at})


@blueprint.put("/<int:instance_id>/suspension")
@requires("manager")
def suspend(instance_id: int) -> Response:
    """Stop an instance for a while."""
    return _moved(runtime.suspend(database(), instance_id, actor=caller(), reason=body(reason=str).get("reason"), idempotency_key=key()))


@blueprint.delete("/<int:instance_id>/suspension")
@requires("manager")
def activate(instance_id: int) -> Response:
    """Let a suspended instance go on."""
    return _moved(runtime.activate(database(), instance_id, actor=caller(), idempotency_key=key()))


@blueprint.post("/<int:instance_id>/cancellation")
@requires("agent", "manager")
def cancel(instance_id: int) -> Response:
    """End an instance because it is no longer wanted."""
    return _moved(runtime.cancel(database(), instance_id, actor=caller(), reason=body(reason=str).get("reason"), idempotency_key=key()))


@blueprint.post("/<int:instance_id>/termination")
@requires("manager")
def terminate(instance_id: int) -> Response:
    """End an instance by decision of those who run it."""
    return _moved(runtime.terminate(database(), instance_id, actor=caller(), reason=body(reason=str).get("reason"), idempotency_key=key()))


@blueprint.post("/<int:instance_id>/withdrawal")
@requires()
def withdraw(instance_id: int) -> Response:
    """Take a running case back to its first step; its initiator only."""
    given = body(reason=str, target=str)
    return _moved(runtime.withdraw(database(), instance_id, actor=caller(), reason=given.get("reason"), target=given.get("target"),
                                   idempotency_key=key()))


@blueprint.post("/<int:instance_id>/revocation")
@requires()
def revoke(instance_id: int) -> Response:
    """Ask those who approved a completed case to revoke it; answers the request, a case of its own."""
    return _moved(runtime.revoke(database(), instance_id, actor=caller(), reason=body(reason=str).get("reason"), idempotency_key=key()))


def _moved(moved: runtime.Moved) -> Response:
    return one({"id": moved.instance_id, "state": moved.state})


def _described(instance: Instance) -> dict[str, Any]:
    return {"id": instance.id, "state": instance.state, "definition": instance.definition_key, "version": instance.definition_version,
            "business_key": instance.business_key, "variables": told(instance.variables), "started_at": instance.started_at.isoformat(),
            "started_by": instance.started_by, "ended_at": instance.ended_at.isoformat() if instance.ended_at else None}


def _event(row: dict[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in row.items() if name != "instance_id"}, "at": row["at"].isoformat()}
