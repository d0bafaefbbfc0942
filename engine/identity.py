"""People and the groups (departments and roles) they belong to: who may be a candidate, who heads whom.

Departments and roles stand in one table, told apart by `kind`; a diagram names either by its key.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Integer, String, Table, bindparam, false, func, select

from kesu.engine.database import Instant, metadata
from kesu.engine.errors import NotFound, sentence

SYSTEM = "system"
CUSTOMER = "customer"

people = Table(
    "people",
    metadata,
    Column("login", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("name_en", String, nullable=False, server_default=""),
    Column("email", String, nullable=False, server_default=""),
    Column("password_hash", String),
    Column("password_given", Boolean, nullable=False, server_default=false()),  # by somebody else
    Column("locale", String, nullable=False, server_default="zh"),
    Column("superior", String, ForeignKey("people.login")),
    Column("active", Boolean, nullable=False, default=True),
    Column("created_at", Instant, nullable=False),
)

groups = Table(
    "groups",
    metadata,
    Column("key", String, primary_key=True),
    Column("kind", String, nullable=False),  # department | role
    Column("name", String, nullable=False),
    Column("name_en", String, nullable=False, server_default=""),
    Column("parent", String, ForeignKey("groups.key")),
    Column("head", String, ForeignKey("people.login")),
    Column("position", Integer, nullable=False, server_default="0"),
)

memberships = Table(
    "memberships",
    metadata,
    Column("login", String, ForeignKey("people.login"), primary_key=True),
    Column("group_key", String, ForeignKey("groups.key"), primary_key=True, index=True),
)


# Built once: every request and every command asks these.
_BY_LOGIN = select(people).where(people.c.login == bindparam("wanted"))
_GROUPS = select(memberships.c.group_key).where(memberships.c.login == bindparam("wanted"))
_MEMBERSHIP = select(memberships.c.login).where(memberships.c.login == bindparam("wanted"), memberships.c.group_key == bindparam("key"))
_ANYBODY = (select(memberships.c.login).join(people, people.c.login == memberships.c.login).limit(1)
            .where(memberships.c.group_key.in_(bindparam("keys", expanding=True)), people.c.active))


@dataclass(frozen=True)
class Person:
    """Somebody who signs in, with every group they belong to."""

    login: str
    name: str
    name_en: str
    email: str
    locale: str
    superior: str | None
    active: bool
    groups: frozenset[str]
    password_given: bool = False  # chosen by somebody else: to be changed before anything else

    def is_in(self, *keys: str) -> bool:
        """Say whether the person belongs to any of these groups; administrators belong to all."""
        return "admin" in self.groups or not self.groups.isdisjoint(keys)

    def names(self) -> list[str]:
        """Return what others know this person by; none of it makes a good password."""
        return [self.login, self.name, self.name_en, self.email, self.email.partition("@")[0]]

    def called(self, locale: str) -> str:
        """Return the name to show in this language."""
        return self.name if locale.startswith("zh") or not self.name_en else self.name_en


def add_person(connection: Connection, login: str, *, at: Any, groups: Iterable[str] = (), **columns: Any) -> None:
    """Write a new person and their memberships."""
    connection.execute(people.insert().values(login=login, created_at=at, **columns))
    for key in groups:
        connection.execute(memberships.insert().values(login=login, group_key=key))


def add_group(connection: Connection, key: str, *, kind: str, name: str, **columns: Any) -> None:
    """Write a new department or role."""
    connection.execute(groups.insert().values(key=key, kind=kind, name=name, **columns))


def find_person(connection: Connection, login: str) -> Person | None:
    """Return the person of this login, or None."""
    row = connection.execute(_BY_LOGIN, {"wanted": login}).one_or_none()
    return None if row is None else _person(row, _groups_of(connection, login))


def person(connection: Connection, login: str) -> Person:
    """Return the person of this login.

    Raises `NotFound`.
    """
    found = find_person(connection, login)
    if found is None:
        raise NotFound(sentence("Expected the login of a person, but nobody is called {login}."), login=login)
    return found


def password_hash(connection: Connection, login: str) -> str | None:
    """Return the kept hash of an active person's password, or None."""
    query = select(people.c.password_hash).where(people.c.login == login, people.c.active)
    return connection.execute(query).scalar()


