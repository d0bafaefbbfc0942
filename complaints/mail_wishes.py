"""Which mails a colleague wants: each kind at once, in the daily digest, or not at all. Notices inside the program always come."""

from collections.abc import Mapping

from sqlalchemy import Column, Connection, ForeignKey, String, Table, select

from kesu.engine.database import metadata
from kesu.engine.errors import Invalid, sentence

WORK, DEADLINE, URGE, ESCALATION, COPY = KINDS = ("work", "deadline", "urge", "escalation", "copy")
IMMEDIATELY, DAILY, NEVER = WAYS = ("immediately", "daily", "never")

mail_wishes = Table(
    "mail_wishes",
    metadata,
    Column("login", String, ForeignKey("people.login"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("way", String, nullable=False),
)


def of_person(connection: Connection, login: str) -> dict[str, str]:
    """Return how a person wants each kind of mail; at once where they have said nothing."""
    query = select(mail_wishes.c.kind, mail_wishes.c.way).where(mail_wishes.c.login == login)
    known = {row.kind: row.way for row in connection.execute(query)}
    return {kind: known.get(kind, IMMEDIATELY) for kind in KINDS}


def at_once(connection: Connection, login: str, kind: str) -> bool:
    """Say whether a mail of this kind is to go out now."""
    query = select(mail_wishes.c.way).where(mail_wishes.c.login == login, mail_wishes.c.kind == kind)
    return connection.execute(query).scalar() in (None, IMMEDIATELY)


def choose(connection: Connection, login: str, wishes: Mapping[str, str]) -> None:
    """Keep how a person wants these kinds. Raises `Invalid` for a kind or a way that there is not."""
    for kind, way in wishes.items():
        if kind not in KINDS or way not in WAYS:
            raise Invalid(sentence("Expected immediately, daily or never for each kind of mail, but got {way} for {kind}."),
                          way=way[:40], kind=kind[:40])
        connection.execute(mail_wishes.delete().where(mail_wishes.c.login == login, mail_wishes.c.kind == kind))
        connection.execute(mail_wishes.insert().values(login=login, kind=kind, way=way))


def digested(connection: Connection) -> list[str]:
    """Return who wants at least one kind in the daily digest."""
    return list(connection.execute(select(mail_wishes.c.login).where(mail_wishes.c.way == DAILY).distinct().order_by(mail_wishes.c.login)).scalars())
