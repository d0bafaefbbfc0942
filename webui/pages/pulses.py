"""What has changed since the inbox was loaded, for the page that stays open: counts, rows that went away, tasks that arrived.

The page asks now and then. A stream would hold a thread of the server for every open inbox; a question that is answered with 304 holds
one for less than a millisecond: as long as nothing is newer in any case's history, nothing else is even counted.
"""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy import Connection, func, select

from kesu.engine import clock, copies, inbox, user_tasks
from kesu.engine.history import history
from kesu.engine.identity import Person
from kesu.webui.addresses import id_in
from kesu.webui.context import database, signed_in
from kesu.webui.inbox_wishes import Wish
from kesu.webui.pages.inbox import PAGE, boxes
from kesu.webui.permissions import requires
from kesu.webui.shown_proofs import holds
from kesu.webui.task_fates import fate

blueprint = Blueprint("pulses", __name__)
SETTLED = timedelta(seconds=20)  # whatever took its time of day longer ago than this has been committed, or never will be
OVERDUE_SEEN = 300  # seconds after which a time limit that has passed is seen without any other change


@blueprint.get("/inbox/pulse")
@requires()
def show() -> ResponseReturnValue:
    """Say what has changed; 304 where it is what the page has been told."""
    person, known = signed_in(), request.headers.get("If-None-Match", "").strip('W/"')
    with database().read() as connection:
        stand = _stand(connection, person)
        if stand and known.partition(".")[0] == stand:
            return _unchanged(known)
        told = json.dumps(_told(connection, person, Wish.read(request.args)), sort_keys=True)
    digest = hashlib.sha256(told.encode()).hexdigest()[:20]
    if known.partition(".")[2] == digest:
        return _unchanged(f"{stand}.{digest}")
    response = Response(told, mimetype="application/json")
    response.set_etag(f"{stand}.{digest}")
    return response


def _unchanged(tag: str) -> Response:
    response = Response(status=304)
    response.set_etag(tag)
    return response


def _stand(connection: Connection, person: Person) -> str:
    """Name the state of everything that is told by what is cheap to know; empty while something may still be on its way."""
    now, last = clock.now(), connection.execute(select(func.max(history.c.at))).scalar()
    if isinstance(last, datetime) and now - last < SETTLED:
        return ""
    unread = select(func.count()).select_from(copies.copies).where(copies.copies.c.login == person.login, copies.copies.c.read_at.is_(None))
    parts = (last, int(now.timestamp()) // OVERDUE_SEEN, connection.execute(unread).scalar())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def _told(connection: Connection, person: Person, wish: Wish) -> dict[str, Any]:
    listed = request.args.get("rows", "")
    rows = [number for each in listed.split(",")[: PAGE + 1] if (number := id_in(each))]
    found = boxes(connection, person)
    return {
        "boxes": render_template("inbox/boxes.html", wish=wish, **found), "waiting": found["counts"]["mine"],
        "gone": _gone(connection, person, wish, rows) if holds(listed, request.args.get("shown", "")) else {},
        "fresh": _fresh(connection, person, wish, rows),
    }


def _gone(connection: Connection, person: Person, wish: Wish, rows: list[int]) -> dict[int, str]:
    """Return what became of each shown task that is no longer in the box."""
    if wish.box not in inbox.OPEN_BOXES:
        return {}
    there = inbox.among(connection, person, wish.box, rows)
    return {task_id: fate(connection, user_tasks.find(connection, task_id), person.login) for task_id in rows if task_id not in there}


def _fresh(connection: Connection, person: Person, wish: Wish, rows: list[int]) -> str:
    """Say how many tasks have come that are not shown; only the first page knows."""
    if request.args.get("after") or wish.box not in inbox.OPEN_BOXES:
        return ""
    count = sum(task.id not in rows for task in inbox.page(connection, person, wish.box, wish.filter(), limit=PAGE))
    return ngettext("%(num)s new task: show it", "%(num)s new tasks: show them", count) if count else ""
