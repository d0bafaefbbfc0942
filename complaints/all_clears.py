"""All clear: the only way in which a danger is taken back. One person asks and says why, another who may agrees or refuses.

For everybody and in every way in: no form, message, correction, import or repair of an incident lowers what was raised.
"""

from typing import Any

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Integer, Row, String, Table, Text, func, select

from kesu.complaints import cases
from kesu.engine import clock, identity, instances, latches, runtime
from kesu.engine.database import Database, Instant, metadata
from kesu.engine.errors import Conflict, Forbidden, Rejected, sentence

MAY = ("agent", "manager")  # roles
LONGEST = 2_000
ITS_OWN_ACT = sentence("Danger to people is not taken back here: ask for the all-clear on the page of the case, with a reason;"
                       " a second person has to agree.")
latches.hold("safety", ITS_OWN_ACT)

all_clears = Table(
    "all_clears",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String, ForeignKey("cases.reference"), nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("agreed", Boolean),  # None: nobody has answered yet
    Column("answer", Text),
    Column("answered_by", String),
    Column("answered_at", Instant),
)


def of_case(connection: Connection, reference: str) -> list[Row[Any]]:
    """Return what was asked and answered about a case, oldest first."""
    query = select(all_clears).where(all_clears.c.reference == reference).order_by(all_clears.c.id)
    return list(connection.execute(query))


def waiting(connection: Connection, reference: str) -> Row[Any] | None:
    """Return the question that waits for a second person, or None."""
    query = select(all_clears).where(all_clears.c.reference == reference, all_clears.c.agreed.is_(None))
    return connection.execute(query.order_by(all_clears.c.id.desc()).limit(1)).one_or_none()


def granted(connection: Connection, reference: str) -> int:
    """Count how often a danger of this case was taken back: what is seen after that is a new one, told anew."""
    query = select(func.count()).where(all_clears.c.reference == reference, all_clears.c.agreed)
    return int(connection.execute(query).scalar_one())


def ask(db: Database, reference: str, *, reason: str, actor: str) -> int:
    """Ask for the all-clear. Raises `Rejected` without a reason, `Conflict` where there is no danger or it was asked already."""
    _check_reason(reason)
    with db.write() as connection:
        _check_may(connection, actor)
        if not cases.find(connection, reference).safety:
            raise Conflict(sentence("Case {reference} is not marked as dangerous."), reference=reference)
        open_one = waiting(connection, reference)
        if open_one is not None:
            raise Conflict(sentence("{who} has asked for the all-clear already; a second person has to answer."),
                           who=open_one.asked_by)
        row = {"reference": reference, "reason": reason.strip(), "asked_by": actor, "asked_at": clock.now()}
        return int(connection.execute(all_clears.insert().values(row).returning(all_clears.c.id)).scalar_one())


def answer(db: Database, reference: str, *, agreed: bool, reason: str, actor: str) -> None:
    """Agree or refuse as the second person; with agreement the danger is taken back, in the case and in its process.

    Raises `Conflict` where nothing was asked, `Forbidden` for whoever asked, administrators too.
    """
    _check_reason(reason)
    with db.read() as connection:
        _check_may(connection, actor)
        asked, instance = waiting(connection, reference), instances.by_business_key(connection, reference)
    if asked is None:
        raise _nothing(reference)
    if asked.asked_by == actor:
        raise Forbidden(sentence("You asked for it yourself: a second person has to look (four eyes)."))

    def write(connection: Connection) -> None:
        _close(connection, asked, agreed, reason.strip(), actor)

    told: dict[str, tuple[Any, Any]] = {"safety": (True, False)} if agreed else {"all_clear": (None, "refused")}
    runtime.correct(db, instance.id if instance else None, told, variables={"safety": False} if agreed else {},
                    actor=actor, reason=reason.strip(), writes=(write,))


def _close(connection: Connection, asked: Row[Any], agreed: bool, reason: str, actor: str) -> None:
    at = clock.now()
    match = (all_clears.c.id == asked.id) & all_clears.c.agreed.is_(None)
    answered = {"agreed": agreed, "answer": reason, "answered_by": actor, "answered_at": at}
    if connection.execute(all_clears.update().where(match).values(answered)).rowcount != 1:
        raise _nothing(asked.reference)
    if agreed:
        cases.lower_safety(connection, asked.reference, asked_by=asked.asked_by, actor=actor, at=at, reason=asked.reason)


def _check_reason(reason: str) -> None:
    if not 0 < len(reason.strip()) <= LONGEST:
        raise Rejected(sentence("Expected a reason of at most {most} characters: it is kept in the case."), most=LONGEST)


def _check_may(connection: Connection, actor: str) -> None:
    person = identity.find_person(connection, actor)
    if person is None or not person.active or not person.is_in(*MAY):
        raise Forbidden(sentence("Only agents and managers may ask for the all-clear or answer it."))


def _nothing(reference: str) -> Conflict:
    return Conflict(sentence("Nobody has asked for the all-clear in case {reference}, or it was answered already."),
                    reference=reference)
