"""Answers by mail: a signed link for one person, one round of one task and one answer. It runs out, and works once.

The link only opens a page that asks; nothing is done by opening it (mail scanners open everything). Which links have been used is
kept by their digest, from which no link can be made.
"""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import Column, Connection, ForeignKey, Integer, Row, String, Table, select

from kesu.complaints import tracking
from kesu.engine import ballots, forms, resources
from kesu.engine.database import Instant, metadata
from kesu.engine.errors import NotFound, sentence
from kesu.engine.user_tasks import UserTask

LIFETIME = timedelta(days=7)
YES, NO = "yes", "no"
OPINIONS = ("opinion", "comment")  # fields that say why; the page of a link has a box for them
CUT_SHORT = sentence("This link is none of ours, or was cut short on its way. Use the link from the mail, whole and unchanged.")
WORDS = {
    "zh": "\n直接答复（打开后会先请您确认，{until} 前有效，仅限您本人使用一次）：\n同意：{yes}\n不同意：{no}\n",
    "en": "\nAnswer right here (you are asked to confirm; until {until}, once, for you alone):\nApprove: {yes}\nReject: {no}\n",
}

spent_links = Table(
    "spent_links",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("task_id", Integer, ForeignKey("user_tasks.id"), nullable=False, index=True),
    Column("login", String, ForeignKey("people.login"), nullable=False),
    Column("answer", String, nullable=False),
    Column("at", Instant, nullable=False),
)


@dataclass(frozen=True)
class Ticket:
    """What a link says: whose answer to which round, on whose behalf, and until when."""

    task_id: int
    round: int
    login: str
    answer: str
    behalf: str | None
    until: int  # seconds since 1970

    @property
    def ends_at(self) -> datetime:
        """Return when the link runs out."""
        return datetime.fromtimestamp(self.until, UTC)


_secret: Callable[[], str] | None = None


def plug(secret: Callable[[], str] | None) -> Callable[[], str] | None:
    """Put a way to learn the secret in use (None: mails carry no links) and return the one used before."""
    global _secret
    before, _secret = _secret, secret
    return before


def below(connection: Connection, task: UserTask, login: str, *, language: str, at: datetime, zone: Any) -> str:
    """Return the lines with both links that go below a mail; nothing where this person cannot answer by mail."""
    if _secret is None or not can_answer(connection, task, login):
        return ""
    behalf, until = behalf_of(connection, task, login), at + LIFETIME
    links = {answer: _link(Ticket(task.id, task.round, login, answer, behalf, int(until.timestamp()))) for answer in (YES, NO)}
    return WORDS[language].format(until=until.astimezone(zone).strftime("%Y-%m-%d %H:%M"), **links)


def can_answer(connection: Connection, task: UserTask, login: str) -> bool:
    """Say whether yes or no is all that is asked of this person here: a vote or a decision that is theirs now, and no field that is owed."""
    if not task.is_open or asks_more(_form(connection, task)):
        return False
    own = _own(connection, task, login)
    return own is not None and own.state == ballots.OPEN if task.ballot else "outcome" in task.settings and task.assignee == login


def asks_more(form: forms.Form | None) -> bool:
    """Say whether a form wants more than an opinion."""
    return any(each.validate.get("required") and each.key not in OPINIONS for each in (form.fields if form else ()))


def read(token: str) -> Ticket:
    """Return what a link says. Raises `NotFound` where it is none of ours, or was cut short on its way."""
    try:
        return Ticket(**_serializer().loads(token))
    except (BadData, TypeError, ValueError) as wrong:
        raise NotFound(CUT_SHORT) from wrong


def spent(connection: Connection, token: str) -> Row[Any] | None:
    """Return when and how a link was used, or None."""
    return connection.execute(select(spent_links).where(spent_links.c.digest == digest(token))).one_or_none()


def spend(connection: Connection, token: str, ticket: Ticket, *, at: datetime) -> None:
    """Note that a link has been used, in the transaction of the answer itself."""
    row = {"digest": digest(token), "task_id": ticket.task_id, "login": ticket.login, "answer": ticket.answer, "at": at}
    connection.execute(spent_links.insert().values(row))


def digest(token: str) -> str:
    """Return the form in which a used link is kept."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def behalf_of(connection: Connection, task: UserTask, login: str) -> str | None:
    """Return for whom this person would answer now, if for somebody else."""
    own = _own(connection, task, login) if task.ballot else None
    return own.on_behalf_of if own else task.on_behalf_of


def _own(connection: Connection, task: UserTask, login: str) -> ballots.Ballot | None:
    return next((each for each in ballots.of_task(connection, task.id) if each.voter == login and each.state != ballots.VOID), None)


def _form(connection: Connection, task: UserTask) -> forms.Form | None:
    found = resources.offering(connection, resources.FORM, task.form_key) if task.form_key else None
    return forms.read(resources.find(connection, found).content) if found else None


def _link(ticket: Ticket) -> str:
    return f"{tracking.base_url()}/answers/{_serializer().dumps(asdict(ticket))}"


def _serializer() -> URLSafeSerializer:
    if _secret is None:
        raise NotFound(sentence("Answers by mail are not set up on this server."))
    return URLSafeSerializer(_secret(), salt="kesu answer link")
