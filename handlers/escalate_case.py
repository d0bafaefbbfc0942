"""Escalate a case: who stands so many levels above is told at once, in the program and by mail. Once for a level and a reason."""

from sqlalchemy import Connection

from kesu.complaints import case_references, cases, escalations, mail_wishes, mails, notices, tracking
from kesu.engine import identity
from kesu.engine.service_tasks import Outcome, ServiceTask, done

TOP = "management"


def escalate_case(task: ServiceTask, level: int, reason: str) -> Outcome:
    """Call in whoever stands `level` steps above the department at work: 1 its head, 2 the head's superior, and so on."""
    reference = case_references.of_task(task)
    return done(writes=[lambda connection: _escalate(connection, task, reference, int(level), reason)])


def _escalate(connection: Connection, task: ServiceTask, reference: str, level: int, reason: str) -> None:
    case = cases.find(connection, reference)
    department = str(task.variables.get("department") or case.owner_department or "customer_service")
    to = _above(connection, department, level)
    key = f"{reference}/{case.cycle}/{level}/{reason}"
    if not escalations.escalate(connection, reference, level=level, reason=reason, to=to, key=key, actor=task.actor, at=task.now):
        return
    if to is not None:
        _tell(connection, identity.person(connection, to), task, reference, level, reason, key)


def _above(connection: Connection, department: str, level: int) -> str | None:
    head = identity.head_of(connection, department)
    above = identity.superior_of(connection, head, level - 1) if head else None
    # Where the ladder ends early, the end of it answers: the management.
    wanted = [login for login in (above, identity.head_of(connection, TOP), *identity.members(connection, "manager")) if login]
    return next(iter(identity.active(connection, wanted)), None)


def _tell(connection: Connection, person: identity.Person, task: ServiceTask, reference: str, level: int, reason: str, key: str) -> None:
    values = {
        "name": person.called(person.locale),
        "reference": reference,
        "level": level,
        "reason": reason,
        "link": f"{tracking.base_url()}/cases/{reference}",
    }
    notices.tell(
        connection,
        person.login,
        "escalation",
        reference=reference,
        values={"reason": reason, "level": level},
        key=f"escalation/{key}",
        at=task.now,
    )
    if person.email and mail_wishes.at_once(connection, person.login, mail_wishes.ESCALATION):
        mails.post(
            connection,
            key=f"escalation/{key}",
            template="escalation",
            to=person.email,
            locale=person.locale,
            values=values,
            reference=reference,
            at=task.now,
        )
