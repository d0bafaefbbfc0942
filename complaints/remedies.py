"""Remedies: what the customer is given to put it right, its cost, its day, and the receipt of the instruction that did it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Connection, Date, ForeignKey, Integer, Row, String, Table, Text, select

from kesu.complaints import amounts
from kesu.complaints.amounts import Money
from kesu.complaints.problems import FieldProblem, refuse_if_any
from kesu.engine.database import Instant, metadata
from kesu.engine.errors import sentence

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
    Column("carried_out_at", Instant),
    Column("receipt", String),
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


def record(connection: Connection, reference: str, remedy: Remedy, *, cycle: int, key: str, actor: str, at: datetime) -> None:
    """Write a remedy; a second one of the same key takes the place of the first, unless that has been carried out."""
    row = {
        "reference": reference,
        "cycle": cycle,
        "kind": remedy.kind,
        "amount": amounts.read(remedy.amount or 0) or Decimal(0),
        "currency": remedy.currency,
        "due_on": day(remedy.due_on) if remedy.due_on else None,
        "note": remedy.note,
        "recorded_at": at,
        "recorded_by": actor,
    }
    known = connection.execute(select(remedies.c.id, remedies.c.carried_out_at).where(remedies.c.key == key)).one_or_none()
    if known is None:
        connection.execute(remedies.insert().values(key=key, **row))
    elif known.carried_out_at is None:
        connection.execute(remedies.update().where(remedies.c.id == known.id).values(row))


def latest(connection: Connection, reference: str) -> Row[Any] | None:
    """Return the remedy recorded last for a case, or None."""
    query = select(remedies).where(remedies.c.reference == reference).order_by(remedies.c.id.desc()).limit(1)
    return connection.execute(query).one_or_none()


def of_case(connection: Connection, reference: str) -> list[Row[Any]]:
    """Return all remedies of a case, oldest first."""
    return list(connection.execute(select(remedies).where(remedies.c.reference == reference).order_by(remedies.c.id)))


def carried_out(connection: Connection, remedy_id: int, *, receipt: str, at: datetime) -> None:
    """Note that a remedy was carried out, with the receipt of whoever did; the first receipt stays."""
    match = (remedies.c.id == remedy_id) & remedies.c.carried_out_at.is_(None)
    connection.execute(remedies.update().where(match).values(carried_out_at=at, receipt=receipt))


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
