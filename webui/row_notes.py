"""What stands on a row beside the task: who sent the copy, who urges, what I decided, and that I can still take it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup
from sqlalchemy import Connection, Row, select

from kesu.engine import copies, deeds, instances, runtime, urges
from kesu.engine.ballots import NO, YES
from kesu.engine.database import Database
from kesu.engine.errors import Rejected
from kesu.engine.identity import Person
from kesu.engine.user_tasks import COMPLETED
from kesu.webui.moments import moment
from kesu.webui.task_cards import Card, people_names

DEEDS = {
    "reject": lazy_gettext("You sent it back, {time}"),
    "jump": lazy_gettext("You moved the case to another step, {time}"),
    "take_back": lazy_gettext("You took it back, {time}"),
    "withdraw": lazy_gettext("You withdrew the case, {time}"),
    "task_transferred": lazy_gettext("You passed it on, {time}"),
    "task_delegated": lazy_gettext("You asked for an opinion, {time}"),
    "sign_added": lazy_gettext("You asked more people, {time}"),
    "sign_removed": lazy_gettext("You took somebody out of the round, {time}"),
}
LOOKED_AT = 8  # of how many rows it is found out whether they can be taken back: the run of each has to be looked into


@dataclass(frozen=True)
class Note:
    """A line on a row; `quote` is what somebody wrote, `level` new, good, bad or empty."""

    text: str
    quote: str = ""
    level: str = ""


def notes(db: Database, connection: Connection, person: Person, box: str, shown: Sequence[Card]) -> dict[int, list[Note]]:
    """Return the notes of a box's rows, by task."""
    if box == "copied":
        return _copies(connection, person, shown)
    if box == "urged":
        return _urges(connection, person, shown)
    return _decisions(db, connection, person, shown) if box == "done" else {}


def _copies(connection: Connection, person: Person, shown: Sequence[Card]) -> dict[int, list[Note]]:
    found = copies.of_person(connection, person.login, [card.task.id for card in shown])
    names = people_names(connection, [row.sent_by for row in found.values()])
    return {task_id: [Note(_said(_("from {who}, {time}"), names[row.sent_by], moment(row.sent_at)), level="" if row.read_at else "new")]
            for task_id, row in found.items()}


def _urges(connection: Connection, person: Person, shown: Sequence[Card]) -> dict[int, list[Note]]:
    found = urges.of_tasks(connection, [card.task.id for card in shown])
    names = people_names(connection, [row.urged_by for rows in found.values() for row in rows])
    return {task_id: [Note(_said(_("{who} asks you to see to it, {time}"), names[row.urged_by], moment(row.at)), row.reason or "")
                      for row in rows if row.urged_by != person.login] for task_id, rows in found.items()}


def _decisions(db: Database, connection: Connection, person: Person, shown: Sequence[Card]) -> dict[int, list[Note]]:
    moved = deeds.of_person(connection, person.login, [card.task.id for card in shown])
    found = {card.task.id: [_done(card, person, moved.get(card.task.id))] for card in shown}
    for task_id in _can_be_taken_back(db, connection, person, shown):
        found[task_id].append(Note(_("You can still take it back."), level="new"))
    return found


def _done(card: Card, person: Person, deed: Row[Any] | None) -> Note:
    finished = card.task.state == COMPLETED and card.task.ended_by == person.login
    answered = card.vote is not None and card.vote.own is not None and card.vote.own.state in (YES, NO)
    if deed is None or finished or answered:
        return _decided(card, person)
    return Note(_said(str(DEEDS[deed.kind]), "", moment(deed.at)), level="bad" if deed.kind == "reject" else "")


def _decided(card: Card, person: Person) -> Note:
    own, task = card.vote.own if card.vote else None, card.task
    if own is not None and own.state in (YES, NO):
        template = _("You agreed, {time}") if own.state == YES else _("You refused, {time}")
        return Note(_said(template, "", moment(own.answered_at)), own.comment or "", "good" if own.state == YES else "bad")
    words = {"approved": _("You approved, {time}"), "rejected": _("You rejected, {time}")}.get(task.outcome or "", _("You finished it, {time}"))
    return Note(_said(words, "", moment(task.ended_at)), level={"rejected": "bad"}.get(task.outcome or "", "good"))


def _can_be_taken_back(db: Database, connection: Connection, person: Person, shown: Sequence[Card]) -> list[int]:
    """Ask the engine, but only for one's latest act on cases that still run."""
    latest: dict[int, int] = {}
    for card in shown:
        if card.task.state == COMPLETED and card.task.ended_by == person.login and card.task.superseded_by is None:
            latest.setdefault(card.task.instance_id, card.task.id)
    table = instances.instances
    running = set(connection.execute(select(table.c.id).where(table.c.id.in_(latest), table.c.state == instances.ACTIVE)).scalars())
    likely = [task_id for instance_id, task_id in latest.items() if instance_id in running]
    return [task_id for task_id in likely[:LOOKED_AT] if _is_legal(db, task_id, person)]


def _is_legal(db: Database, task_id: int, person: Person) -> bool:
    try:
        return "take_back" in runtime.legal_moves(db, task_id, actor=person.login)
    except Rejected:
        return False


def _said(template: str, who: str, at: Markup) -> Markup:
    return Markup(template).format(who=who, time=at)
