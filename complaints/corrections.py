"""Corrections: an agent sets right what was taken down wrongly, with a reason; before and after are kept, what came in stays as it came.

What the process knows under the same name follows in the same transaction, and the history of the instance says so; contact data is only
shown shortened there, since more people read it than need the customer's number.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from kesu.complaints import cases, complainants, intake_checks, new_complaints
from kesu.complaints.intake_checks import Accepted
from kesu.complaints.problems import refuse_if_any
from kesu.engine import clock, instances, runtime
from kesu.engine.database import Database
from kesu.engine.errors import Rejected, sentence

OF_THE_CASE = ("title", "product", "model", "batch", "serial", "order_number", "purchased_on", "amount", "category", "subcategory")
OF_THE_CUSTOMER = ("name", "phone", "email", "address")
VARIABLES = ("product", "amount", "category", "subcategory")  # the process knows these too


def present(case: Row[Any], customer: Row[Any]) -> dict[str, str]:
    """Return what can be corrected as it stands, as text."""
    found = {name: getattr(case, name) for name in OF_THE_CASE} | {name: getattr(customer, name) for name in OF_THE_CUSTOMER}
    return {name: "" if value is None else str(value) for name, value in found.items()}


def correct(db: Database, reference: str, given: Mapping[str, str], *, actor: str, seen: int, reason: str) -> list[str]:
    """Set fields of a case and its customer right; return the names of those that changed.

    Raises `Invalid` with every field that does not hold, `Conflict` where somebody changed the case after version `seen`.
    """
    if not reason.strip():
        raise Rejected(sentence("Expected a reason: whoever reads the case later has to know why it says something else now."))
    with db.read() as connection:
        case, customer = cases.find(connection, reference), complainants.of_case(connection, reference)
        wanted = present(case, customer) | {name: text.strip() for name, text in given.items() if name in (*OF_THE_CASE, *OF_THE_CUSTOMER)}
        accepted = _accepted(connection, case, customer, wanted)
        instance = instances.by_business_key(connection, reference)
    columns = {name: accepted.case[name] for name in OF_THE_CASE if accepted.case[name] != getattr(case, name)}
    contact = {name: wanted[name] for name in OF_THE_CUSTOMER if wanted[name] != getattr(customer, name)}
    if not columns and not contact:
        return []
    now = clock.now()

    def write(connection: Connection) -> None:
        cases.correct(connection, reference, columns, actor=actor, at=now, seen=seen, reason=reason.strip())
        if contact:
            cases.note_changes(connection, reference, {name: (getattr(customer, name), value) for name, value in contact.items()},
                               actor=actor, at=now, reason=reason.strip())
            complainants.change(connection, customer.id, contact)
        if {"category", "subcategory"} & columns.keys():
            cases.set_columns(connection, reference, classified_by=actor)

    told = {name: (_plain(getattr(case, name)), _plain(value)) for name, value in columns.items()}
    told |= {name: (_short(getattr(customer, name)), _short(value)) for name, value in contact.items()}
    runtime.correct(db, instance.id if instance else None, told, variables={name: columns[name] for name in VARIABLES if name in columns},
                    actor=actor, reason=reason.strip(), writes=(write,))
    return [*columns, *contact]


def _accepted(connection: Connection, case: Row[Any], customer: Row[Any], wanted: Mapping[str, str]) -> Accepted:
    before = present(case, customer)
    complaint = new_complaints.from_fields({**wanted, "description": case.description, "currency": case.currency, "locale": customer.locale,
                                            "details": case.details})
    accepted, problems = intake_checks.check(connection, complaint, channel=case.channel, at=clock.now())
    changed = {name for name in wanted if wanted[name] != before[name]}
    if {"category", "subcategory", "product", "model"} & changed:
        changed |= {"subcategory", "model"}  # each must go with the one above it
    # What was missing all the time is no reason to leave something else wrong.
    refuse_if_any([problem for problem in problems if problem.field in changed],
                  sentence("{count} fields do not hold: {problems_told}"))
    return accepted


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) or hasattr(value, "isoformat") else value


def _short(text: str) -> str:
    return f"{text[:1]}***{text[-2:]}" if len(text) > 4 else "***" if text else ""
