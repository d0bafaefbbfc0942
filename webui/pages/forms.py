"""Forms: which there are, how they look, and an editor that works field by field, with its draft, checks and publishing."""

import re

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.engine import definitions, drafts, resources
from kesu.engine.errors import Conflict, Invalid, NotFound, Overtaken, sentence
from kesu.engine.resources import FORM
from kesu.webui import form_edits, form_shelves
from kesu.webui.addresses import number
from kesu.webui.context import database, signed_in
from kesu.webui.errors import say
from kesu.webui.form_shelves import Shelf
from kesu.webui.permissions import requires

blueprint = Blueprint("forms", __name__)
READERS = ("owner", "manager", "auditor")
KEY = re.compile(r"[a-z]\w{0,79}", re.ASCII)
NO_VERSION = sentence("Expected a published version of the form {key}, but there is no version {version}.")


@blueprint.get("/forms")
@requires(*READERS)
def index() -> ResponseReturnValue:
    """List the forms."""
    with database().read() as connection:
        return render_template("owner_forms/index.html", shelves=form_shelves.all_forms(connection))


@blueprint.get("/forms/new")
@requires("owner")
def new() -> ResponseReturnValue:
    """Ask for the key and the title of a new form."""
    return render_template("owner_forms/new.html", given={}, problem="")


@blueprint.post("/forms")
@requires("owner")
def create() -> ResponseReturnValue:
    """Begin the draft of a new form and open it."""
    key, title = request.form.get("key", "").strip(), request.form.get("title", "").strip()[:200]
    try:
        _check_new(key)
        drafts.save(database(), FORM, key, form_edits.blank(key, title or key), seen=0, actor=signed_in().login)
    except (Invalid, Conflict) as refusal:
        return render_template("owner_forms/new.html", given=request.form, problem=say(refusal)), refusal.status
    return redirect(url_for(".designer", key=key), 303)


@blueprint.get("/forms/<key>")
@requires(*READERS)
def show(key: str) -> ResponseReturnValue:
    """Show one version of a form as it looks, and all its versions."""
    with database().read() as connection:
        shelf, versions = form_shelves.shelf(connection, key), resources.versions(connection, FORM, key)
    wished = request.args.get("version", type=number)
    shown = next((each for each in versions if wished in (None, each.version)), None)
    if shown is None and wished:
        raise NotFound(NO_VERSION, key=key, version=wished)
    sheet = form_shelves.sheet(shown.content if shown else shelf.content)
    return render_template("owner_forms/show.html", shelf=shelf, versions=versions, shown=shown, view=sheet)


@blueprint.get("/forms/<key>/versions/<int:version>.json")
@requires(*READERS)
def file(key: str, version: int) -> ResponseReturnValue:
    """Return a published form, byte for byte."""
    with database().read() as connection:
        found = next((each for each in resources.versions(connection, FORM, key) if each.version == version), None)
    if found is None:
        raise NotFound(NO_VERSION, key=key, version=version)
    return Response(found.content, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="{key}-{version}.json"'})


@blueprint.get("/forms/<key>/designer")
@requires("owner")
def designer(key: str) -> ResponseReturnValue:
    """Open the draft, or the newest version, in the editor."""
    with database().read() as connection:
        return _editor(form_shelves.shelf(connection, key))


@blueprint.put("/forms/<key>/draft")
@requires("owner")
def save(key: str) -> ResponseReturnValue:
    """Save what was sent over the draft that was opened, do the one act that was pressed, and show what came of it."""
    with database().read() as connection:
        shelf = form_shelves.shelf(connection, key)
    seen, act = request.form.get("seen", 0, type=number), request.form.get("act", "")
    content = form_edits.changed(shelf.content, request.form)
    drafts.save(database(), FORM, key, content, seen=seen, actor=signed_in().login)
    return redirect(url_for(".designer", key=key) + _place(act, content), 303)


@blueprint.post("/forms/<key>/deployments")
@requires("owner")
def publish(key: str) -> ResponseReturnValue:
    """Publish the draft that was seen; refused with every field that does not hold."""
    with database().read() as connection:
        shelf = form_shelves.shelf(connection, key)
    if shelf.draft is None or shelf.draft.version != request.form.get("seen", 0, type=number):
        raise Overtaken(sentence("The draft of this form has changed since you opened it. Look at it again before you publish it."))
    try:
        published = definitions.deploy_form(database(), shelf.draft.content, actor=signed_in().login,
                                            comment=request.form.get("comment", "").strip()[:500])
    except Invalid as refusal:
        return _editor(shelf, say(refusal)), refusal.status
    with database().write() as connection:
        drafts.published(connection, shelf.draft)
    flash(_("Published as version %(version)s. New cases follow it; running ones keep theirs.", version=published.version))
    return redirect(url_for(".show", key=key), 303)


def _editor(shelf: Shelf, trouble: str = "") -> str:
    return render_template("owner_forms/designer.html", shelf=shelf, fields=form_edits.shown(shelf.content), kinds=form_shelves.KINDS,
                           found=form_shelves.findings(shelf.content), title=form_edits.titles(shelf.content),
                           view=form_shelves.sheet(shelf.content), trouble=trouble)


def _check_new(key: str) -> None:
    if not KEY.fullmatch(key):
        raise Invalid(sentence("Expected a key of letters, digits and underscores that begins with a letter, such as return_of_goods."))
    with database().read() as connection:
        if resources.latest(connection, FORM, key) is not None:
            raise Conflict(sentence("There is a form {key} already. Open that one and change it."), key=key)


def _place(act: str, content: bytes) -> str:
    """Return where on the page to go on: at the field that was added or moved."""
    name, _dot, what = act.partition(".")
    last = len(form_edits.shown(content)) - 1
    step = {"up": -1, "down": 1}.get(name)
    place = last if name == "add" else int(what) + step if step and what.isdecimal() else None
    return "" if place is None else f"#field-{min(max(place, 0), last)}"
