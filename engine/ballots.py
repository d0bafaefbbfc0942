"""Ballots: one person's row in one round of a vote. Independent rows, so that fifty people may sign at once.

A ballot is open, waiting for its turn, answered yes or no, or void; an answered ballot is never changed again once its round is decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, String, Table, UniqueConstraint, select

from kesu.engine.database import Instant, metadata
from kesu.engine.errors import Conflict, Forbidden, sentence
from kesu.engine.tallies import Answer, weight
from kesu.engine.user_tasks import PARTIES

OPEN, WAITING, YES, NO, VOID = "open", "waiting", "yes", "no", "void"

ballots = Table(
    "ballots",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("task_id", Integer, ForeignKey("user_tasks.id"), nullable=False),
    Column("voter", String, ForeignKey("people.login"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("weight", String, nullable=False, server_default="1"),
    Column("state", String, nullable=False),
    Column("answered_at", Instant),
    Column("comment", String),
    Column("on_behalf_of", String),
    Column("added_by", String),
    Column("superseded_by", Integer),
    UniqueConstraint("task_id", "voter"),
    Index("ix_ballots_voter_state", "voter", "state", "task_id"),
)


@dataclass(frozen=True)
class Ballot:
    """One person's part in a round."""

    id: int
    task_id: int
    voter: str
    position: int
    weight: str
    state: str
    answered_at: datetime | None
    comment: str | None
    on_behalf_of: str | None
    added_by: str | None
    superseded_by: int | None

    @property
    def answer(self) -> Answer:
        """Return the ballot as the tally sees it."""
        return Answer({YES: True, NO: False}.get(self.state), weight(self.weight))


def of_task(connection: Connection, task_id: int) -> list[Ballot]:
    """Return the ballots of a round in order of position."""
    query = select(ballots).where(ballots.c.task_id == task_id).order_by(ballots.c.position, ballots.c.id)
    return [Ballot(**row._mapping) for row in connection.execute(query)]


def of_tasks(connection: Connection, task_ids: Sequence[int]) -> dict[int, list[Ballot]]:
    """Return the ballots of several rounds at once, by task."""
    found: dict[int, list[Ballot]] = {task_id: [] for task_id in task_ids}
    query = select(ballots).where(ballots.c.task_id.in_(task_ids)).order_by(ballots.c.position, ballots.c.id)
    for row in connection.execute(query):
        found[row.task_id].append(Ballot(**row._mapping))
    return found


def hand_out(connection: Connection, task_id: int, voters: Sequence[str], *, weights: dict[str, Any] | None = None, in_turn: bool = False) -> None:
    """Write one ballot a voter; in turn, only the first is open."""
    rows = [{"task_id": task_id, "voter": voter, "position": position, "weight": str((weights or {}).get(voter, 1)),
             "state": WAITING if in_turn and position else OPEN} for position, voter in enumerate(dict.fromkeys(voters))]
    connection.execute(ballots.insert(), rows)


def of_voter(round_: Sequence[Ballot], voter: str) -> Ballot:
    """Return this person's ballot of a round, if it is theirs to fill now.

    A voter may change an answer while the round is undecided. Raises `Forbidden` for those not asked, `Conflict` out of turn.
    """
    own = next((ballot for ballot in round_ if ballot.voter == voter and ballot.state != VOID), None)
    if own is None:
        raise Forbidden(sentence("You are not among those asked in this vote."))
    if own.state == WAITING:
        raise Conflict(sentence("It is not your turn yet: the voters before you answer first."))
    return own


def cast(connection: Connection, ballot: Ballot, *, yes: bool, at: datetime, comment: str | None) -> None:
    """Fill a ballot."""
    values = {"state": YES if yes else NO, "answered_at": at, "comment": comment}
    connection.execute(ballots.update().where(ballots.c.id == ballot.id).values(**values))


def open_next(connection: Connection, round_: Sequence[Ballot]) -> str | None:
    """Open the next waiting ballot of a vote in turn; return its voter."""
    waiting = next((ballot for ballot in round_ if ballot.state == WAITING), None)
    if waiting is None:
        return None
    connection.execute(ballots.update().where(ballots.c.id == waiting.id).values(state=OPEN))
    return waiting.voter


def void_open(connection: Connection, task_ids: Sequence[int]) -> None:
    """Void every ballot of these rounds that nobody has answered."""
    match = ballots.c.task_id.in_(task_ids) & ballots.c.state.in_([OPEN, WAITING])
    connection.execute(ballots.update().where(match).values(state=VOID))


def supersede(connection: Connection, task_ids: Sequence[int], *, by: int) -> None:
    """Mark the answered ballots of these rounds as superseded by a later round; the answers stay."""
    match = ballots.c.task_id.in_(task_ids) & ballots.c.superseded_by.is_(None)
    connection.execute(ballots.update().where(match).values(superseded_by=by))


def is_voter(connection: Connection, task_id: int, login: str) -> bool:
    """Say whether this person was asked in a round."""
    return connection.execute(select(ballots.c.id).where(ballots.c.task_id == task_id, ballots.c.voter == login)).one_or_none() is not None


PARTIES.append(is_voter)
