"""Standing deputies (代理): who acts for somebody from when until when, in which process. Applied when work is assigned.

Somebody who has a deputy now is away: new work goes to the deputy, "B on behalf of A", and nothing can be transferred to them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, ForeignKey, Index, Integer, String, Table, or_, select

from kesu.engine import clock, identity
from kesu.engine.database import Database, Instant, metadata
from kesu.engine.errors import Conflict, Forbidden, Invalid, NotFound, sentence

deputies = Table(
    "deputies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("principal", String, ForeignKey("people.login"), nullable=False),
    Column("deputy", String, ForeignKey("people.login"), nullable=False),
    Column("begins_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("definition_key", String),  # this process only; every process where it is empty
    Column("appointed_by", String, nullable=False),
    Column("appointed_at", Instant, nullable=False),
    Column("ended_by", String),
    Index("ix_deputies_principal", "principal", "ends_at"),
)


@dataclass(frozen=True)
class Deputy:
    """One appointment."""

    id: int
    principal: str
    deputy: str
    begins_at: datetime
    ends_at: datetime
    definition_key: str | None
    appointed_by: str
    appointed_at: datetime
    ended_by: str | None


def appoint(db: Database, principal: str, deputy: str, *, begins_at: datetime, ends_at: datetime, actor: str,
            definition_key: str | None = None) -> Deputy:
    """Let somebody act for somebody else. Raises `Forbidden`, `Invalid` for an empty period, `Conflict` in a circle or beside another one."""
    with db.write() as connection:
        _check_may(connection, principal, actor)
        wanted = {"principal": principal, "deputy": deputy, "begins_at": begins_at, "ends_at": ends_at, "definition_key": definition_key}
        _check_people(connection, principal, deputy)
        if ends_at <= begins_at or ends_at <= clock.now():
            raise Invalid(sentence("Expected a period that ends after it begins and is not over yet."))
        _check_free(connection, principal, begins_at, ends_at, definition_key)
        _check_circle(connection, wanted)
        row = deputies.insert().values(**wanted, appointed_by=actor, appointed_at=clock.now()).returning(deputies.c.id)
        return find(connection, int(connection.execute(row).scalar_one()))


def end(db: Database, deputy_id: int, *, actor: str) -> None:
    """End an appointment now; what was assigned to the deputy stays with them. Raises `NotFound`, `Forbidden`."""
    with db.write() as connection:
        appointment = find(connection, deputy_id)
        _check_may(connection, appointment.principal, actor)
        connection.execute(deputies.update().where(deputies.c.id == deputy_id).values(ended_by=actor, ends_at=clock.now()))


def find(connection: Connection, deputy_id: int) -> Deputy:
    """Return an appointment. Raises `NotFound`."""
    row = connection.execute(select(deputies).where(deputies.c.id == deputy_id)).one_or_none()
    if row is None:
        raise NotFound(sentence("Expected the id of a deputy, but there is none with id {id}."), id=deputy_id)
    return Deputy(**row._mapping)


def of_person(connection: Connection, login: str) -> list[Deputy]:
    """Return the appointments in which a person is represented or represents, the latest first."""
    query = select(deputies).where(or_(deputies.c.principal == login, deputies.c.deputy == login)).order_by(deputies.c.id.desc())
    return [Deputy(**row._mapping) for row in connection.execute(query)]


def standing_in(connection: Connection, login: str, definition_key: str | None, at: datetime) -> Deputy | None:
    """Return who acts for a person in a process at an instant; None where they act themselves."""
    query = select(deputies).where(deputies.c.principal == login, deputies.c.begins_at <= at, deputies.c.ends_at > at, _of_process(definition_key))
    row = connection.execute(query.order_by(deputies.c.definition_key.is_(None), deputies.c.id)).first()
    return None if row is None else Deputy(**row._mapping)


def standing(connection: Connection, at: datetime) -> list[Deputy]:
    """Return every appointment that holds at an instant."""
    query = select(deputies).where(deputies.c.begins_at <= at, deputies.c.ends_at > at).order_by(deputies.c.id)
    return [Deputy(**row._mapping) for row in connection.execute(query)]


def acting(connection: Connection, login: str, definition_key: str | None, at: datetime) -> str:
    """Return who acts in the end: a deputy of a deputy counts, until somebody is there."""
    seen = {login}
    while (appointed := standing_in(connection, login, definition_key, at)) is not None and appointed.deputy not in seen:
        login = appointed.deputy
        seen.add(login)
    return login


def _of_process(definition_key: str | None) -> ColumnElement[bool]:
    return or_(deputies.c.definition_key.is_(None), deputies.c.definition_key == definition_key)


def _check_may(connection: Connection, principal: str, actor: str) -> None:
    person = identity.find_person(connection, actor)
    if actor != principal and (person is None or not person.is_in("manager")):
        raise Forbidden(sentence("Only {who}, managers and administrators may say who acts for {who}."), who=principal)


def _check_people(connection: Connection, principal: str, deputy: str) -> None:
    if principal == deputy:
        raise Conflict(sentence("Expected somebody else: nobody is their own deputy."))
    missing = {principal, deputy} - set(identity.active(connection, [principal, deputy]))
    if missing:
        raise Invalid(sentence("Expected an active person, but {who} is not one."), who=", ".join(sorted(missing)))


def _check_free(connection: Connection, principal: str, begins_at: datetime, ends_at: datetime, definition_key: str | None) -> None:
    same = deputies.c.definition_key.is_(None) if definition_key is None else deputies.c.definition_key == definition_key
    query = select(deputies).where(deputies.c.principal == principal, same, deputies.c.begins_at < ends_at, deputies.c.ends_at > begins_at)
    row = connection.execute(query).first()
    if row is not None:
        raise Conflict(sentence("{deputy} already acts for {who} in this period. End that first."), deputy=row.deputy, who=principal)


def _check_circle(connection: Connection, wanted: dict[str, Any]) -> None:
    principal, deputy, key = wanted["principal"], wanted["deputy"], wanted["definition_key"]
    pending, seen = [deputy], set()
    same = deputies.c.id.is_not(None) if key is None else _of_process(key)
    while pending:
        login = pending.pop()
        if login == principal:
            raise Conflict(sentence("That would go in a circle: at the same time {who} would act for {deputy}."), who=principal, deputy=deputy)
        seen.add(login)
        overlapping = select(deputies.c.deputy).where(deputies.c.principal == login, same, deputies.c.begins_at < wanted["ends_at"],
                                                      deputies.c.ends_at > wanted["begins_at"])
        pending += [found for found in connection.execute(overlapping).scalars() if found not in seen]
