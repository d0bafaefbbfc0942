"""Cases: the list with its filters in the address, and the page of one case with notes, replies and files."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kesu.complaints import attachments, contacts, dangers, inbound
from kesu.engine import clock
from kesu.engine.errors import Forbidden, Invalid, sentence
from kesu.webui import case_files, case_lists, case_scopes, case_stories, complaint_forms, replies
from kesu.webui.context import database, signed_in
from kesu.webui.errors import say
from kesu.webui.permissions import requires

blueprint = Blueprint("cases", __name__)


@blueprint.get("/cases")
@requires()
def index() -> ResponseReturnValue:
    """List the cases this person may read, what is overdue first."""
    wish = case_lists.Wish.read(request.args)
    with database().read() as connection:
        page = case_lists.page(connection, signed_in(), wish)
        choices = case_lists.choices(connection)
    if wish.q and len(page.rows) == 1 and page.rows[0].case.reference == wish.q.strip().upper():
        return redirect(url_for("cases.show", reference=page.rows[0].case.reference))
    return render_template("cases/index.html", wish=wish, page=page, choices=choices)


@blueprint.get("/cases/<reference>")
@requires()
def show(reference: str) -> ResponseReturnValue:
    """Show one case."""
    return _page(reference)


@blueprint.post("/cases/<reference>/notes")
@requires()
def create_note(reference: str) -> ResponseReturnValue:
    """Keep a note for colleagues; the customer never sees it."""
    return _write(reference, "note")


@blueprint.post("/cases/<reference>/replies")
@requires("agent", "manager")
def create_reply(reference: str) -> ResponseReturnValue:
    """Send the customer a message."""
    return _write(reference, "reply")


@blueprint.post("/cases/<reference>/attachments")
@requires()
def create_attachments(reference: str) -> ResponseReturnValue:
    """Attach files to a case."""
    person = _writer(reference)
    try:
        files = attachments.accept(complaint_forms.sent_files())
        with database().write() as connection:
            attachments.add(connection, reference, files, at=clock.now(), actor=person)
            dangers.heed_words(connection, reference, " ".join(file.name for file in files), actor=person, at=clock.now())
    except Invalid as wrong:
        return _page(reference, "file", say(wrong)), 422
    dangers.follow(database(), reference)
    flash(_("Attached.") if files else _("Please choose a file first."))
    return redirect(url_for("cases.show", reference=reference), 303)


@blueprint.post("/cases/<reference>/reading")
@requires()
def mark_read(reference: str) -> ResponseReturnValue:
    """Note that what the customer wrote has been read."""
    _writer(reference)
    with database().write() as connection:
        inbound.mark_read(connection, reference)
    return redirect(url_for("cases.show", reference=reference), 303)


def _write(reference: str, kind: str) -> ResponseReturnValue:
    person, text = _writer(reference), request.form.get("text", "")
    try:
        with database().write() as connection:
            if kind == "reply":
                replies.send(connection, reference, text, actor=person, at=clock.now())
                inbound.mark_read(connection, reference)
            else:
                contacts.log(connection, reference, contacts.INTERNAL, text, channel="note", actor=person, at=clock.now())
                dangers.heed_words(connection, reference, text, actor=person, at=clock.now())
    except Invalid as wrong:
        return _page(reference, kind, say(wrong)), 422
    dangers.follow(database(), reference)
    flash(_("Sent to the customer.") if kind == "reply" else _("The note has been kept; only colleagues see it."))
    return redirect(url_for("cases.show", reference=reference, _anchor="story"), 303)


def _writer(reference: str) -> str:
    person = signed_in()
    with database().read() as connection:
        case_scopes.case_for(connection, reference, person)
        if not (person.is_in(*case_files.WRITERS) or case_scopes.knows_customer(connection, person, reference)):
            raise Forbidden(sentence("You may read this case, but not write in it."))
    return person.login


def _page(reference: str, composing: str = "", problem: str = "") -> str:
    person, group = signed_in(), request.args.get("show", "")
    group = group if group in case_stories.GROUPS else ""
    with database().read() as connection:
        case = case_scopes.case_for(connection, reference, person)
        file = case_files.file(connection, case, person, group)
    return render_template(
        "cases/show.html",
        case=case,
        file=file,
        group=group,
        composing=composing,
        problem=problem,
        values=request.form,
        groups=[(name, _(word)) for name, word in case_stories.GROUPS.items()],
        limits=complaint_forms.limits(),
    )
