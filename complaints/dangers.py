"""Danger to people: once seen it stands in the case, whoever must know is told at any hour, and the case goes before all others.

Whatever comes in is judged here: the complaint itself, later messages and answers, corrections. No machine lowers what was
raised; `all_clears` says how people do.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from kesu.complaints import all_clears, cases, deadlines, safety, summons
from kesu.complaints.summons import Summons
from kesu.engine import identity, instances, runtime
from kesu.engine.database import Database
from kesu.engine.errors import sentence

MUST_KNOW = ("customer_service", "quality", summons.TOP)  # the heads of these, at any hour
LEVEL = 2
MOST_WORDS = 8
FIRST = {"safety": True, "priority": 1}
REPORTED = "可能危及人身 / danger to people"
FOLLOWS = sentence("Danger to people was seen in what came in.")


def words(case: Row[Any]) -> str:
    """Return everything that a case says in words of its own."""
    return "\n".join([case.title, case.description, *map(str, (case.details or {}).values())])


def why(text: str) -> str:
    """Return, for the history, which words of a text may mean danger; empty where none does."""
    found = safety.signs(text)[:MOST_WORDS]
    return f"{REPORTED}: {', '.join(found)}" if found else ""


def heed(connection: Connection, reference: str, *, why: str, actor: str, at: datetime) -> bool:
    """Mark a case as dangerous, press what is open on it and tell whoever must know; False where all that was done before."""
    case = cases.find(connection, reference)
    if not case.safety or case.priority != 1:
        graded = {"grade": "major"} if case.grade else {}
        cases.set_columns(connection, reference, **FIRST, **graded)
        deadlines.hasten(connection, reference, at=at)
    return _tell(connection, case, why or REPORTED, actor, at)


def heed_words(connection: Connection, reference: str, text: str, *, actor: str, at: datetime) -> bool:
    """Heed a text that came in later if there is danger in it; say whether there is."""
    found = why(text)
    if found:
        heed(connection, reference, why=found, actor=actor, at=at)
    return bool(found)


def follow(db: Database, reference: str) -> None:
    """Let the process of a case know of a danger that the case file knows of, so that whatever comes next is judged by it."""
    with db.read() as connection:
        case, instance = cases.find(connection, reference), instances.by_business_key(connection, reference)
    if not case.safety or instance is None or instance.state in instances.ENDED:
        return
    wanted = FIRST | ({"grade": "major"} if instance.variables.get("grade") else {})
    changed = {name: value for name, value in wanted.items() if instance.variables.get(name) != value}
    if changed:
        told = {name: (instance.variables.get(name), value) for name, value in changed.items()}
        runtime.correct(db, instance.id, told, variables=changed, actor=identity.SYSTEM, reason=FOLLOWS, writes=())


def _tell(connection: Connection, case: Row[Any], why: str, actor: str, at: datetime) -> bool:
    number = all_clears.granted(connection, case.reference)

    def said(to: str | None) -> Summons:
        return Summons(case.reference, why, LEVEL, f"{case.reference}/{number}/{to or '-'}", actor, at, summons.DANGER)

    top = summons.above(connection, case.owner_department or MUST_KNOW[0], LEVEL)
    fresh = summons.call_in(connection, said(top), top)
    told = [summons.tell(connection, said(login), login) for login in _heads(connection, case) if login != top]
    return fresh or any(told)


def _heads(connection: Connection, case: Row[Any]) -> list[str]:
    """Return the heads who must know; where nobody heads anything, everybody who could do something."""
    heads = [identity.head_of(connection, key) for key in (*MUST_KNOW, case.owner_department) if key]
    known = identity.active(connection, [login for login in heads if login])
    return known or identity.members(connection, *MUST_KNOW) or identity.members(connection, "manager", "admin")
