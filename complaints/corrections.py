"""Corrections: an agent sets right what was taken down wrongly, with a reason; before and after are kept, what came in stays as it came.

What the process knows under the same name follows in the same transaction, and the history of the instance says so; contact data is only
shown shortened there, since more people read it than need the customer's number.

What a table or an approver has read is not changed behind their backs: while a proposal is being decided, such a correction undoes the
approvals that were given, and the proposal opens again. And the grade, which says how many approve, is worked out again.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from kesu.complaints import cases, complainants, dangers, intake_checks, new_complaints, proposals, remedies
from kesu.complaints.intake_checks import Accepted
from kesu.complaints.problems import refuse_if_any
from kesu.engine import clock, consents, instances, runtime
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Rejected, sentence
from kesu.engine.runtime import Deciding, Proposing
from kesu.engine.user_tasks import UserTask

OF_THE_CASE = ("title", "description", "product", "model", "batch", "serial", "order_number", "purchased_on", "amount", "category", "subcategory")
OF_THE_CUSTOMER = ("name", "phone", "email", "address")
VARIABLES = ("product", "amount", "category", "subcategory")  # the process knows these too, its tables and approvers read them
READ = (*VARIABLES, "name")  # and who is paid
GRADE = "grade"  # the table that grades a complaint by what can be corrected


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
    if _lines(accepted.case["description"]) == _lines(case.description):
        accepted.case["description"] = case.description  # a browser ends its lines in its own way
    columns = {name: accepted.case[name] for name in OF_THE_CASE if accepted.case[name] != getattr(case, name)}
    contact = {name: wanted[name] for name in OF_THE_CUSTOMER if wanted[name] != getattr(customer, name)}
    if not columns and not contact:
        return []
    now, why = clock.now(), reason.strip()

    def write(connection: Connection) -> None:
        cases.correct(connection, reference, columns, actor=actor, at=now, seen=seen, reason=why)
        if contact:
            differences = {name: (getattr(customer, name), value) for name, value in contact.items()}
            cases.note_changes(connection, reference, differences, actor=actor, at=now, reason=why)
            complainants.change(connection, customer.id, contact)
        if {"category", "subcategory"} & columns.keys():
            cases.set_columns(connection, reference, classified_by=actor)
        said = "\n".join(str(columns[name]) for name in cases.IN_WORDS if name in columns)
        dangers.heed_words(connection, reference, said, actor=actor, at=now)

    variables = {name: columns[name] for name in VARIABLES if name in columns}
    runtime.correct(db, instance.id if instance else None, _told(case, customer, columns, contact),
                    variables=variables, actor=actor, reason=why, writes=(write,),
                    undoing=_undoing(reference, [*columns, *contact]),
                    deciding=Deciding((GRADE,), _keeping_grade(reference)))
    dangers.follow(db, reference)
    if "name" in contact:
        _reopen_others(db, reference, (customer.name, contact["name"]), actor=actor, reason=why)
    return [*columns, *contact]


def _reopen_others(
    db: Database, reference: str, name: tuple[str, str], *, actor: str, reason: str
) -> None:
    """Undo what was decided in the customer's other cases: who is paid there has another name now.

    Where that cannot be (a case is suspended, say) its remedy is refused when it is recorded.
    """
    with db.read() as connection:
        others = [(each, instances.by_business_key(connection, each))
                  for each in complainants.other_cases(connection, reference)
                  if is_being_decided(connection, each)]
    told = {"name": (_short(name[0]), _short(name[1]))}
    for other, instance in others:
        with suppress(Rejected):
            runtime.correct(db, instance.id if instance else None, told, variables={}, actor=actor,
                            reason=f"{reference}: {reason}", writes=(),
                            undoing=_undoing(other, READ))


def _told(case: Row[Any], customer: Row[Any], columns: Mapping[str, Any],
          contact: Mapping[str, str]) -> dict[str, tuple[Any, Any]]:
    """Return what history says, before and after; words and contact data only shortened."""
    told = {name: (_plain(getattr(case, name)), _plain(value)) for name, value in columns.items() if name != "description"}
    if "description" in columns:
        told["description"] = _short(case.description), _short(columns["description"])
    return told | {name: (_short(getattr(customer, name)), _short(value)) for name, value in contact.items()}


def undecided(connection: Connection, reference: str) -> list[UserTask]:
    """Return the approvals given so far to a proposal that is not final: what a correction of what they have read would undo."""
    proposal = proposals.latest(connection, reference)
    if proposal is None or remedies.is_recorded(connection, proposal):
        return []
    return list(consents.of(connection, proposal.instance_id, proposal.digest).approved)


def is_being_decided(connection: Connection, reference: str) -> bool:
    """Say whether a proposal for this case has been made and is not final yet."""
    proposal = proposals.latest(connection, reference)
    return proposal is not None and not remedies.is_recorded(connection, proposal)


def _undoing(reference: str, changed: Iterable[str]) -> Proposing | None:
    if set(READ).isdisjoint(changed):
        return None
    return lambda connection: _proposing(connection, reference)


def _proposing(connection: Connection, reference: str) -> int | None:
    """Return the task that proposed what is not final yet, or None."""
    proposal = proposals.latest(connection, reference)
    if proposal is None or remedies.is_recorded(connection, proposal):
        return None
    if proposal.task_id is None:
        raise Conflict(sentence("The proposal for case {reference} was not made by a person, so it cannot be opened again. "
                                "Correct the case when it has been decided."), reference=reference)
    return int(proposal.task_id)


def _keeping_grade(reference: str) -> Callable[[Connection, Mapping[str, Any]], None]:
    """Write the grade that the case has now; of one in danger it is the highest, whatever the table says."""

    def keep(connection: Connection, decided: Mapping[str, Any]) -> None:
        found = {name: value for name, value in decided.items() if name in ("grade", "priority")}
        if "priority" in found:
            found["priority"] = int(found["priority"])
        if found and not cases.find(connection, reference).safety:
            cases.set_columns(connection, reference, **found)

    return keep


def _accepted(connection: Connection, case: Row[Any], customer: Row[Any], wanted: Mapping[str, str]) -> Accepted:
    before = present(case, customer)
    complaint = new_complaints.from_fields({**wanted, "currency": case.currency, "locale": customer.locale,
                                            "details": case.details})
    # What somebody has emptied is not read in the text again.
    accepted, problems = intake_checks.check(
        connection, complaint, channel=case.channel, at=clock.now(), reading=False)
    changed = {name for name in wanted if wanted[name] != before[name]}
    if {"category", "subcategory", "product", "model"} & changed:
        changed |= {"subcategory", "model"}  # each must go with the one above it
    # What was missing all the time is no reason to leave something else wrong.
    refuse_if_any([problem for problem in problems if problem.field in changed],
                  sentence("{count} fields do not hold: {problems_told}"))
    return accepted


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) or hasattr(value, "isoformat") else value


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def _short(text: str) -> str:
    return f"{text[:1]}***{text[-2:]}" if len(text) > 4 else "***" if text else ""
