"""Proposals: what is to be done for a customer, frozen when it is proposed. Only what was agreed to as it was frozen is ever carried out.

Kind, amount, currency, day and payee go into a digest together with what the approval matrix asked for; the engine writes that digest into the
history of every decision, so that agreement can be looked up: a changed proposal has another digest, and nobody's agreement.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Column, Connection, Date, ForeignKey, Integer, Row, String, Table, select

from kesu.complaints import amounts, complainants
from kesu.complaints.amounts import Money
from kesu.complaints.cases import cases
from kesu.engine import ballots, consents
from kesu.engine.database import Instant, Json, metadata
from kesu.engine.errors import Rejected, sentence
from kesu.engine.subjects import Frozen, Proposal
from kesu.engine.user_tasks import UserTask

WORDS: Final = frozenset({"none", "apology", "explanation"})  # they cost nothing: the letter to the customer carries them

proposals = Table(
    "proposals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("instance_id", Integer, ForeignKey("instances.id"), nullable=False),
    Column("reference", String, ForeignKey("cases.reference"), nullable=False, index=True),
    Column("cycle", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("amount", Money),  # None: what was proposed is no amount
    Column("currency", String(3), nullable=False),
    Column("due_on", Date),
    Column("complainant_id", Integer, ForeignKey("complainants.id"), nullable=False),
    Column("payee", String, nullable=False),  # the customer's name as it stood
    Column("levels", Integer, nullable=False),  # how many approvals the matrix asked for
    Column("countersign_groups", Json, nullable=False),
    Column("about", Json, nullable=False),  # what was proposed as it was written
    Column("digest", String(64), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("proposed_by", String, nullable=False),
    Column("task_id", Integer, ForeignKey("user_tasks.id")),
)
HASHED: Final = ("reference", "cycle", "kind", "amount", "currency", "due_on", "complainant_id", "payee", "levels", "countersign_groups")


class Remedies:
    """What the decisions of our processes are about: the remedy. `amount` is its cost in processes from before it had a name of its own."""

    names: Final = frozenset({"remedy", "remedy_amount", "due_on"})
    fixed: Final = frozenset({"reference", "initiator", "remedy_amount", "levels", "countersign_groups"})

    def of(self, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the remedy that the variables of a process name, as texts; None where they name none."""
        kind = variables.get("remedy")
        if kind in (None, ""):
            return None
        given = variables["remedy_amount"] if "remedy_amount" in variables else variables.get("amount")
        amount, levels = amounts.read(given or 0), variables.get("levels")
        groups = variables.get("countersign_groups")
        return {"remedy": str(kind), "amount": str(given if amount is None else amount), "due_on": _day(variables.get("due_on")),
                "levels": int(levels) if isinstance(levels, int | float | Decimal) else 0,
                "countersign_groups": sorted(str(each) for each in groups) if isinstance(groups, list) else []}

    def freeze(self, connection: Connection, proposal: Proposal) -> Frozen | None:
        """Return how a remedy is kept: with the currency of its case and the customer as they stand; None where there is no such case."""
        case = connection.execute(select(cases).where(cases.c.reference == (proposal.business_key or ""))).one_or_none()
        if case is None:
            return None
        about = proposal.about
        told = {"reference": case.reference, "cycle": case.cycle, "kind": about["remedy"], "amount": amounts.read(about["amount"]),
                "currency": case.currency, "due_on": _date(about["due_on"]), "complainant_id": case.complainant_id,
                "payee": complainants.find(connection, case.complainant_id).name, "levels": about["levels"],
                "countersign_groups": about["countersign_groups"]}
        row = {**told, "about": dict(about), "digest": digest(told), "proposed_at": proposal.since or proposal.at,
               "proposed_by": proposal.actor, "task_id": proposal.task_id}
        return Frozen(row["digest"], lambda connection, instance_id: keep(connection, {**row, "instance_id": instance_id}))


def keep(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write a proposal."""
    connection.execute(proposals.insert().values(**row))


def digest(told: Mapping[str, Any]) -> str:
    """Return the SHA-256 over what a proposal says, as canonical JSON."""
    text = json.dumps({name: told[name] for name in HASHED}, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def latest(connection: Connection, reference: str) -> Row[Any] | None:
    """Return what was proposed last for a case, or None."""
    query = select(proposals).where(proposals.c.reference == reference).order_by(proposals.c.id.desc()).limit(1)
    return connection.execute(query).one_or_none()


def check_approved(connection: Connection, proposal: Row[Any]) -> None:
    """Raise `Rejected` unless a proposal is as it was frozen, is the case's latest, and everybody the matrix asks for agreed to exactly that.

    An approval counts while no move has undone it. Words that cost nothing need nobody's agreement.
    """
    newest = latest(connection, proposal.reference)
    if newest is None or newest.id != proposal.id or digest(proposal._asdict()) != proposal.digest:
        raise _changed(proposal)
    found = consents.of(connection, proposal.instance_id, proposal.digest)
    if found.rejected:
        raise Rejected(sentence("The proposal for case {reference} was rejected, so nothing of it may be carried out. "
                                "It has to be proposed and approved again."), reference=proposal.reference)
    if proposal.kind in WORDS and not proposal.amount and not found.approved:
        return
    have, needed = _agreed(connection, proposal, found.approved), max(1, proposal.levels) + bool(proposal.countersign_groups)
    if have < needed:
        raise Rejected(sentence("The proposal for case {reference} was approved at {have} of {needed} levels as it stands, so nothing of it may be "
                                "carried out. It has to go through the approvals that are missing."),
                       reference=proposal.reference, have=have, needed=needed)


def check_payee(connection: Connection, proposal: Row[Any]) -> None:
    """Raise `Rejected` where the customer's name is not the frozen one: approvers may have read either."""
    if complainants.find(connection, proposal.complainant_id).name != proposal.payee:
        raise _changed(proposal)


def _changed(proposal: Row[Any]) -> Rejected:
    return Rejected(sentence("What was proposed for case {reference} has changed since, "
                             "so nothing of it may be carried out. "
                             "It has to be proposed and approved again."),
                    reference=proposal.reference)


def _agreed(connection: Connection, proposal: Row[Any], approved: Sequence[UserTask]) -> int:
    """Count the levels that agreed. The countersign is one vote, and stands for no other level; each yes of any other vote is one."""
    votes = [task for task in approved if task.ballot and not task.ballot.get("added")]
    alone, counted = len(approved) - len(votes), votes[1:] if proposal.countersign_groups else votes
    rounds = ballots.of_tasks(connection, [task.id for task in counted])
    yes: int = sum(each.counts and each.state == ballots.YES for round_ in rounds.values() for each in round_)
    return min(alone + yes, max(1, int(proposal.levels))) + bool(proposal.countersign_groups and votes)


def _day(value: Any) -> str:
    return str(value.isoformat() if hasattr(value, "isoformat") else value or "").strip()[:10]


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
