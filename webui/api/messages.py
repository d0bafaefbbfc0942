"""`/api/v1/messages` and `/api/v1/signals`: tell the processes what happened outside."""

from typing import Any

from flask import Blueprint, Response

from kesu.complaints import starts
from kesu.engine import definitions, messages, runtime
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
    _check_starts(given["name"], given.get("correlation") or {})
    moved = runtime.correlate(database(), given["name"], given.get("correlation") or {}, given.get("variables"), actor=caller(),
                              idempotency_key=key())
    return one({"kept": moved is None, "instance": moved.instance_id if moved else None}, 202 if moved is None else 201)


def _check_starts(name: str, correlation: dict[str, Any]) -> None:
    """Raise `Conflict` where the message would start what may not be started about a case."""
    about = next((str(value) for value in correlation.values()), None)
    with database().read() as connection:
        if not messages.waiting(connection, name, correlation):
            for key, _element in definitions.started_by(connection, "message", name):
                starts.check(connection, key, about)


@blueprint.post("/signals")
@requires("agent", "manager", "owner")
def create_signal() -> Response:
    """Reach everybody who listens to a signal."""
    given = body(name=str, variables=dict)
    owed(given, "name")
    return one({"reached": runtime.broadcast(database(), given["name"], given.get("variables"), actor=caller(), idempotency_key=key(),
                                             declared=True)}, 201)
