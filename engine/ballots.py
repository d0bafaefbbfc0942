"""Ballots: one person's row in one round of a vote. Independent rows, so that fifty people may sign at once.

A ballot is open, waiting for its turn, answered yes or no, or void; an answered ballot is never changed again once its round is decided.
Its part says how it counts: `main` and `after` ballots are the vote; `before` ballots and `opinion`s stand beside another ballot, which
waits for them and is then its owner's to decide.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, String, Table, UniqueConstraint, bindparam, null, select

from kesu.engine import tallies
from kesu.engine.database import Instant, Json, metadata
from kesu.engine.errors import Conflict, Forbidden, sentence
from kesu.engine.tallies import PASSED, Answer, rule, tally, weight

OPEN, WAITING, YES, NO, VOID = "open", "waiting", "yes", "no", "void"
MAIN, AFTER, BEFORE, OPINION = "main", "after", "before", "opinion"
DECISIVE = (MAIN, AFTER)

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
    Column("part", String, nullable=False, server_default=MAIN),
    Column("beside", Integer),  # the ballot that waits for this one
    Column("because", Integer),  # the user task with the earlier yes that stands for this one
    Column("submission", Json),
    UniqueConstraint("task_id", "voter"),
    Index("ix_ballots_voter_state", "voter", "state", "task_id"),
)
_ANSWERED = ballots.c.answered_at.is_not(None)
# What somebody has decided, in the order in which they did.
Index("ix_ballots_answered", ballots.c.voter, ballots.c.answered_at, ballots.c.task_id, ballots.c.state, sqlite_where=_ANSWERED,
      postgresql_where=_ANSWERED)


# Built once: putting a statement together costs more than running it.
_OF_TASK = select(ballots).where(ballots.c.task_id == bindparam("wanted")).order_by(ballots.c.position, ballots.c.id)
_WRITTEN = {"answered_at", "comment", "submission"}  # what no tally asks for: reading it for fifty costs as much as writing one
_STANDING = select(*(null().label(column.name) if column.name in _WRITTEN else column for column in ballots.c)).where(
    ballots.c.task_id == bindparam("wanted")).order_by(ballots.c.position, ballots.c.id)
_VOID = select(ballots.c.voter).where(ballots.c.task_id == bindparam("wanted"), ballots.c.state == VOID)
_CHANGE = ballots.update().where(ballots.c.id == bindparam("wanted"))


class Ballot(NamedTuple):
    """One person's part in a round. A tuple, since whoever signs reads all the others'."""

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
    part: str
    beside: int | None
    because: int | None
    submission: dict[str, Any] | None

    @property
    def is_undone(self) -> bool:
        """Say whether it is still to be answered, now or later."""
        return self.state in (OPEN, WAITING)

    @property
    def counts(self) -> bool:
        """Say whether it is one of the N of its round."""
        return self.part in DECISIVE and self.state != VOID

    @property
    def answer(self) -> Answer:
        """Return the ballot as the tally sees it."""
        return Answer({YES: True, NO: False}.get(self.state), weight(self.weight))


def of_task(connection: Connection, task_id: int) -> list[Ballot]:
    """Return the ballots of a round in order of position."""
    return [Ballot._make(row) for row in connection.execute(_OF_TASK, {"wanted": task_id})]


def standing(connection: Connection, task_id: int) -> list[Ballot]:
    """Return the ballots of a round as a tally sees them, in order of position: without what the voters wrote and when."""
    return [Ballot._make(row) for row in connection.execute(_STANDING, {"wanted": task_id})]


def of_tasks(connection: Connection, task_ids: Sequence[int]) -> dict[int, list[Ballot]]:
    """Return the ballots of several rounds at once, by task."""
    found: dict[int, list[Ballot]] = {task_id: [] for task_id in task_ids}
    query = select(ballots).where(ballots.c.task_id.in_(task_ids)).order_by(ballots.c.position, ballots.c.id)
    for row in connection.execute(query):
        found[row.task_id].append(Ballot._make(row))
    return found


@dataclass(frozen=True)
class Seat:
    """One ballot to be handed out."""

    voter: str
    position: int
    weight: Any = 1
    state: str = OPEN
    part: str = MAIN
    beside: int | None = None
    added_by: str | None = None
    on_behalf_of: str | None = None
    answered_at: datetime | None = None
    because: int | None = None


def hand_out(connection: Connection, task_id: int, seats: Sequence[Seat]) -> None:
    """Write ballots. A person whose ballot of this round was taken from them gets that ballot back: one person, one ballot."""
    once = set(connection.execute(_VOID, {"wanted": task_id}).scalars())
    for seat in seats:
        row = {"task_id": task_id, **asdict(seat), "weight": str(seat.weight)}
        if seat.voter in once:
            connection.execute(ballots.update().where(ballots.c.task_id == task_id, ballots.c.voter == seat.voter).values(**row))
        else:
            connection.execute(ballots.insert().values(**row))


def seats(voters: Sequence[str], *, weights: dict[str, Any], in_turn: bool, behalf: dict[str, str]) -> list[Seat]:
    """Return one seat a voter; in turn, only the first is open."""
    return [Seat(voter, position, weights.get(voter, 1), WAITING if in_turn and position else OPEN,
                 on_behalf_of=behalf.get(voter)) for position, voter in enumerate(dict.fromkeys(voters))]


def result(settings: dict[str, Any], round_: Sequence[Ballot]) -> str | None:
    """Return how a round is settled: `passed`, `failed`, or None while it is not; it does not pass while an added `after` ballot is open."""
    settled = tally(rule(settings), [ballot.answer for ballot in round_ if ballot.counts])
    if settled == PASSED and any(ballot.part == AFTER and ballot.is_undone for ballot in round_):
        return None
    return settled


def can_pass(settings: dict[str, Any], round_: Sequence[Ballot]) -> bool:
    """Say whether these ballots could pass if every one were a yes."""
    return tallies.can_pass(rule(settings), [each.weight for each in round_])


def of_voter(round_: Sequence[Ballot], voter: str) -> Ballot:
    """Return this person's ballot of a round, if it is theirs to fill now.

    A voter may change an answer while the round is undecided. Raises `Forbidden` for those not asked, `Conflict` out of turn.
    """
    own = next((ballot for ballot in round_ if ballot.voter == voter and ballot.state != VOID), None)
    if own is None:
        raise Forbidden(sentence("You are not among those asked in this vote."))
    if own.state == WAITING and (first := [each.voter for each in round_ if each.beside == own.id and each.is_undone]):
        raise Conflict(sentence("It is not your turn yet: {who} was asked first, and then it comes back to you."), who=", ".join(first))
    if own.state == WAITING:
        raise Conflict(sentence("It is not your turn yet: the voters before you answer first."))
    return own


def cast(connection: Connection, ballot: Ballot, *, yes: bool, at: datetime, comment: str | None, submission: Any = None) -> None:
    """Fill a ballot."""
    change(connection, ballot, state=YES if yes else NO, answered_at=at, comment=comment, submission=submission)


def open_following(connection: Connection, round_: Sequence[Ballot], *, in_turn: bool) -> list[str]:
    """Open every waiting ballot of a round that nothing stands before any more; return their voters."""
    ready = [ballot for ballot in round_ if ballot.state == WAITING and not _is_held(ballot, round_, in_turn)]
    for ballot in ready:
        change(connection, ballot, state=OPEN)
    return [ballot.voter for ballot in ready]


def change(connection: Connection, ballot: Ballot, **columns: Any) -> None:
    """Change columns of a ballot: its state, its voter, its place."""
    connection.execute(_CHANGE, {"wanted": ballot.id, **columns})


def make_room(connection: Connection, task_id: int, *, after: int, places: int) -> None:
    """Move the ballots behind a position further back."""
    match = (ballots.c.task_id == task_id) & (ballots.c.position > after)
    connection.execute(ballots.update().where(match).values(position=ballots.c.position + places))


def void_open(connection: Connection, task_ids: Sequence[int]) -> None:
    """Void every ballot of these rounds that nobody has answered."""
    match = ballots.c.task_id.in_(task_ids) & ballots.c.state.in_([OPEN, WAITING])
    if task_ids:
        connection.execute(ballots.update().where(match).values(state=VOID))


def supersede(connection: Connection, task_ids: Sequence[int], *, by: int) -> None:
    """Mark the answered ballots of these rounds as superseded by a later round; the answers stay."""
    match = ballots.c.task_id.in_(task_ids) & ballots.c.superseded_by.is_(None)
    connection.execute(ballots.update().where(match).values(superseded_by=by))


def reinstate(connection: Connection, task_ids: Sequence[int]) -> None:
    """Take the mark off again: the work was resumed, and these rounds stand."""
    connection.execute(ballots.update().where(ballots.c.task_id.in_(task_ids)).values(superseded_by=None))


def _is_held(ballot: Ballot, round_: Sequence[Ballot], in_turn: bool) -> bool:
    if any(other.beside == ballot.id and other.is_undone for other in round_):
        return True
    earlier = (other for other in round_ if other.part in DECISIVE and other.position < ballot.position)
    return in_turn and ballot.part in DECISIVE and any(other.is_undone for other in earlier)
