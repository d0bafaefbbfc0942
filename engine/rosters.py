"""Everybody of the company at one moment, read at once: who is active, in which groups, and who heads them."""

from collections import defaultdict

from sqlalchemy import Connection, select

from kesu.engine.identity import groups, memberships, people


class Roster:
    """People, departments and roles as they are now; asking costs nothing more."""

    def __init__(self, connection: Connection) -> None:
        self.active = frozenset(connection.execute(select(people.c.login).where(people.c.active)).scalars())
        self.groups = {row.key: row for row in connection.execute(select(groups))}
        self._members: defaultdict[str, list[str]] = defaultdict(list)
        for row in connection.execute(select(memberships).order_by(memberships.c.login)):
            if row.login in self.active:
                self._members[row.group_key].append(row.login)

    def members(self, key: str) -> list[str]:
        """Return the active members of a department or role."""
        return self._members[key] if key in self._members else []

    def head(self, key: str) -> str | None:
        """Return who heads a department, None where nobody active does."""
        row = self.groups.get(key)
        return row.head if row is not None and row.head in self.active else None

    def called(self, name: str | None) -> str | None:
        """Return the key of the group that is meant by a key or by a shown name, in either language."""
        wanted = (name or "").strip()
        if not wanted or wanted in self.groups:
            return wanted or None
        return next((key for key, row in self.groups.items() if wanted in (row.name, row.name_en)), None)

    @property
    def names(self) -> list[str]:
        """Return everything by which somebody can be named."""
        return [*self.active, *self.groups]

    @property
    def is_furnished(self) -> bool:
        """Say whether a company has been entered: somebody active who is no administrator."""
        return bool(self.active - set(self.members("admin")))
