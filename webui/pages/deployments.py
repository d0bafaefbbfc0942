"""Publishing: the draft becomes the next version. New cases follow it, running ones keep theirs."""

from flask import Blueprint, flash, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError

from kesu.engine import definitions, drafts, spiff
from kesu.engine.drafts import Draft
from kesu.engine.errors import Failed, Invalid, NotFound, Overtaken, Rejected, sentence
from kesu.engine.resources import BPMN
from kesu.webui.addresses import version_in
from kesu.webui.context import database, signed_in
from kesu.webui.pages.drafts import failed, forged, rejected
from kesu.webui.permissions import requires

blueprint = Blueprint("deployments", __name__)
blueprint.register_error_handler(Rejected, rejected)
blueprint.register_error_handler(Failed, failed)
blueprint.register_error_handler(CSRFError, forged)


@blueprint.post("/diagrams/<key>/deployments")
@requires("owner")
def create(key: str) -> ResponseReturnValue:
    """Publish the draft that was seen; refused with every problem where it cannot be executed right."""
    sent = request.get_json(silent=True) or {}
    draft = _seen_draft(key, version_in(sent.get("seen")))
    published = definitions.deploy(
        database(),
        draft.content,
        actor=signed_in().login,
        comment=str(sent.get("comment") or "").strip()[:500],
        executable=sent.get("executable") is True,
    )
    with database().write() as connection:
        drafts.published(connection, draft)
    version = next(each.version for each in published if each.key == key)
    flash(_("Published as version %(version)s. New cases follow it; running ones keep theirs.", version=version))
    return jsonify(version=version, location=url_for("diagrams.show", key=key)), 201


def _seen_draft(key: str, seen: int) -> Draft:
    with database().read() as connection:
        draft = drafts.find(connection, BPMN, key)
    if draft is None:
        raise NotFound(sentence("There is no draft of process {key}."), key=key)
    if draft.version != seen:
        raise Overtaken(
            sentence(
                "{who} saved version {version} of the draft after you opened it. "
                "Load the page again and look at it before you publish."
            ),
            who=draft.saved_by,
            version=draft.version,
        )
    if key not in spiff.process_ids(draft.content):
        raise Invalid(
            sentence(
                "The process of this drawing is no longer called {key}. Give the process that id again, or begin a new process."
            ),
            key=key,
        )
    return draft
