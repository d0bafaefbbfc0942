"""The inbox: what waits for me, for my groups, what I have done, what I was copied on. The address says which part is shown."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from kesu.engine import clock, inbox, user_tasks
from kesu.engine.errors import NotFound, Rejected
from kesu.engine.identity import Person
from kesu.engine.user_tasks import UserTask
from kesu.webui import saved_views, task_views
from kesu.webui.context import database, signed_in
from kesu.webui.inbox_choices import chips, choices
from kesu.webui.inbox_wishes import Wish
from kesu.webui.pages.tasks import parts
from kesu.webui.permissions import requires
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
        offered = choices(connection, person, wish.box)
        context = {
            "wish": wish, "cards": cards(connection, listed, person, ended=wish.box == "done"), "choices": offered, "chips": chips(wish, offered),
            "following": dict(zip(ids, ids[1:] + ids[-2:-1], strict=False)),  # the task to go on with after this one
            "next_page": wish.address(after=listed[-1].id) if more else None, "first_page": wish.address() if wish.after else None,
            **_boxes(connection, person),
        }
        chosen = _chosen(connection, person, wish)
    context |= parts(chosen, wish.address(), context["following"].get(chosen.task.id)) if chosen else {"view": None}
    return render_template("inbox/index.html", **context)


@blueprint.get("/inbox/counts")
@requires()
def counts() -> ResponseReturnValue:
    """Return the boxes with fresh counts, for the page that stays open."""
    with database().read() as connection:
        found = _boxes(connection, signed_in())
    return render_template("inbox/boxes.html", wish=Wish.read(request.args), **found)


def _boxes(connection: Connection, person: Person) -> dict[str, Any]:
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
