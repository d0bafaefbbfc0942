"""Where process variables live: a tree of scopes beside the task tree, never in the tasks.

The process has one, each called process its own, each instance of a multi-instance activity (and a sub-process with data of
its own) a local one under it. A value is written where its name is declared, else to the outermost scope of the process:
parallel branches share one store, so none can write a stale copy over another's change.

One of several instances that run at once is a member: what it is told, and whatever nothing outside declares, stays in it, so that
no other member sees it. When all of them are done the activity gives it out (`hand_out`), and remembers whose it was: the
members of its next turn do not begin with it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from kesu.engine.spiff.values import decode, encode, keep


class Scope:
    """Variables by name. `parent` is the enclosing scope, None for that of a process; `written` names what was set.

    `member` says that it is one of several instances at once; `given` which activity's members gave a name out.
    """

    __slots__ = ("given", "id", "member", "parent", "values", "written")

    def __init__(self, number: int, parent: "Scope | None", values: dict[str, Any]) -> None:
        self.id = number
        self.parent = parent
        self.values = values
        self.written: set[str] = set()
        self.member = False
        self.given: dict[str, str] = {}

    def visible(self) -> dict[str, Any]:
        """Return all variables seen from here, the nearest of each name."""
        if self.parent is None:
            return dict(self.values)
        return {**self.parent.visible(), **self.values}

    def write(self, values: Mapping[str, Any]) -> None:
        """Set variables where they are declared, else on the member or the process: what the diagram itself computes."""
        for name, value in values.items():
            holder = self._holder(name)
            (holder if holder is not None else self.home())._put(name, value)

    def answer(self, values: Mapping[str, Any]) -> None:
        """Set what somebody has answered, a person or a handler or a message: as `write`, but it never leaves a member."""
        home = self.home()
        for name, value in values.items():
            holder = self._holder(name)
            (holder if holder is not None and holder.id >= home.id else home)._put(name, value)

    def home(self) -> "Scope":
        """Return where undeclared names go: the member around this scope, else the process."""
        scope = self
        while not scope.member and scope.parent is not None:
            scope = scope.parent
        return scope

    def own(self) -> dict[str, Any]:
        """Return what was set in the member that this scope is or is in; empty outside of any."""
        home = self.home()
        return {name: home.values[name] for name in sorted(home.written)} if home.member else {}

    def hand_out(self, values: Mapping[str, Any], giver: str) -> None:
        """Set what the members of an activity have come to, as their common result."""
        home = self.home()
        for name, value in values.items():
            holder = self._holder(name)
            holder = holder if holder is not None and holder.id >= home.id else home
            holder._put(name, value)
            holder.given[name] = giver

    def given_by(self, giver: str) -> list[str]:
        """Return the names that stand here only because earlier members of an activity gave them out."""
        outer = self.parent.given_by(giver) if self.parent is not None else []
        return [*(name for name in outer if name not in self.values), *(name for name, by in self.given.items() if by == giver)]

    def declare(self, values: Mapping[str, Any]) -> None:
        """Set variables here, hiding those of the same name further out."""
        for name, value in values.items():
            self._put(name, value)

    def _put(self, name: str, value: Any) -> None:
        self.values[str(name)] = keep(value, str(name))
        self.written.add(str(name))
        self.given.pop(str(name), None)

    def _holder(self, name: str) -> "Scope | None":
        """Return the nearest scope that declares a name."""
        scope: Scope | None = self
        while scope is not None and name not in scope.values:
            scope = scope.parent
        return scope


class Scopes:
    """All scopes of one running instance, by number."""

    def __init__(self) -> None:
        self.by_id: dict[int, Scope] = {}
        self._next = 0

    def open(self, parent: Scope | None, values: Mapping[str, Any], *, member: bool = False) -> Scope:
        """Add a scope under another (None: a process of its own) with its first values."""
        scope = Scope(self._next, parent, {})
        scope.member = member
        self._next += 1
        self.by_id[scope.id] = scope
        scope.declare(values)
        scope.written.clear()
        return scope

    def save(self, used: Iterable[int]) -> list[Any]:
        """Return what JSON needs of the scopes in use and those around them: [next, [id, parent, values, written, member, given]...]."""
        wanted: dict[int, Scope] = {}
        for number in used:
            scope: Scope | None = self.by_id[number]
            while scope is not None and scope.id not in wanted:
                wanted[scope.id] = scope
                scope = scope.parent
        return [self._next, *(_row(wanted[number]) for number in sorted(wanted))]

    @classmethod
    def restore(cls, saved: list[Any]) -> "Scopes":
        """Rebuild what `save` gave; a parent always has a smaller number than its children."""
        scopes = cls()
        scopes._next = saved[0]
        for number, parent, values, *more in saved[1:]:
            scope = Scope(number, None if parent is None else scopes.by_id[parent], {k: decode(v) for k, v in values.items()})
            scope.written = set(more[0]) if more else set()
            if len(more) > 1:
                scope.member, scope.given = bool(more[1]), dict(more[2])
            scopes.by_id[number] = scope
        return scopes


def _row(scope: Scope) -> list[Any]:
    parent = None if scope.parent is None else scope.parent.id
    row: list[Any] = [scope.id, parent, {k: encode(v) for k, v in scope.values.items()}]
    called = parent is None and scope.id  # a called process hands back what it changed, and no more; a member too
    written = sorted(scope.written) if called or scope.member else []
    if written or scope.member or scope.given:
        row.append(written)
    if scope.member or scope.given:
        row += [int(scope.member), scope.given]
    return row
