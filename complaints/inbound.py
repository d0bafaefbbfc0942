"""Whatever a customer sends in later reaches somebody: told to who has the work, marked in the case until it is read, judged for danger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, select

from kesu.complaints import attachments, cases, contacts, dangers, mail_wishes, mails, notices, tracking
from kesu.complaints.attachments import Examined
from kesu.engine import clock, identity, user_tasks
from kesu.engine.database import Database
from kesu.engine.runtime.acts import holders
from kesu.engine.user_tasks import UserTask

FRONT = "customer_service"
HEARD, DANGER = "heard", "heard_danger"  # the notices


@dataclass(frozen=True)
class Words:
    """What came in: the text, the files, and who beside the usual ones asked for it."""

    text: str
    files: Sequence[Examined] = ()
    asked_by: Sequence[str] = ()
    channel: str = "portal"
    actor: str = identity.CUSTOMER

    @property
    def told(self) -> str:
        """Return the text; photos that came alone are told by their names."""
        return self.text.strip() or ", ".join(file.name for file in self.files)


def receive(db: Database, reference: str, words: Words) -> None:
    """Take in what a customer wrote or sent. Raises `Invalid` for neither text nor file, and for what cannot be kept."""
    with db.write() as connection:
        hear(connection, reference, words, at=clock.now())
    dangers.follow(db, reference)


def hear(connection: Connection, reference: str, words: Words, *, at: datetime) -> None:
    """Log the words and files, mark the case unread, tell whoever has the work; within a command's transaction."""
    entry = contacts.log(connection, reference, contacts.FROM_CUSTOMER, words.told, channel=words.channel, actor=words.actor,
                         at=at)
    attachments.add(connection, reference, words.files, at=at, actor=words.actor)
    notify(connection, reference, words, key=str(entry), at=at)


def notify(connection: Connection, reference: str, words: Words, *, key: str, at: datetime) -> None:
    """Mark a case as unread, tell whoever has the work of it, and heed the danger that is in the words."""
    case = cases.find(connection, reference)
    if case.unread_since is None:
        cases.set_columns(connection, reference, unread_since=at)
    danger = dangers.heed_words(connection, reference, words.told, actor=words.actor, at=at)
    for login in recipients(connection, case, words.asked_by):
        _tell(connection, case, login, words, DANGER if danger else HEARD, f"heard/{reference}/{key}/{login}", at)


def recipients(connection: Connection, case: Row[Any], asked_by: Iterable[str] = ()) -> list[str]:
    """Return who is told: who has the open work; else the owning department, customer service, whoever runs the place."""
    found = [login for task in _open_tasks(connection, case.reference) for login in holders(connection, task)]
    known = identity.active(connection, [*asked_by, *found])
    groups = ((case.owner_department,), (FRONT,), ("manager",), ("admin",))
    offices = (identity.members(connection, *(key for key in each if key)) for each in groups)
    return known or next((each for each in offices if each), [])


def overhear(db: Database, texts: Iterable[str], references: Iterable[str], *, actor: str) -> None:
    """Heed a danger in what another program says of a case, on whoever's behalf: whoever has the work is told, as of the customer's words."""
    words = Words("\n".join(texts), channel="api", actor=actor)
    if not dangers.why(words.text):
        return
    with db.write() as connection:
        known = [each for each in references if cases.exists(connection, each)]
        for reference in known:
            key = sha256(words.text.encode()).hexdigest()[:16]
            contacts.log(connection, reference, contacts.INTERNAL, words.told[:contacts.LONGEST], channel="api", actor=actor, at=clock.now())
            notify(connection, reference, words, key=key, at=clock.now())
    for reference in known:
        dangers.follow(db, reference)


def mark_read(connection: Connection, reference: str) -> None:
    """Note that somebody has read what came in."""
    cases.set_columns(connection, reference, unread_since=None)


def _open_tasks(connection: Connection, reference: str) -> list[UserTask]:
    table = user_tasks.user_tasks
    query = select(table).where(table.c.business_key == reference, table.c.state.in_(user_tasks.OPEN)).order_by(table.c.id)
    return [UserTask(*row) for row in connection.execute(query)]


def _tell(connection: Connection, case: Row[Any], login: str, words: Words, kind: str, key: str, at: datetime) -> None:
    if not notices.tell(connection, login, kind, reference=case.reference, values={}, key=key, at=at):
        return
    person = identity.person(connection, login)
    if person.email and (kind == DANGER or mail_wishes.at_once(connection, login, mail_wishes.WORK)):
        values = {"name": person.called(person.locale), "reference": case.reference, "title": case.title,
                  "text": words.told, "link": f"{tracking.base_url()}/cases/{case.reference}"}
        mails.post(connection, key=key, template=kind, to=person.email, locale=person.locale, values=values,
                   reference=case.reference, at=at)
