"""Calling somebody in: kept as an escalation of the case, told by a notice and by mail. Each once for its key."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from kesu.complaints import escalations, mail_wishes, mails, notices, tracking
from kesu.engine import identity

ESCALATION, DANGER = "escalation", "danger"  # notice and letter have the same name
TOP = "management"


@dataclass(frozen=True)
class Summons:
    """Why somebody is called in, to what, and at which level: 1 the head of a department, 2 whoever stands above."""

    reference: str
    reason: str
    level: int
    key: str
    actor: str
    at: datetime
    kind: str = ESCALATION


def call_in(connection: Connection, summons: Summons, to: str | None) -> bool:
    """Call a person in; None keeps that nobody stands above. Returns False where this was done before under the same key.

    A danger is mailed whatever the person wished for their mails: a daily digest would come too late.
    """
    if not escalations.escalate(connection, summons.reference, level=summons.level, reason=summons.reason, to=to,
                                key=summons.key, actor=summons.actor, at=summons.at):
        return False
    if to is not None:
        tell(connection, summons, to)
    return True


def above(connection: Connection, department: str, level: int) -> str | None:
    """Return who stands `level` steps above a department: 1 its head. Where the ladder ends early, the management answers."""
    head = identity.head_of(connection, department)
    wanted = [identity.superior_of(connection, head, level - 1) if head else None]
    wanted += [identity.head_of(connection, TOP), *identity.members(connection, "manager")]
    return next(iter(identity.active(connection, [login for login in wanted if login])), None)


def tell(connection: Connection, summons: Summons, login: str) -> bool:
    """Tell a person by notice and mail; False where they were told under the same key."""
    person = identity.person(connection, login)
    values: dict[str, Any] = {"reason": summons.reason, "level": summons.level}
    key = f"{summons.kind}/{summons.key}"
    if not notices.tell(connection, login, summons.kind, reference=summons.reference, values=values, key=key, at=summons.at):
        return False
    wished = mail_wishes.at_once(connection, person.login, mail_wishes.ESCALATION)
    if person.email and (wished or summons.kind == DANGER):
        values |= {"name": person.called(person.locale), "reference": summons.reference,
                   "link": f"{tracking.base_url()}/cases/{summons.reference}"}
        mails.post(connection, key=key, template=summons.kind, to=person.email, locale=person.locale, values=values,
                   reference=summons.reference, at=summons.at)
    return True
