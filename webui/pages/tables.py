"""Decision tables: which there are, what they say, what comes out of them, and the editor with its draft, checks and publishing."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, generate_csrf

from kesu import rules
from kesu.engine import definitions, drafts, resources
from kesu.engine.errors import Failed, Invalid, NotFound, Overtaken, Rejected, sentence
from kesu.engine.resources import DMN
from kesu.webui import decision_shelves, finding_words
from kesu.webui.addresses import number, version_in
from kesu.webui.context import database, signed_in
from kesu.webui.errors import FORGED, answer, say
from kesu.webui.history_words import said
from kesu.webui.permissions import requires
from kesu.webui.protections import relax_styles

blueprint = Blueprint("tables", __name__)
READERS = ("owner", "manager", "auditor")


@blueprint.get("/tables")
@requires(*READERS)
def index() -> ResponseReturnValue:
    """List the decision tables."""
    with database().read() as connection:
        return render_template("tables/index.html", shelves=decision_shelves.all_tables(connection))


@blueprint.get("/tables/<key>")
@requires(*READERS)
def show(key: str) -> ResponseReturnValue:
    """Show one version of a table in words, and what comes out of it for the inputs in the address."""
    with database().read() as connection:
        shelf = decision_shelves.shelf(connection, key)
        versions = resources.versions(connection, DMN, key)
    wished = request.args.get("version", type=number)
    shown = next((each for each in versions if wished in (None, each.version)), None)
    if shown is None:
        raise NotFound(sentence("Expected a published version of the table {key}, but there is no version {version}."), key=key, version=wished or 0)
    given = {name.removeprefix("in."): value for name, value in request.args.items() if name.startswith("in.")}
    decision = request.args.get("decision") or next(iter(shelf.decisions))
    result, trouble = _tried(shown.content, decision, given) if given else (None, "")
    return render_template("tables/show.html", shelf=shelf, versions=versions, shown=shown, tables=decision_shelves.tables(shown.content),
                           inputs=decision_shelves.inputs(shown.content), given=given, decision=decision, trouble=trouble,
                           answer=said(rules.to_json(result.value)) if result else "", tried=result is not None,
                           fired={rule for _decision, rule, _number in result.fired} if result else set())


@blueprint.get("/tables/<key>/versions/<int:version>.dmn")
@requires(*READERS)
def file(key: str, version: int) -> ResponseReturnValue:
    """Return a published table, byte for byte."""
    with database().read() as connection:
        found = next((each for each in resources.versions(connection, DMN, key) if each.version == version), None)
    if found is None:
        raise NotFound(sentence("Expected a published version of the table {key}, but there is no version {version}."), key=key, version=version)
    return Response(found.content, mimetype="application/xml", headers={"Content-Disposition": f'attachment; filename="{key}-{version}.dmn"'})


@blueprint.get("/tables/<key>/designer")
@requires("owner")
def designer(key: str) -> ResponseReturnValue:
    """Open the draft, or the newest version, in the editor."""
    with database().read() as connection:
        shelf = decision_shelves.shelf(connection, key)
    content = shelf.draft.content if shelf.draft else shelf.newest.content if shelf.newest else b""
    settings = {"xml": content.decode(), "draft_version": shelf.draft.version if shelf.draft else 0, "csrf": generate_csrf(),
                "inputs": [each.__dict__ for each in decision_shelves.inputs(content)], "decisions": shelf.decisions,
                "urls": {"draft": url_for(".save", key=key), "validation": url_for(".validate", key=key), "trial": url_for(".try_", key=key),
                         "publication": url_for(".publish", key=key)}}
    return render_template("tables/designer.html", shelf=shelf, settings=settings, nonce=relax_styles())


@blueprint.put("/tables/<key>/draft")
@requires("owner")
def save(key: str) -> ResponseReturnValue:
    """Save the draft over the version that the editor opened."""
    sent, xml = _sent()
    decision_shelves.read(xml)  # refuses what is not harmless DMN, so that no such thing is ever kept
    draft = drafts.save(database(), DMN, key, xml, seen=version_in(sent.get("seen")), actor=signed_in().login)
    return jsonify(version=draft.version, saved_at=draft.saved_at.isoformat(), saved_by=draft.saved_by)


@blueprint.post("/tables/<key>/validation")
@requires("owner")
def validate(key: str) -> ResponseReturnValue:
    """Tell every finding with its cell; stores nothing."""
    try:
        found = [finding_words.told(problem) for problem in definitions.decisions_of(database(), _sent()[1]).check()]
    except Invalid as refusal:
        found = finding_words.of_refusal(refusal)
    return jsonify(problems=found)


@blueprint.post("/tables/<key>/trials")
@requires("owner")
def try_(key: str) -> ResponseReturnValue:
    """Evaluate a decision as it is drawn now; tell the answer and the rules that fired."""
    sent, xml = _sent()
    given = sent.get("inputs") if isinstance(sent.get("inputs"), dict) else {}
    result = decision_shelves.try_out(database(), xml, str(sent.get("decision")), {str(name): str(value) for name, value in given.items()})
    return jsonify(value=rules.to_json(result.value), fired=[{"decision": one, "rule": rule, "number": number} for one, rule, number in result.fired])


@blueprint.post("/tables/<key>/deployments")
@requires("owner")
def publish(key: str) -> ResponseReturnValue:
    """Publish the draft that was seen; refused with every finding where it cannot be evaluated right."""
    sent = request.get_json(silent=True) or {}
    with database().read() as connection:
        draft = drafts.find(connection, DMN, key)
    if draft is None:
        raise NotFound(sentence("There is no draft of the table {key}."), key=key)
    if draft.version != version_in(sent.get("seen")):
        raise Overtaken(sentence("{who} saved version {version} of the draft after you opened it. Load the page again and look at it before you "
                                "publish."), who=draft.saved_by, version=draft.version)
    published = definitions.deploy_decisions(database(), key, draft.content, actor=signed_in().login,
                                             comment=str(sent.get("comment") or "").strip()[:500])
    with database().write() as connection:
        drafts.published(connection, draft)
    flash(_("Published as version %(version)s. New cases follow it; running ones keep theirs.", version=published.version))
    return jsonify(version=published.version, location=url_for(".show", key=key)), 201


@blueprint.errorhandler(Rejected)
def rejected(refusal: Rejected) -> ResponseReturnValue:
    """Answer the editor in JSON, everybody else with a page."""
    if not request.is_json:
        return answer(refusal.status, say(refusal))
    found = finding_words.of_refusal(refusal) if isinstance(refusal, Invalid) else []
    return jsonify(detail=say(refusal), problems=found), refusal.status


@blueprint.errorhandler(Failed)
def failed(failure: Failed) -> ResponseReturnValue:
    """Say that the world is at fault and nothing is lost."""
    return (jsonify(detail=say(failure)), 503) if request.is_json else answer(503, say(failure))


@blueprint.errorhandler(CSRFError)
def forged(_error: CSRFError) -> ResponseReturnValue:
    """Say that the page is of another session."""
    return (jsonify(detail=_(FORGED)), 400) if request.is_json else answer(400, _(FORGED))


def _sent() -> tuple[dict[str, Any], bytes]:
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise Invalid(sentence("Expected a JSON object with the table under xml."))
    return sent, str(sent.get("xml") or "").encode()


def _tried(content: bytes, decision: str, given: dict[str, str]) -> tuple[rules.Result | None, str]:
    try:
        return decision_shelves.try_out(database(), content, decision, given), ""
    except Invalid as refusal:
        return None, say(refusal)
