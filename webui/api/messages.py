"""`/api/v1/messages` and `/api/v1/signals`: tell the processes what happened outside."""

from typing import Any

from flask import Blueprint, Response

from kesu.complaints import inbound, starts
from kesu.engine import definitions, messages, runtime
from kesu.engine.service_tasks import Write
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
    writes = _starting(given["name"], given.get("correlation") or {})
    moved = runtime.correlate(database(), given["name"], given.get("correlation") or {}, given.get("variables"), actor=caller(),
                              idempotency_key=key(), writes=writes)
    _overhear(given)
    return one({"kept": moved is None, "instance": moved.instance_id if moved else None}, 202 if moved is None else 201)


def _starting(name: str, correlation: dict[str, Any]) -> tuple[Write, ...]:
    """Return what joins the start of a process. Raises `Conflict` where the message would start what may not be started about a case."""
    about = next((str(value) for value in correlation.values()), None)
    with database().read() as connection:
        started = (
            []
            if messages.waiting(connection, name, correlation)
            else definitions.started_by(connection, "message", name)
        )
        for key, _element in started:
            starts.check(connection, key, about)
    return (starts.alone(about),) if started else ()


def _overhear(given: dict[str, Any]) -> None:
    """Let what was said of a case be judged for danger, whichever field it stands in."""
    said = [value for value in (given.get("variables") or {}).values() if isinstance(value, str)]
    about = [str(value).partition("/")[0] for value in (given.get("correlation") or {}).values()]
    inbound.overhear(database(), said, about, actor=caller())


@blueprint.post("/signals")
@requires("agent", "manager", "owner")
def create_signal() -> Response:
    """Reach everybody who listens to a signal."""
    given = body(name=str, variables=dict)
    owed(given, "name")
    return one({"reached": runtime.broadcast(database(), given["name"], given.get("variables"), actor=caller(), idempotency_key=key(),
                                             declared=True)}, 201)
