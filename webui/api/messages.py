"""`/api/v1/messages` and `/api/v1/signals`: tell the processes what happened outside."""

from flask import Blueprint, Response

from kesu.engine import runtime
from kesu.webui.api.answers import body, key, one, owed
from kesu.webui.api.bearers import caller
from kesu.webui.context import database
from kesu.webui.permissions import requires

blueprint = Blueprint("api_messages", __name__, url_prefix="/api/v1")


@blueprint.post("/messages")
@requires("agent", "manager", "owner")
def create_message() -> Response:
    """Deliver a message to the instance that waits for it, start one, or keep it until somebody waits."""
    given = body(name=str, correlation=dict, variables=dict)
    owed(given, "name")
    moved = runtime.correlate(database(), given["name"], given.get("correlation") or {}, given.get("variables"), actor=caller(),
                              idempotency_key=key())
    return one({"kept": moved is None, "instance": moved.instance_id if moved else None}, 202 if moved is None else 201)


@blueprint.post("/signals")
@requires("agent", "manager", "owner")
def create_signal() -> Response:
    """Reach everybody who listens to a signal."""
    given = body(name=str, variables=dict)
    owed(given, "name")
    return one({"reached": runtime.broadcast(database(), given["name"], given.get("variables"), actor=caller(), idempotency_key=key())}, 201)
