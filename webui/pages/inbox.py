"""The inbox: what waits for me, for my groups, what I have done, what I was copied on. The address says which part is shown."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy import Connection

from kesu.engine import clock, copies, inbox, user_tasks
from kesu.engine.errors import NotFound, Rejected
from kesu.engine.identity import Person
from kesu.engine.user_tasks import UserTask
from kesu.webui import saved_views, task_views
from kesu.webui.context import database, signed_in
from kesu.webui.inbox_choices import chips, choices
from kesu.webui.inbox_wishes import Wish
from kesu.webui.pages.tasks import parts
from kesu.webui.permissions import requires
from kesu.webui.row_notes import notes
from kesu.webui.task_cards import cards
from kesu.webui.task_views import TaskView

blueprint = Blueprint("inbox", __name__)
PAGE = 40


@blueprint.get("/inbox")
@requires()
def index() -> ResponseReturnValue:
    """Show one box, narrowed and paged as the address says, with one of its tasks beside it."""
    person, wish = signed_in(), Wish.read(request.args)
    with database().read() as connection:
        if not request.args and (default := _default(connection, person)):
            return redirect(default.address())
        shown = _page(connection, person, wish)
        listed, more = shown[:PAGE], len(shown) > PAGE
        ids = [task.id for task in listed]
        offered, rows = choices(connection, person, wish.box), cards(connection, listed, person, ended=wish.box == "done")
        context = {
            "wish": wish, "cards": rows, "notes": notes(database(), connection, person, wish.box, rows),
            "choices": offered, "chips": chips(wish, offered),
            "following": dict(zip(ids, ids[1:] + ids[-2:-1], strict=False)),  # the task to go on with after this one
            "next_page": wish.address(after=listed[-1].id) if more else None, "first_page": wish.address() if wish.after else None,
            **boxes(connection, person),
        }
        chosen = _chosen(connection, person, wish)
    context |= parts(chosen, wish.address(), context["following"].get(chosen.task.id)) if chosen else {"view": None}
    return render_template("inbox/index.html", **context)


@blueprint.post("/inbox/copies/reading")
@requires()
def read_copies() -> ResponseReturnValue:
    """Note that all one's copies have been read."""
    with database().write() as connection:
        count = copies.read_all(connection, signed_in().login, at=clock.now())
    flash(ngettext("%(num)s copy is marked as read.", "%(num)s copies are marked as read.", count))
    return redirect(url_for("inbox.index", box="copied"), 303)


def boxes(connection: Connection, person: Person) -> dict[str, Any]:
    """Return the boxes and the saved views with their counts."""
    views = [(view, Wish.of_query(view.query)) for view in saved_views.of_person(connection, person.login)]
    return {
        "counts": inbox.counts(connection, person, now=clock.now()),
        "views": [(view, wish, inbox.count(connection, person, wish.box, wish.filter(), most=saved_views.COUNTED)) for view, wish in views],
    }


def _default(connection: Connection, person: Person) -> Wish | None:
    view = next((view for view in saved_views.of_person(connection, person.login) if view.is_default), None)
    return Wish.of_query(view.query) if view else None


def _page(connection: Connection, person: Person, wish: Wish) -> list[UserTask]:
    try:
        after = user_tasks.find(connection, wish.after) if wish.after else None
    except NotFound:
        after = None
    return inbox.page(connection, person, wish.box, wish.filter(), limit=PAGE + 1, after=after)


def _chosen(connection: Connection, person: Person, wish: Wish) -> TaskView | None:
    try:
        return task_views.view(connection, wish.task, person) if wish.task else None
    except Rejected:
        return None  # an old address: the list is what was asked for in the first place
