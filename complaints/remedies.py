"""Remedies: what the customer is given to put it right, its cost, its day, and how far it has come.

A remedy is recorded, then instructed (somebody was told to do it, and gave a receipt), then confirmed or found impossible by whoever knows.
It is recorded and instructed only as it was proposed and approved; whatever the diagram, its variables or a repair say.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Date, ForeignKey, Integer, Row, String, Table, Text, and_, or_, select

from kesu.complaints import amounts, commitments, proposals
from kesu.complaints.amounts import Money
from kesu.complaints.problems import FieldProblem, refuse_if_any
from kesu.engine.database import Instant, metadata
from kesu.engine.errors import Rejected, sentence

KINDS = {
    "repair": sentence("Repair"),
    "replace": sentence("Replacement"),
    "refund": sentence("Refund"),
    "resend": sentence("Part sent again"),
    "redo_service": sentence("Service done again"),
    "apology": sentence("Apology"),
    "coupon": sentence("Coupon"),
    "compensation": sentence("Compensation in money"),
    "explanation": sentence("Explanation"),
    "none": sentence("No remedy"),
}
CHINESE = {  # for letters, which are written where no page translates
    "repair": "维修",
    "replace": "更换",
    "refund": "退款",
    "resend": "补发配件",
    "redo_service": "重新服务",
    "apology": "致歉",
    "coupon": "优惠券",
    "compensation": "经济赔偿",
    "explanation": "解释说明",
    "none": "无需补救",
}
WITH_MONEY = frozenset({"refund", "coupon", "compensation"})

remedies = Table(
    "remedies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String, ForeignKey("cases.reference"), nullable=False, index=True),
    Column("cycle", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("amount", Money, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("due_on", Date),
    Column("note", Text, nullable=False, server_default=""),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", String, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("instructed_at", Instant),
    Column("receipt", String),
    Column("proposal_id", Integer, ForeignKey("proposals.id"), index=True),  # None: recorded before proposals were kept
    Column("payee", String, nullable=False, server_default=""),
    Column("confirmed_at", Instant),
    Column("confirmed_by", String),
    Column("impossible_at", Instant),
)


@dataclass(frozen=True)
class Remedy:
    """What the customer is to get: `due_on` a day or its text, `amount` a number or its text."""

    kind: str
    amount: Any = 0
    due_on: Any = None
    note: str = ""
    currency: str = "CNY"


def check(remedy: Remedy) -> None:
    """Raise `Invalid` naming everything that is wrong with a remedy."""
    kind, amount, due_on = remedy.kind, remedy.amount, remedy.due_on
    problems = []
    if kind not in KINDS:
        told = {"given": str(kind), "kinds": ", ".join(KINDS)}
        problems.append(FieldProblem("remedy", sentence("Expected one of the remedies {kinds}, got {given}."), told))
    given = amount not in (None, "")
    unclear = amounts.problem("amount", amount, remedy.currency) if given else None
    problems += [unclear] if unclear else []
    if kind in WITH_MONEY and not unclear and not amounts.read(amount or 0):
        problems.append(FieldProblem("amount", sentence("A remedy in money needs an amount above 0.")))
    if due_on and day(due_on) is None:
        problems.append(FieldProblem("due_on", sentence("Expected a date like 2026-03-02, got {given}."), {"given": str(due_on)}))
    refuse_if_any(problems, sentence("The remedy was not recorded: {problems_told}"))


def record(connection: Connection, proposal: Row[Any], *, note: str, actor: str, at: datetime) -> None:
    """Write the remedy that was proposed, once. Raises `Rejected` unless exactly this was approved, and stands."""
    proposals.check_approved(connection, proposal)
    if is_recorded(connection, proposal):
        return
    proposals.check_payee(connection, proposal)
    row = {
        **_approved(proposal),
        "reference": proposal.reference,
        "proposal_id": proposal.id,
        "note": note,
        "recorded_at": at,
        "recorded_by": actor,
    }
    connection.execute(remedies.insert().values(key=key(proposal), **row))


def _approved(proposal: Row[Any]) -> dict[str, Any]:
    same = ("cycle", "kind", "currency", "due_on", "payee")
    return {**{name: getattr(proposal, name) for name in same}, "amount": proposal.amount or Decimal(0)}


def key(proposal: Row[Any]) -> str:
    """Return the key under which the remedy of a proposal is instructed: the same proposal is never instructed twice."""
    return f"{proposal.reference}/{proposal.cycle}/{proposal.id}"


def is_recorded(connection: Connection, proposal: Row[Any]) -> bool:
    """Say whether a proposal has become a remedy."""
    query = select(remedies.c.id).where(remedies.c.reference == proposal.reference, _is_of(proposal))
    return connection.execute(query).first() is not None


def to_instruct(connection: Connection, reference: str) -> Row[Any] | None:
    """Return the remedy of a case that may be instructed now, None where none is recorded. Raises `Rejected` unless it is as it was approved."""
    remedy, proposal = _due(connection, reference), proposals.latest(connection, reference)
    if remedy is None or proposal is None or remedy.proposal_id is None:
        return remedy
    proposals.check_approved(connection, proposal)
    if any(getattr(remedy, name) != getattr(proposal, name) for name in ("kind", "currency", "due_on", "payee", "cycle")) \
            or remedy.amount != (proposal.amount or Decimal(0)):
        raise Rejected(sentence("The remedy of case {reference} is no longer as it was approved, so nobody was instructed."), reference=reference)
    return remedy


def latest(connection: Connection, reference: str) -> Row[Any] | None:
    """Return the remedy recorded last for a case, or None."""
    query = select(remedies).where(remedies.c.reference == reference).order_by(remedies.c.id.desc()).limit(1)
    return connection.execute(query).one_or_none()


def of_case(connection: Connection, reference: str) -> list[Row[Any]]:
    """Return all remedies of a case, oldest first."""
    return list(connection.execute(select(remedies).where(remedies.c.reference == reference).order_by(remedies.c.id)))


def instructed(connection: Connection, remedy_id: int, *, receipt: str, at: datetime) -> None:
    """Note that somebody was instructed, with the receipt they gave; the first receipt stays."""
    match = (remedies.c.id == remedy_id) & remedies.c.instructed_at.is_(None)
    connection.execute(remedies.update().where(match).values(instructed_at=at, receipt=receipt))


def confirm(connection: Connection, reference: str, *, actor: str, at: datetime) -> None:
    """Note that what was proposed last for a case is done, and its promises kept; the first word stays."""
    remedy = _due(connection, reference)
    if remedy is None or remedy.impossible_at is not None:
        return
    match = (remedies.c.id == remedy.id) & remedies.c.confirmed_at.is_(None)
    connection.execute(remedies.update().where(match).values(confirmed_at=at, confirmed_by=actor))
    for each in of_case(connection, reference):
        if each.cycle == remedy.cycle:  # also the promise of one that turned out to be impossible: late, but kept
            commitments.keep(connection, each.key, at=at)


def give_up(connection: Connection, reference: str, *, at: datetime) -> None:
    """Note that what was proposed last for a case cannot be carried out; what is done stays done."""
    remedy = _due(connection, reference)
    if remedy is not None:
        match = (remedies.c.id == remedy.id) & remedies.c.confirmed_at.is_(None)
        connection.execute(remedies.update().where(match).values(impossible_at=at))


def _due(connection: Connection, reference: str) -> Row[Any] | None:
    """Return the remedy of what was proposed last, None where that has not been recorded."""
    proposal = proposals.latest(connection, reference)
    if proposal is None:
        return latest(connection, reference)
    query = select(remedies).where(remedies.c.reference == reference, _is_of(proposal))
    return connection.execute(query.order_by(remedies.c.id.desc()).limit(1)).one_or_none()


def _is_of(proposal: Row[Any]) -> ColumnElement[bool]:
    """Pick the remedy of a proposal; one that was recorded before proposals were kept is known by its time."""
    before = and_(remedies.c.proposal_id.is_(None), remedies.c.recorded_at >= proposal.proposed_at)
    return or_(remedies.c.proposal_id == proposal.id, before)


def called(kind: str, locale: str) -> str:
    """Return the name of a kind of remedy in a language; an unknown kind is its own name."""
    names = CHINESE if locale.startswith("zh") else KINDS
    return names.get(kind, kind)


def day(value: Any) -> date | None:
    """Return the day that a date, an instant or a text like 2026-03-02 names, or None."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        return None
