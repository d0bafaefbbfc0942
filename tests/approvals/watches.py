"""The reference for time: deadlines that belong to the case, marks that fire once, and timers that BPMN starts anew with each round.

Told from `docs/approvals.md`, sharing nothing with the engine. Deadlines and marks go by the element, plain timers by the round.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from tests.approvals.structures import DRAWN, LIMIT, PLAIN, WARNING, Plan


@dataclass
class Alarm:
    """Something that will go off: of which round, what it does, when, and its mark where it fires once for all."""

    round: int
    element: str
    act: str  # warn, remind, escalate, approve, reject; drawn, plain: an event on the border
    at: datetime
    mark: tuple[str, str] | None


class Watch:
    """All the time limits of one case."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.due: dict[str, datetime] = {}
        self.fired: Counter[tuple[str, str]] = Counter()  # what came of it, by element and act: what is written to history
        self.marks: set[tuple[str, str]] = set()
        self.alarms: list[Alarm] = []
        self.gone_off: set[int] = set()  # rounds whose plain timer has gone off

    def enter(self, number: int, name: str, now: datetime) -> None:
        """A round of a task begins: a deadline that ran before runs on, and what has fired stays fired."""
        timing = self.plan.timings[name]
        self.gone_off.discard(number)
        due = self.due.setdefault(name, now + LIMIT)
        if timing.warn:
            self._set(number, name, "warn", max(due - WARNING, now), (name, "warn"))
        if timing.policy:
            self._set(number, name, timing.policy, max(due, now), (name, timing.policy))
        if timing.drawn:
            self._set(number, name + "t", "drawn", self.due.setdefault(name + "t", now + DRAWN), (name, "drawn"))
        if timing.plain:
            self._set(number, name + "u", "plain", now + PLAIN, None)

    def leave(self, number: int) -> None:
        """A round is over, or given up."""
        self.alarms = [alarm for alarm in self.alarms if alarm.round != number]

    def next(self, now: datetime) -> Alarm | None:
        """Take the first alarm that is due; None where none is."""
        found = min((alarm for alarm in self.alarms if alarm.at <= now), key=lambda alarm: alarm.at, default=None)
        if found is not None:
            self.alarms.remove(found)
        return found

    def fire(self, alarm: Alarm) -> bool:
        """Say whether an alarm does anything: what was done about a deadline is not done again."""
        if alarm.mark in self.marks:
            return False
        self.marks |= {alarm.mark} if alarm.mark else set()
        self.gone_off |= {alarm.round} if alarm.act == "plain" else set()
        self.fired[alarm.element, alarm.act] += 1
        return True

    def silence(self, number: int) -> None:
        """What has gone off on a way that is resumed does not go off again."""
        self.alarms = [alarm for alarm in self.alarms if (alarm.round, alarm.act) != (number, "plain")]
        self.gone_off.add(number)

    def stand_still(self, since: datetime, now: datetime) -> None:
        """The case was suspended: what was not due then is due later by exactly that time."""
        self.due = {name: due + (now - since) if due > since else due for name, due in self.due.items()}
        for alarm in self.alarms:
            alarm.at = max(alarm.at, since) + (now - since)

    def _set(self, number: int, element: str, act: str, at: datetime, mark: tuple[str, str] | None) -> None:
        if mark is None or mark not in self.marks:
            self.alarms.append(Alarm(number, element, act, at, mark))
