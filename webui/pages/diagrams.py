"""The processes: which there are, what they say in words and as a drawing, what changed between versions, and the designer."""

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from sqlalchemy import Connection

from kesu.engine import definitions, diffs, drafts, outlines
from kesu.engine.errors import Forbidden, NotFound, sentence
from kesu.engine.resources import BPMN
from kesu.webui import catalogues, decision_shelves, phrases, process_shelves
from kesu.webui.addresses import number
from kesu.webui.context import database, signed_in
from kesu.webui.element_names import element_names
from kesu.webui.permissions import requires
from kesu.webui.protections import relax_styles

blueprint = Blueprint("diagrams", __name__)
DRAFT = "draft"


@blueprint.get("/diagrams")
@requires()
def index() -> ResponseReturnValue:
    """List the processes with their versions and running cases."""
    with database().read() as connection:
        return render_template("owner/index.html", shelves=process_shelves.all_processes(connection))


@blueprint.get("/diagrams/<key>")
@requires()
def show(key: str) -> ResponseReturnValue:
    """Show one process in words and as a drawing: the version asked for, else the newest."""
    with database().read() as connection:
        shelf = _known(connection, key)
        versions = definitions.versions(connection, key)
        definition = _wished_version(connection, key)
        nodes = outlines.outline(definitions.diagram(connection, definition)) if definition else []
        told = process_shelves.comments(connection, versions)
        tables = decision_shelves.of_process(connection, definition) if definition else []
        xml = definitions.diagram(connection, definition) if definition and signed_in().is_in("owner") else None
    called = {node.id: node for node in nodes}
    refused = [] if xml is None else [each for each in definitions.problems(database(), xml) if each.severity == "error"]
    return render_template(
        "owner/show.html", shelf=shelf, versions=versions, shown=definition, nodes=nodes, called=called, comments=told, tables=tables,
        refused=[_(each.message).format(**phrases.values_said(each.values)) for each in refused],
    )


@blueprint.get("/diagrams/<key>/versions/<int:version>.bpmn")
@requires()
def file(key: str, version: int) -> ResponseReturnValue:
    """Return a published diagram, byte for byte."""
    with database().read() as connection:
        return _xml(definitions.diagram(connection, definitions.find(connection, key, version)), f"{key}-{version}")


@blueprint.get("/diagrams/<key>/draft.bpmn")
@requires("owner")
def draft_file(key: str) -> ResponseReturnValue:
    """Return the draft as it was last saved."""
    with database().read() as connection:
        return _xml(_content(connection, key, DRAFT), f"{key}-draft")


@blueprint.get("/diagrams/<key>/designer")
@requires("owner")
def designer(key: str) -> ResponseReturnValue:
    """Open the draft, or the version asked for, or the newest, in the designer."""
    with database().read() as connection:
        shelf = _known(connection, key)
        base = request.args.get("version", type=number)
        xml = _content(connection, key, str(base) if base else _newest_wish(shelf))
        offered = catalogues.catalogue(connection)
    settings = {
        "xml": xml.decode(),
        "draft_version": shelf.draft.version if shelf.draft else 0,
        "catalogue": offered,
        "csrf": generate_csrf(),
        "urls": _addresses(key),
    }
    return render_template("owner/designer.html", shelf=shelf, base=base, settings=settings, nonce=relax_styles())


@blueprint.get("/diagrams/<key>/comparison")
@requires()
def comparison(key: str) -> ResponseReturnValue:
    """Show what changed between two versions, in words and on both drawings."""
    with database().read() as connection:
        shelf, versions = _known(connection, key), definitions.versions(connection, key)
        before, after = _pair(shelf, [each.version for each in versions])
        contents = [_content(connection, key, wish) for wish in (before, after)]
    changes = diffs.compare(*contents)
    coloured = {change.element: change.kind for change in changes}
    return render_template(
        "owner/comparison.html",
        shelf=shelf,
        versions=versions,
        before=before,
        after=after,
        changes=changes,
        coloured=coloured,
        names=element_names(*contents),
        addresses=[_file_address(key, wish) for wish in (before, after)],
    )


@blueprint.get("/diagrams/<key>/draft/changes")
@requires("owner")
def draft_changes(key: str) -> ResponseReturnValue:
    """Return what publishing the draft would change, for the dialog that asks."""
    with database().read() as connection:
        shelf = _known(connection, key)
        drafted = _content(connection, key, DRAFT)
        newest = _content(connection, key, str(shelf.newest.version)) if shelf.newest else None
    changes = diffs.compare(newest, drafted) if newest is not None else None
    names = element_names(newest or b"", drafted)
    return render_template("owner/changes.html", changes=changes, shelf=shelf, names=names)


def _known(connection: Connection, key: str) -> process_shelves.Shelf:
    shelf = process_shelves.process(connection, key)
    if shelf.newest is None and (shelf.draft is None or not signed_in().is_in("owner")):
        raise NotFound(sentence("Expected the key of a published process, but there is none called {key}."), key=key)
    return shelf


def _wished_version(connection: Connection, key: str) -> definitions.Definition | None:
    version = request.args.get("version", type=number)
    if version:
        return definitions.find(connection, key, version)
    return next(iter(definitions.versions(connection, key)), None)


def _newest_wish(shelf: process_shelves.Shelf) -> str:
    return DRAFT if shelf.draft else str(shelf.newest.version if shelf.newest else 0)


def _pair(shelf: process_shelves.Shelf, versions: list[int]) -> tuple[str, str]:
    newest = str(versions[0]) if versions else DRAFT
    drafted = shelf.draft is not None and signed_in().is_in("owner")
    after = request.args.get("after") or (DRAFT if drafted else newest)
    older = str(versions[1]) if len(versions) > 1 else newest
    return request.args.get("before") or (newest if after == DRAFT else older), after


def _content(connection: Connection, key: str, wish: str) -> bytes:
    if wish != DRAFT:
        return definitions.diagram(connection, definitions.find(connection, key, number(wish) if wish.isdecimal() else abort(404)))
    if not signed_in().is_in("owner"):
        raise Forbidden(sentence("Drafts are seen by process owners only, until they are published."))
    draft = drafts.find(connection, BPMN, key)
    if draft is None:
        raise NotFound(sentence("There is no draft of process {key}."), key=key)
    return draft.content


def _file_address(key: str, wish: str) -> str:
    return url_for(".draft_file", key=key) if wish == DRAFT else url_for(".file", key=key, version=number(wish))


def _addresses(key: str) -> dict[str, str]:
    return {
        "draft": url_for("drafts.save", key=key),
        "validation": url_for("drafts.validate", key=key),
        "publication": url_for("deployments.create", key=key),
        "changes": url_for(".draft_changes", key=key),
        "comparison": url_for(".comparison", key=key, after=DRAFT),
    }


def _xml(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}.bpmn"'.encode("ascii", "replace").decode()}
    return Response(content, mimetype="application/xml", headers=headers)
