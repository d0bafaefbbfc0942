"""Drafts of diagrams, spoken to by the designer in JSON: save over the version that was seen, check. Dropping is the same for every kind of draft."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError

from kesu.engine import definitions, drafts, spiff
from kesu.engine.errors import Failed, Invalid, Rejected, sentence
from kesu.engine.resources import BPMN, DMN, FORM
from kesu.engine.spiff.problems import Problem, Question
from kesu.webui import phrases
from kesu.webui.addresses import version_in
from kesu.webui.context import database, signed_in
from kesu.webui.element_names import element_names, in_names
from kesu.webui.errors import FORGED, say
from kesu.webui.permissions import requires

blueprint = Blueprint("drafts", __name__)
LISTS = {BPMN: "diagrams.index", DMN: "tables.index", FORM: "forms.index"}


@blueprint.put("/diagrams/<key>/draft")
@requires("owner")
def save(key: str) -> ResponseReturnValue:
    """Save the draft over the version that the designer opened."""
    xml = _xml()
    spiff.process_ids(xml)  # refuses what is not harmless BPMN, so that no such thing is ever kept
    draft = drafts.save(database(), BPMN, key, xml, seen=version_in(_sent().get("seen")), actor=signed_in().login)
    return jsonify(version=draft.version, saved_at=draft.saved_at.isoformat(), saved_by=draft.saved_by)


@blueprint.delete("/diagrams/<key>/draft", defaults={"kind": BPMN})
@blueprint.delete("/tables/<key>/draft", defaults={"kind": DMN})
@blueprint.delete("/forms/<key>/draft", defaults={"kind": FORM})
@requires("owner")
def delete(kind: str, key: str) -> ResponseReturnValue:
    """Drop the draft of a diagram, a table or a form; what is published stays as it is."""
    with database().write() as connection:
        drafts.discard(connection, kind, key)
    flash(_("The draft was dropped."))
    return redirect(url_for(LISTS[kind]), 303)


@blueprint.post("/diagrams/<key>/validation")
@requires("owner")
def validate(key: str) -> ResponseReturnValue:
    """Tell everything that speaks against publishing what is on the canvas; stores nothing."""
    xml = _xml()
    try:
        found = definitions.problems(database(), xml)
    except Invalid as refusal:
        found = refusal.problems or [Problem(None, "invalid", refusal.template, refusal.values)]
    names = element_names(xml)
    return jsonify(problems=[_told(problem, names) for problem in found],
                   questions=[_asked(question, names) for question in definitions.questions(xml)])


@blueprint.errorhandler(Rejected)
def rejected(refusal: Rejected) -> ResponseReturnValue:
    """Answer the designer in JSON, with the sentence in the reader's language."""
    found = [_told(problem, {}) for problem in getattr(refusal, "problems", ())]
    reasons = " ".join(each["message"] for each in found[:5])
    detail = say(refusal, reasons=reasons) if reasons and "reasons" in refusal.values else say(refusal)
    return jsonify(detail=detail, problems=found), refusal.status


@blueprint.errorhandler(Failed)
def failed(failure: Failed) -> ResponseReturnValue:
    """Say that the world is at fault and nothing is lost."""
    return jsonify(detail=say(failure)), 503


@blueprint.errorhandler(CSRFError)
def forged(_error: CSRFError) -> ResponseReturnValue:
    """Say that the page is of another session."""
    return jsonify(detail=_(FORGED)), 400


def _sent() -> dict[str, Any]:
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise Invalid(sentence("Expected a JSON object with the diagram under xml."))
    return sent


def _xml() -> bytes:
    return str(_sent().get("xml") or "").encode()


def _told(problem: Any, names: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"element": problem.element, "rule": problem.rule, "severity": problem.severity}
    return told | {"message": _(problem.message).format(**phrases.values_said(in_names(problem.values, names)))}


def _asked(question: Question, names: Mapping[str, str]) -> dict[str, Any]:
    said = _(question.message).format(**phrases.values_said(in_names(question.values, names)))
    return {"element": question.element, "rule": question.rule, "message": said, "required": question.required}