def keep_password_hash(
    connection: Connection, login: str, hashed: str, *, given: bool | None = None
) -> None:
    """Replace a person's password by the one behind this hash.

    `given` says that somebody else has chosen it; None, that it is the password of before.
    """
    values: dict[str, Any] = {"password_hash": hashed}
    if given is not None:
        values["password_given"] = given
    connection.execute(people.update().where(people.c.login == login).values(**values))


def choose_locale(connection: Connection, login: str, locale: str) -> None:
    """Set the language a person is written to and shown."""
    connection.execute(people.update().where(people.c.login == login).values(locale=locale))


def groups_of(login: Any) -> Any:
    """Return a query for the groups of a person, to stand inside another one; `login` may be a bound parameter."""
    return select(memberships.c.group_key).where(memberships.c.login == login)


def is_member(connection: Connection, login: str, key: str) -> bool:
    """Say whether a person belongs to a group."""
    return connection.execute(_MEMBERSHIP, {"wanted": login, "key": key}).first() is not None


def has_members(connection: Connection, *keys: str) -> bool:
    """Say whether anybody active is in any of these groups."""
    return connection.execute(_ANYBODY, {"keys": keys}).first() is not None


def members(connection: Connection, *keys: str) -> list[str]:
    """Return the logins of the active people in any of these groups, in order of login."""
    if not keys:
        return []
    query = (
        select(people.c.login)
        .join(memberships, memberships.c.login == people.c.login)
        .where(memberships.c.group_key.in_(keys), people.c.active)
        .distinct()
        .order_by(people.c.login)
    )
    return list(connection.execute(query).scalars())


def head_of(connection: Connection, key: str) -> str | None:
    """Return the active head of a department, or None where it has none."""
    query = select(groups.c.head).join(people, people.c.login == groups.c.head).where(groups.c.key == key, people.c.active)
    return connection.execute(query).scalar()


def group_called(connection: Connection, name: str) -> str | None:
    """Return the key of the department or role of this key, or else of this shown name in either language; None where there is none."""
    found = connection.execute(select(groups.c.key).where(groups.c.key == name)).scalar()
    if found is not None:
        return str(found)
    shown = name.strip()
    match = (groups.c.name == shown) | (func.lower(groups.c.name_en) == shown.lower())
    query = select(groups.c.key).where(match, groups.c.name != "").order_by(groups.c.kind, groups.c.key)
    return connection.execute(query).scalars().first()


def superior_of(connection: Connection, login: str, levels: int = 1) -> str | None:
    """Return the person `levels` steps above, or None where the ladder ends before."""
    above: str | None = login
    for _ in range(levels):
        above = connection.execute(select(people.c.superior).where(people.c.login == above)).scalar()
    return above


def department_of(connection: Connection, login: str) -> str | None:
    """Return the first department (by key) the person belongs to, or None."""
    query = (
        select(groups.c.key)
        .join(memberships, memberships.c.group_key == groups.c.key)
        .where(memberships.c.login == login, groups.c.kind == "department")
        .order_by(groups.c.key)
    )
    return connection.execute(query).scalars().first()


def departments_of(connection: Connection, login: str) -> list[str]:
    """Return the departments (by key) a person belongs to."""
    own = memberships.join(groups, memberships.c.group_key == groups.c.key)
    match = (memberships.c.login == login) & (groups.c.kind == "department")
    query = select(groups.c.key).select_from(own).where(match).order_by(groups.c.key)
    return list(connection.execute(query).scalars())


def departments_among(connection: Connection, keys: Iterable[str]) -> list[str]:
    """Return those of the groups that are departments."""
    match = groups.c.key.in_(list(keys)) & (groups.c.kind == "department")
    return list(connection.execute(select(groups.c.key).where(match).order_by(groups.c.key)).scalars())


def active(connection: Connection, logins: Iterable[str]) -> list[str]:
    """Return those of the logins that are active people, in the order given, each once."""
    wanted = list(dict.fromkeys(logins))
    if not wanted:
        return []
    known = set(connection.execute(select(people.c.login).where(people.c.login.in_(wanted), people.c.active)).scalars())
    return [login for login in wanted if login in known]


def _groups_of(connection: Connection, login: str) -> frozenset[str]:
    return frozenset(connection.execute(_GROUPS, {"wanted": login}).scalars())


def _person(row: Any, keys: frozenset[str]) -> Person:
    return Person(row.login, row.name, row.name_en, row.email, row.locale, row.superior, row.active, keys, row.password_given)
