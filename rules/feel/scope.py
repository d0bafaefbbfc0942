"""Where names get their values while an expression is evaluated: a chain of contexts, innermost first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kesu.rules.limits import STEPS, Budget


class Run(Budget):
    """One evaluation: what it may spend, the moment `now()` says, and the rules of tables that fired."""

    __slots__ = ("fired", "now")

    def __init__(self, now: datetime | None = None, steps: int = STEPS) -> None:
        super().__init__(steps)
        self.now = now
        self.fired: list[tuple[str, str, int]] = []


class Scope:
    """Some names and the scope around them."""

    __slots__ = ("outer", "run", "values")

    def __init__(self, values: Mapping[str, Any], outer: "Scope | None", run: Run) -> None:
        self.values = values
        self.outer = outer
        self.run = run

    def inner(self, values: Mapping[str, Any]) -> "Scope":
        """Open a scope inside this one."""
        return Scope(values, self, self.run)
