"""Beginning a process: blank, or from a file of another tool. What is begun is a draft; nothing is published here."""

import re

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kesu.engine import definitions, drafts, spiff
from kesu.engine.errors import Conflict, Invalid, sentence
from kesu.engine.resources import BPMN
from kesu.webui.context import database, signed_in
from kesu.webui.errors import say
from kesu.webui.permissions import requires

blueprint = Blueprint("new_processes", __name__)
KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,80}")


@blueprint.get("/diagrams/new")
@requires("owner")
def new() -> ResponseReturnValue:
    """Ask for a name, or for a file from another tool."""
    return render_template("owner/new.html", problems={}, given={})


@blueprint.post("/diagrams")
@requires("owner")
def create() -> ResponseReturnValue:
    """Begin a draft of a new process, blank or from a file, and open it in the designer."""
    field = "file" if request.files.get("file") else "key"
    try:
        key, xml = _uploaded() if field == "file" else _blank()
        drafts.save(database(), BPMN, key, xml, seen=0, actor=signed_in().login)
    except (Invalid, Conflict) as refusal:
        return render_template("owner/new.html", problems={field: say(refusal)}, given=request.form), refusal.status
    return redirect(url_for("diagrams.designer", key=key), 303)


def _uploaded() -> tuple[str, bytes]:
    xml = request.files["file"].read()
    keys = spiff.process_ids(xml)
    if not keys:
        raise Invalid(
            sentence("The file holds no process in which anything is drawn.")
        )
    return keys[0], xml


def _blank() -> tuple[str, bytes]:
    key, name = request.form.get("key", "").strip(), request.form.get("name", "").strip()[:200]
    if not KEY.fullmatch(key):
        raise Invalid(
            sentence("Expected a key of letters, digits and underscores that begins with a letter, such as return_of_goods.")
        )
    with database().read() as connection:
        if definitions.versions(connection, key):
            raise Conflict(sentence("There is a process {key} already. Open that one and redraw it."), key=key)
    return key, render_template("owner/blank.xml", key=key, name=name or key).encode()
