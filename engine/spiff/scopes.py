"""Where process variables live: a tree of scopes beside the task tree, never in the tasks.

The process has one, each called process its own, each instance of a multi-instance activity (and a sub-process with data of
its own) a local one under it. A value is written where its name is declared, else to the outermost scope of the process:
parallel branches share one store, so none can write a stale copy over another's change.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from kesu.engine.spiff.values import decode, encode, keep


class Scope:
    """Variables by name. `parent` is the enclosing scope, None for that of a process; `written` names what was set."""

    __slots__ = ("id", "parent", "values", "written")

    def __init__(self, number: int, parent: "Scope | None", values: dict[str, Any]) -> None:
        self.id = number
        self.parent = parent
        self.values = values
        self.written: set[str] = set()

    def visible(self) -> dict[str, Any]:
        """Return all variables seen from here, the nearest of each name."""
        if self.parent is None:
            return dict(self.values)
        return {**self.parent.visible(), **self.values}

    def write(self, values: Mapping[str, Any]) -> None:
        """Set variables where they are declared, else on the process."""
        for name, value in values.items():
            self._holder(name)._put(name, value)

    def declare(self, values: Mapping[str, Any]) -> None:
        """Set variables here, hiding those of the same name further out."""
        for name, value in values.items():
            self._put(name, value)

    def _put(self, name: str, value: Any) -> None:
        self.values[str(name)] = keep(value, str(name))
        self.written.add(str(name))

    def _holder(self, name: str) -> "Scope":
        scope = self
        while name not in scope.values and scope.parent is not None:
            scope = scope.parent
        return scope


class Scopes:
    """All scopes of one running instance, by number."""

    def __init__(self) -> None:
        self.by_id: dict[int, Scope] = {}
        self._next = 0

    def open(self, parent: Scope | None, values: Mapping[str, Any]) -> Scope:
        """Add a scope under another (None: a process of its own) with its first values."""
        scope = Scope(self._next, parent, {})
        self._next += 1
        self.by_id[scope.id] = scope
        scope.declare(values)
        scope.written.clear()
        return scope

    def save(self, used: Iterable[int]) -> list[Any]:
        """Return what JSON needs of the scopes in use and those around them: [next, [id, parent, values, written]...]."""
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
        for number, parent, values, *written in saved[1:]:
            scope = Scope(number, None if parent is None else scopes.by_id[parent], {k: decode(v) for k, v in values.items()})
            scope.written = set(written[0]) if written else set()
            scopes.by_id[number] = scope
        return scopes


def _row(scope: Scope) -> list[Any]:
    parent = None if scope.parent is None else scope.parent.id
    row: list[Any] = [scope.id, parent, {k: encode(v) for k, v in scope.values.items()}]
    if scope.written and parent is None and scope.id:
        row.append(sorted(scope.written))  # a called process hands back what it changed, and no more
    return row
