"""The inbox: what waits for me, for my groups, what I have done, what I was copied on. The address says which part is shown."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from kesu.engine import clock, inbox, user_tasks
from kesu.engine.errors import NotFound, Rejected
from kesu.engine.identity import Person
from kesu.engine.user_tasks import UserTask
from kesu.webui import task_views
from kesu.webui.addresses import id_in
from kesu.webui.case_glances import matching
from kesu.webui.context import database, signed_in
from kesu.webui.pages.tasks import parts
from kesu.webui.permissions import requires
from kesu.webui.task_cards import cards
from kesu.webui.task_views import TaskView

blueprint = Blueprint("inbox", __name__)
PAGE = 40


@dataclass(frozen=True)
class Wish:
    """What the address asks for."""

    box: str
    text: str
    kind: str
    overdue: bool
    after: int | None
    task: int | None

    def address(self, **changes: Any) -> str:
        """Return the address of this wish with something changed; empty parts are left out."""
        parts: dict[str, Any] = {"box": self.box, "q": self.text, "kind": self.kind, "overdue": "1" if self.overdue else None} | changes
        return url_for("inbox.index", **{name: value for name, value in parts.items() if value})

    @property
    def narrows(self) -> bool:
        """Say whether less than the whole box is asked for."""
        return bool(self.text or self.kind or self.overdue)


@blueprint.get("/inbox")
@requires()
def index() -> ResponseReturnValue:
    """Show one box, narrowed and paged as the address says, with one of its tasks beside it."""
    person, wish = signed_in(), _wish()
    with database().read() as connection:
        shown = _page(connection, person, wish)
        listed, more = shown[:PAGE], len(shown) > PAGE
        context = {
            "wish": wish, "cards": cards(connection, listed, person, ended=wish.box == "done"),
            "counts": inbox.counts(connection, person, now=clock.now()), "kinds": inbox.kinds(connection, person, wish.box),
            "next_page": wish.address(after=listed[-1].id) if more else None,
            "first_page": wish.address() if wish.after else None,
        }
        chosen = _chosen(connection, person, wish)
    context |= parts(chosen, wish.address()) if chosen else {"view": None}
    return render_template("inbox/index.html", **context)


@blueprint.get("/inbox/counts")
@requires()
def counts() -> ResponseReturnValue:
    """Return the boxes with fresh counts, for the page that stays open."""
    with database().read() as connection:
        found = inbox.counts(connection, signed_in(), now=clock.now())
    return render_template("inbox/boxes.html", counts=found, wish=_wish())


def _wish() -> Wish:
    box = request.args.get("box", "mine")
    return Wish(box if box in inbox.BOXES else "mine", request.args.get("q", "").strip()[:100], request.args.get("kind", "")[:200],
                request.args.get("overdue") == "1", id_in(request.args.get("after")), id_in(request.args.get("task")))


def _page(connection: Connection, person: Person, wish: Wish) -> list[UserTask]:
    definition, _, element = wish.kind.partition("/")
    narrowed = inbox.Filter(text=wish.text, keys=matching(wish.text) if wish.text else None, definition_key=definition or None,
                            element_id=element or None, overdue_at=clock.now() if wish.overdue else None)
    try:
        after = user_tasks.find(connection, wish.after) if wish.after else None
    except NotFound:
        after = None
    return inbox.page(connection, person, wish.box, narrowed, limit=PAGE + 1, after=after)


def _chosen(connection: Connection, person: Person, wish: Wish) -> TaskView | None:
    try:
        return task_views.view(connection, wish.task, person) if wish.task else None
    except Rejected:
        return None  # an old address: the list is what was asked for in the first place
