"""`/api/v1/complaints`: other programs hand complaints in, once each by idempotency key, and ask where one stands."""

import base64
import binascii
from typing import Any

from flask import Blueprint, Response, url_for
from sqlalchemy import Connection, Row

from kesu.complaints import attachments, intakes, new_complaints, receipts, tracking
from kesu.complaints.attachments import Upload
from kesu.complaints.problems import FieldProblem
from kesu.engine.errors import Invalid, sentence
from kesu.webui import case_scopes, complaint_forms
from kesu.webui.api.answers import body_with_files, given_key, one
from kesu.webui.api.bearers import caller
from kesu.webui.context import database, signed_in
from kesu.webui.permissions import requires

blueprint = Blueprint("api_complaints", __name__, url_prefix="/api/v1/complaints")
TEXTS = (
    "description",
    "name",
    "phone",
    "email",
    "address",
    "title",
    "product",
    "model",
    "batch",
    "serial",
    "order_number",
    "purchased_on",
    "currency",
    "category",
    "subcategory",
    "locale",
)
OTHERS = ("amount", "vip", "details", "attachments")


@blueprint.post("")
@requires("agent", "manager")
def create() -> Response:
    """Receive a complaint: 201 with number and tracking link, or 422 with a sentence for every wrong field.

    The same `Idempotency-Key` with the same content answers 200 with the first receipt; with other content it is refused (409).
    """
    given = body_with_files(**dict.fromkeys(TEXTS, str), amount=(str, int, float), vip=bool, details=dict, attachments=list)
    _refuse_unknown(given)
    files = [_upload(place, each) for place, each in enumerate(given.pop("attachments", None) or [])]
    again = _known(given_key())
    try:
        received = receipts.receive(database(), new_complaints.from_fields(given, files), channel="api", actor=caller(), idempotency_key=given_key())
    except Invalid as wrong:
        raise Invalid(wrong.template, [_told(problem) for problem in wrong.problems], **wrong.values) from wrong
    address = url_for("api_complaints.show", reference=received.reference)
    response = one({"reference": received.reference, "tracking": tracking.link(received.tracking_token)}, 200 if again else 201)
    response.headers["Location"] = address
    return response


@blueprint.get("/<reference>")
@requires()
def show(reference: str) -> Response:
    """Tell where a complaint stands, without the customer's name and number."""
    with database().read() as connection:
        case = case_scopes.case_for(connection, reference, signed_in())
        return one(_described(connection, case), version=case.version)


def _described(connection: Connection, case: Row[Any]) -> dict[str, Any]:
    names = (
        "reference",
        "status",
        "category",
        "subcategory",
        "grade",
        "priority",
        "safety",
        "channel",
        "title",
        "product",
        "model",
        "batch",
        "cycle",
    )
    told = {name: getattr(case, name) for name in names}
    moments = {name: at.isoformat() if (at := getattr(case, name)) else None for name in ("received_at", "status_since", "resolved_at", "closed_at")}
    files = [
        {"name": row.name, "content_type": row.content_type, "size": row.size, "sha256": row.sha256}
        for row in attachments.of_case(connection, case.reference)
    ]
    return told | moments | {"attachments": files}


def _refuse_unknown(given: dict[str, Any]) -> None:
    unknown = [{"field": name, "message": "no such field"} for name in given if name not in TEXTS + OTHERS]
    if unknown:
        raise Invalid(sentence("{count} entries of the request are not known."), unknown, count=len(unknown))


def _upload(place: int, given: Any) -> Upload:
    name = given.get("name") if isinstance(given, dict) else None
    content = given.get("content") if isinstance(given, dict) else None
    if not isinstance(name, str) or not isinstance(content, str):
        raise Invalid(
            sentence("Expected each attachment as an object with name and content (base64)."),
            [{"field": f"attachments[{place}]", "message": "expected {name, content}"}],
        )
    try:
        return Upload(name, base64.b64decode(content, validate=True))
    except (binascii.Error, ValueError) as error:
        raise Invalid(
            sentence("Expected the content of attachment {name} in base64."),
            [{"field": f"attachments[{place}].content", "message": "not base64"}],
            name=name[:80],
        ) from error


def _known(idempotency_key: str | None) -> bool:
    if idempotency_key is None:
        return False
    with database().read() as connection:
        return intakes.known(connection, f"api/{caller()}/{idempotency_key}") is not None


def _told(problem: Any) -> Any:
    return {"field": problem.field, "message": complaint_forms.told(problem)} if isinstance(problem, FieldProblem) else problem
