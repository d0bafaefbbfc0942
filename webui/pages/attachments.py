"""Attachments of a case, for those who may read the case."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from kesu.complaints import attachments
from kesu.webui import case_scopes, downloads
from kesu.webui.context import database, signed_in
from kesu.webui.permissions import requires

blueprint = Blueprint("attachments", __name__)


@blueprint.get("/cases/<reference>/attachments/<int:attachment_id>")
@requires()
def show(reference: str, attachment_id: int) -> ResponseReturnValue:
    """Give a file; pictures and films may be looked at in place."""
    with database().read() as connection:
        case_scopes.case_for(connection, reference, signed_in())
        row, content = attachments.read(connection, reference, attachment_id)
    return downloads.file(row, content)
