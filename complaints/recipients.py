"""Whom a message to staff reaches: a login, everybody of a group, `head_of:group` or `superior_of:login`."""

from sqlalchemy import Connection

from kesu.engine import identity


def resolve(connection: Connection, to: str) -> list[str]:
    """Return the logins of the active people meant, each once; nobody where the ladder ends.

    `superior_of:` a group is the superior of its head.
    """
    kind, _, name = to.rpartition(":")
    if kind == "head_of":
        found = [identity.head_of(connection, name)]
    elif kind == "superior_of":
        person = name if identity.find_person(connection, name) else identity.head_of(connection, name)
        found = [identity.superior_of(connection, person) if person else None]
    else:
        known = identity.find_person(connection, to)
        found = [known.login] if known else list(identity.members(connection, to))
    return identity.active(connection, [login for login in found if login])
