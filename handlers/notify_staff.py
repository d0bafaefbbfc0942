"""Tell colleagues: a notice in the program and a mail, each once for the same occasion."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from kesu.complaints import announcements, case_references, clocks, mail_wishes, mails, notices, recipients, tracking
from kesu.engine import identity, user_tasks
from kesu.engine.errors import Invalid, sentence
from kesu.engine.service_tasks import Outcome, ServiceTask, done
from kesu.engine.user_tasks import UserTask

KINDS = {"reminder": mail_wishes.DEADLINE, "escalation": mail_wishes.ESCALATION, "assignment": mail_wishes.WORK, "copy": mail_wishes.COPY}


def notify_staff(task: ServiceTask, to: str, template: str, element: str = "") -> Outcome:
    """Tell a person, a group, `head_of:` a group or `superior_of:` somebody; a reminder about an element fires once a clock."""
    if template not in KINDS:
        raise Invalid(
            sentence("Expected one of the letters {letters}, got {letter}."),
            letters=", ".join(KINDS),
            letter=template,
        )
    reference = case_references.of_task(task)
    people = recipients.resolve(case_references.reading(task), to)
    return done(writes=[lambda connection: _tell(connection, task, reference, template, element, people)])


def _tell(connection: Connection, task: ServiceTask, reference: str, template: str, element: str, people: list[str]) -> None:
    about = _open_task(connection, reference, element, str(task.variables.get("department") or ""))
    clock = clocks.of_task(connection, about.id) if about else None
    if clock is not None and not clocks.fire_mark(connection, clock.id, f"{template}/{element}", at=task.now):
        return
    for login in people:
        person = identity.person(connection, login)
        values = _values(connection, person, about, reference, element, task.now)
        key = f"{task.idempotency_key}/{template}/{login}/{task.now.isoformat()}"
        notices.tell(
            connection,
            login,
            template,
            reference=reference,
            key=key,
            at=task.now,
            values={"task": values["task"], "task_en": about.name_en if about else values["task"], "reason": values["reason"],
                    "task_id": about.id if about else None},
        )
        if person.email and mail_wishes.at_once(connection, login, KINDS[template]):
            mails.post(
                connection,
                key=key,
                template=template,
                to=person.email,
                locale=person.locale,
                values=values,
                reference=reference,
                at=task.now,
            )


def _open_task(connection: Connection, reference: str, element: str, department: str) -> UserTask | None:
    table = user_tasks.user_tasks
    wanted = (table.c.business_key == reference) & (table.c.element_id == element) & table.c.state.in_(user_tasks.OPEN)
    ids = list(connection.execute(select(table.c.id).where(wanted).order_by(table.c.id.desc())).scalars())
    scoped = [task_id for task_id in ids if (clock := clocks.of_task(connection, task_id)) and clock.scope == department]
    return user_tasks.find(connection, (scoped or ids)[0]) if ids else None


def _values(connection: Connection, person: identity.Person, about: UserTask | None, reference: str, element: str, at: datetime) -> dict[str, Any]:
    if about is not None:
        return announcements.letter_values(connection, about, person, at=at, answerable=True) | {"reason": ""}
    link = f"{tracking.base_url()}/cases/{reference}"
    return {"name": person.called(person.locale), "reference": reference, "task": element or reference, "due": None, "reason": "", "link": link}
