"""`/api/v1/incidents`: where cases stand still, and the ways on."""

from typing import Any

from flask import Blueprint, Response, request

from kesu.engine import incidents, runtime
from kesu.engine.errors import Invalid, sentence
from kesu.engine.incidents import Incident
from kesu.webui.api.answers import LIMIT, body, cursor, ids, number, one, owed, page
from kesu.webui.api.bearers import caller
from kesu.webui.context import database
from kesu.webui.permissions import requires

blueprint = Blueprint("api_incidents", __name__, url_prefix="/api/v1/incidents")


@blueprint.get("")
@requires("manager", "owner", "auditor")
def index() -> Response:
    """List open incidents, the latest first."""
    instance_id, before = number("instance"), cursor() or None
    with database().read() as connection:
        found = incidents.listed(connection, definition_key=request.args.get("definition"), instance_id=instance_id, kind=request.args.get("kind"),
                                 element_id=request.args.get("element"), before=before, limit=LIMIT + 1)
    return page(found, _described)


@blueprint.post("/<int:incident_id>/resolution")
@requires("owner", "manager")
def resolve(incident_id: int) -> Response:
    """Retry (with changed variables if given) or skip one incident."""
    given = body(resolution=str, variables=dict, reason=str)
    owed(given, "resolution")
    if given["resolution"] == "retry":
        runtime.retry(database(), incident_id, actor=caller(), variables=given.get("variables"))
    elif given["resolution"] == "skip":
        owed(given, "reason")
        runtime.skip(database(), incident_id, actor=caller(), reason=given["reason"], variables=given.get("variables"))
    else:
        raise Invalid(sentence("Expected the resolution retry or skip, but got {resolution}."), resolution=given["resolution"])
    with database().read() as connection:
        return one(_described(incidents.find(connection, incident_id)))


@blueprint.post("/resolutions")
@requires("owner", "manager")
def resolve_many() -> Response:
    """Retry many incidents, or with a reason skip them; answers a sentence for each that did not work."""
    given = body(ids=list, skip_reason=str)
    told = runtime.many(database(), ids(given, "ids"), actor=caller(), skipping=given.get("skip_reason"))
    return one({"results": {str(each): str(refusal or "") for each, refusal in told.items()}})


def _described(incident: Incident) -> dict[str, Any]:
    return {"id": incident.id, "kind": incident.kind, "instance": incident.instance_id, "definition": incident.definition_key,
            "business_key": incident.business_key, "element_id": incident.element_id, "message": incident.message,
            "opened_at": incident.opened_at.isoformat(), "resolved_at": incident.resolved_at.isoformat() if incident.resolved_at else None,
            "resolution": incident.resolution}
