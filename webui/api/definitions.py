"""`/api/v1/definitions`: publish diagrams, tables and forms, or only ask what speaks against it."""

from flask import Blueprint, Response, jsonify, request

from kesu.engine import definitions
from kesu.engine.definitions import Definition
from kesu.engine.errors import Invalid, sentence
from kesu.engine.spiff import Problem, Question
from kesu.webui.api.answers import one
from kesu.webui.api.bearers import caller
from kesu.webui.context import database
from kesu.webui.permissions import requires

blueprint = Blueprint("api_definitions", __name__, url_prefix="/api/v1/definitions")


@blueprint.get("")
@requires()
def index() -> Response:
    """List the newest version of every process."""
    with database().read() as connection:
        return jsonify(items=[_described(each) for each in definitions.all_latest(connection)], next=None)


@blueprint.post("")
@requires("owner")
def create() -> Response:
    """Publish the diagram in the body: 201, or 422 with every problem."""
    xml, comment = _diagram(), request.args.get("comment", "")
    found = definitions.problems(database(), xml)
    executable = request.args.get("executable") == "true"
    deployed = definitions.deploy(database(), xml, actor=caller(), comment=comment, executable=executable)
    return one({"definitions": [_described(each) for each in deployed], "problems": [_problem(each) for each in found]}, 201)


@blueprint.post("/validation")
@requires("owner")
def validate() -> Response:
    """Say what speaks against publishing the diagram in the body; nothing is stored."""
    xml = _diagram()
    found = definitions.problems(database(), xml)
    return one({
        "valid": all(each.severity != "error" for each in found),
        "problems": [_problem(each) for each in found],
        "questions": [_question(each) for each in definitions.questions(xml)],
    })


@blueprint.get("/<key>")
@requires()
def show(key: str) -> Response:
    """Show the newest version of one process."""
    with database().read() as connection:
        return one(_described(definitions.latest(connection, key)))


@blueprint.get("/<key>/diagram")
@requires()
def diagram(key: str) -> Response:
    """Answer the diagram as it was published, byte for byte."""
    with database().read() as connection:
        xml = definitions.diagram(connection, definitions.latest(connection, key))
    return Response(xml, content_type="application/xml; charset=utf-8")


def _diagram() -> bytes:
    content = request.get_data()
    if not content:
        raise Invalid(sentence("Expected a BPMN diagram in the body of the request."))
    return content


def _described(definition: Definition) -> dict[str, object]:
    return {"key": definition.key, "version": definition.version, "name": definition.name, "deployed_at": definition.deployed_at.isoformat(),
            "deployed_by": definition.deployed_by}


def _problem(problem: Problem) -> dict[str, object]:
    return {"element": problem.element, "rule": problem.rule, "message": problem.message.format(**problem.values), "severity": problem.severity}


def _question(question: Question) -> dict[str, object]:
    message = question.message.format(**question.values)
    return {"element": question.element, "rule": question.rule, "message": message, "required": question.required}
