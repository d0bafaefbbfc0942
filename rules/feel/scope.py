"""Where names get their values while an expression is evaluated: a chain of contexts, innermost first."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from kesu.rules.limits import STEPS, Budget, current


class Run(Budget):
    """One evaluation: what it may spend, its moment and zone, and the rules of tables that fired.

    `zone` is where what has no zone of its own is meant: a date is its midnight there, `now()` is
    told in it. Without one, a date is its midnight in UTC, as the standard says.
    """

    __slots__ = ("fired", "now", "zone", "zone_asked")

    def __init__(
        self, now: datetime | None = None, steps: int = STEPS, zone: tzinfo | None = None
    ) -> None:
        super().__init__(steps)
        self.now = now if now is None or zone is None else _told_in(zone, now)
        self.zone = zone
        self.zone_asked = False  # whether what was evaluated depends on the zone
        self.fired: list[tuple[str, str, int]] = []

    def moment(self) -> datetime:
        """Return the moment handed in, or the machine's where the language stands alone.

        The engine always hands its own clock in; asked twice, the answer is the same.
        """
        if self.now is None:
            self.now = datetime.now(self.zone or UTC)
        return self.now


def zone_of_evaluation() -> tzinfo | None:
    """Return the zone of the evaluation going on in this thread; None where the standard's UTC counts."""
    run = current()
    if not isinstance(run, Run):
        return None
    run.zone_asked = True
    return run.zone


def _told_in(zone: tzinfo, now: datetime) -> datetime:
    return now.replace(tzinfo=zone) if now.tzinfo is None else now.astimezone(zone)


class Scope:
    """Some names and the scope around them."""

    __slots__ = ("depth", "outer", "run", "values")

    def __init__(self, values: Mapping[str, Any], outer: "Scope | None", run: Run) -> None:
        self.values = values
        self.outer = outer
        self.run = run
        self.depth: int = 0 if outer is None else outer.depth + 1

    def inner(self, values: Mapping[str, Any]) -> "Scope":
        """Open a scope inside this one."""
        return Scope(values, self, self.run)
