"""Tell the customer: a letter in their language, on the tracking page in any case, and by mail where we have an address."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from kesu.complaints import case_references, cases, complainants, contacts, letters, mails, questions, remedies, surveys, tracking
from kesu.engine.errors import Invalid, sentence
from kesu.engine.service_tasks import Outcome, ServiceTask, done


def notify_customer(task: ServiceTask, template: str) -> Outcome:
    """Send one of the letters to the customer. Raises `Invalid` for an unknown one."""
    if template not in letters.TO_CUSTOMER:
        raise Invalid(
            sentence("Expected one of the letters {letters}, got {letter}."),
            letters=", ".join(letters.TO_CUSTOMER),
            letter=template,
        )
    reference = case_references.of_task(task)
    return done(writes=[lambda connection: _send(connection, task, reference, template)])


def _send(connection: Connection, task: ServiceTask, reference: str, template: str) -> None:
    case, person = cases.find(connection, reference), complainants.of_case(connection, reference)
    values = _values({**task.variables, **_recorded(connection, case)}, case, person)
    if template == "question" and values["question"]:
        questions.ask(connection, reference, values["question"], actor=task.actor, at=task.now,
                      department=str(task.variables.get("department") or ""))
    if template == "survey":
        values["survey_link"] = surveys.link(surveys.invite(connection, reference, cycle=case.cycle, at=task.now))
    values["link"] = tracking.link(tracking.issue(connection, reference, at=task.now)) if person.email else ""
    if template != "question":
        told = letters.kept(template, person.locale, values)
        contacts.log(
            connection,
            reference,
            contacts.TO_CUSTOMER,
            told,
            channel="mail" if person.email else "portal",
            actor=task.actor,
            at=task.now,
            template=template,
        )
    if person.email:
        mails.post(
            connection,
            key=f"{task.idempotency_key}/{template}/{task.now.isoformat()}",
            template=template,
            to=person.email,
            locale=person.locale,
            values=values,
            reference=reference,
            at=task.now,
        )


def _recorded(connection: Connection, case: Any) -> dict[str, Any]:
    """What was approved and recorded in this cycle is what the letter says, whatever the variables say now."""
    remedy = remedies.latest(connection, case.reference)
    if remedy is None or remedy.cycle != case.cycle:
        return {}
    return {"remedy": remedy.kind, "remedy_amount": remedy.amount, "due_on": remedy.due_on}


def _values(variables: Mapping[str, Any], case: Any, person: Any) -> dict[str, Any]:
    remedy, amount = variables.get("remedy"), variables.get("remedy_amount")
    money = f"{amount:,.2f} {case.currency}" if remedy in remedies.WITH_MONEY and amount else ""
    return {
        "name": person.name,
        "reference": case.reference,
        "title": case.title,
        "question": str(variables.get("question") or ""),
        "cause": variables.get("cause") or case.cause,
        "measure": variables.get("measure") or case.measure,
        "answer": variables.get("answer"),
        "remedy": f"{remedies.called(str(remedy), person.locale)} {money}".strip() if remedy else None,
        "due_on": remedies.day(variables["due_on"]) if variables.get("due_on") else None,
    }
