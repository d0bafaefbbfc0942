"""Plugs into the engine's socket for telling people: what happened to a task becomes a notice for each, and a mail where there is an address.

An escalation by a task's own policy is kept in the case file like one that is drawn.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from kesu.complaints import answer_links, escalations, letters, mail_wishes, mails, notices, profiles, tracking
from kesu.complaints.cases import cases
from kesu.engine import identity, parties, user_tasks
from kesu.engine.notifications import Notification
from kesu.engine.service_tasks import Write
from kesu.engine.user_tasks import UserTask

# what the engine says -> the notice, the letter, the kind of mail that people may want at once, once a day or never
SAID = {
    "urged": ("urged", "reminder", mail_wishes.URGE),
    "reminded": ("reminder", "reminder", mail_wishes.DEADLINE),
    "escalated": ("escalation", "escalation", mail_wishes.ESCALATION),
    "transferred": ("transferred", "assignment", mail_wishes.WORK),
    "delegated": ("delegated", "assignment", mail_wishes.WORK),
    "turn": ("turn", "assignment", mail_wishes.WORK),
    "asked": ("asked", "assignment", mail_wishes.WORK),
    "answered": ("answered", "assignment", mail_wishes.WORK),
    "copied": ("copy", "copy", mail_wishes.COPY),
}
ANSWERABLE = ("urged", "reminded", "transferred", "delegated", "asked", "answered", "turn")  # mails that carry links to answer right there
OVERDUE = {"zh": "“{task}”已超过时限", "en": '"{task}" is overdue'}


def tell(connection: Connection, notification: Notification) -> Sequence[Write]:
    """Return the writes that tell everybody named; those who have left, and whoever did it themselves, are left out."""
    people = [login for login in identity.active(connection, notification.to) if login != notification.by]
    return [lambda connection: _write(connection, notification, people)]


def _write(connection: Connection, said: Notification, people: Sequence[str]) -> None:
    if said.kind == "escalated":
        _keep(connection, said, people)
    for login in people:
        _tell(connection, said, identity.person(connection, login))


def _tell(connection: Connection, said: Notification, person: identity.Person) -> None:
    notice, letter, wish = SAID[said.kind]
    key = f"{said.key or f'{said.kind}/{said.task_id}/{said.at.isoformat()}'}/{person.login}"
    if not notices.tell(connection, person.login, notice, reference=said.business_key, values=_notice(connection, said), key=key, at=said.at):
        return
    if person.email and mail_wishes.at_once(connection, person.login, wish):
        about = user_tasks.find(connection, said.task_id)
        values = letter_values(connection, about, person, at=said.at, answerable=said.kind in ANSWERABLE)
        values |= {"reason": said.reason} if said.reason else {}
        mails.post(
            connection, key=key, template=letter, to=person.email, locale=person.locale, values=values, reference=said.business_key, at=said.at
        )


def _notice(connection: Connection, said: Notification) -> dict[str, Any]:
    by = identity.find_person(connection, said.by)
    return {
        "task": said.task_name,
        "task_id": said.task_id,
        "task_en": said.task_name_en,
        "by": by.called("zh") if by else said.by,
        "by_en": by.called("en") if by else said.by,
        "reason": said.reason or OVERDUE["zh"].format(task=said.task_name),
        "reason_en": said.reason or OVERDUE["en"].format(task=said.task_name_en),
    }


def letter_values(connection: Connection, task: UserTask, person: identity.Person, *, at: datetime, answerable: bool) -> dict[str, Any]:
    """Return what a letter about a task says to this person; `answerable` ones carry the links to answer right there."""
    language = "zh" if person.locale.startswith("zh") else "en"
    zone = profiles.of_person(connection, person.login).zone
    return {
        "name": person.called(person.locale),
        "reference": task.business_key,
        "task": task.called(person.locale),
        "due": letters.moment(task.due_at, zone) if task.due_at else None,
        "reason": OVERDUE[language].format(task=task.called(person.locale)),
        "level": 1,
        "below": answer_links.below(connection, task, person.login, language=language, at=at, zone=zone) if answerable else "",
        "link": f"{tracking.base_url()}/{_place(connection, task, person)}",
    }


def _place(connection: Connection, task: UserTask, person: identity.Person) -> str:
    """Return what this person may open: the task, or only its case for whoever is told without being party to it (R2)."""
    opens = person.is_in(*parties.OVERSEERS) or parties.concerns(connection, task.instance_id, person)
    return f"tasks/{task.id}" if opens or not task.business_key else f"cases/{task.business_key}"


def _keep(connection: Connection, said: Notification, people: Sequence[str]) -> None:
    known = connection.execute(select(cases.c.reference).where(cases.c.reference == said.business_key)).scalar()
    if known is not None:
        reason = said.reason or OVERDUE["zh"].format(task=said.task_name)
        key = said.key or f"{said.task_id}/{said.at.isoformat()}"
        escalations.escalate(connection, known, level=1, reason=reason, to=next(iter(people), None), key=f"policy/{key}", actor=said.by, at=said.at)
