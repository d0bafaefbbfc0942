"""The reference for the path: the token game of `tests/engine/spiff/token_game.py` with a ledger at every open task, and what moves mean in it."""

import copy
from collections import Counter

from tests.approvals.ledgers import Ledger
from tests.approvals.structures import Plan
from tests.engine.spiff.token_game import Record


class Game:
    """One case as the reference sees it."""

    def __init__(self, plan: Plan, c: int) -> None:
        self.plan, self.root, self.c = plan, Record(plan.term, c), c
        self.constant = True  # no choice has been made on another value of c: the way back would be the same
        self.state = "active"
        self.ledgers: dict[str, Ledger] = {}
        self.settle()

    def settle(self) -> None:
        """Open a round for what has opened, forget those of what is gone."""
        names = self.names()
        self.ledgers = {name: self.ledgers.get(name) or Ledger(self.plan.votes.get(name)) for name in names}

    def names(self) -> list[str]:
        """The open tasks."""
        return sorted(record.term.name for record in self.root.tasks()) if self.state in ("active", "suspended") else []

    def unique(self) -> list[str]:
        """The open tasks of which there is one."""
        return [name for name, count in Counter(self.names()).items() if count == 1]

    def complete(self, name: str, c: int | None) -> None:
        """A token leaves a task; a vote that failed and a plain yes go the same way here: nothing reads the outcome."""
        record = next(each for each in self.root.tasks() if each.term.name == name)
        record.open = False
        if c is not None:
            self.constant, self.c = self.constant and c == self.c, c
        self.root.move(self.c)
        self.ledgers.pop(name)
        self.settle()
        if not self.root.tasks():
            self.state = "completed"

    def events(self) -> list[str]:
        """Elements whose event can happen, and whose handler does not run yet."""
        here = {record.term.name for record in self.root.tasks()}
        found = Counter(each.term.name for each in self.root.events() if not each.term.parts[1].names() & here)
        return [name for name, count in found.items() if count == 1]

    def happen(self, name: str) -> None:
        """A boundary event or an event sub-process begins."""
        event = next(each for each in self.root.events() if each.term.name == name)
        event.happen(self.c)
        self.root.move(self.c)
        self.settle()

    def done(self) -> list[str]:
        """The finished tasks of which there is one to go back to."""
        return [name for name in sorted(self.plan.term.names()) if self.root.closed(name) == [False] and name not in self.names()]

    def after(self, name: str) -> "Game":
        """The case as it would be after going back to a finished task."""
        trial = copy.deepcopy(self)
        trial.back(name)
        return trial

    def back(self, name: str) -> None:
        """Going back: the task is open anew, what it caused is gone, everything else stays."""
        kept = dict(self.ledgers)
        self.root.reopen(name)
        self.ledgers = {each: kept[each] for each in self.names() if each in kept}
        self.settle()

    def causes(self, name: str) -> list[str]:
        """The finished tasks without which an open one would not be open."""
        return [each for each in self.done() if name not in self.after(each).names()]

    def nearest(self, name: str) -> list[str]:
        """Those causes that led to no other of them."""
        causes = self.causes(name)
        return [each for each in causes if not any(other not in self.after(each).done() for other in causes if other != each)]

    def first(self) -> list[str]:
        """The finished tasks that nothing else led to."""
        done = self.done()
        return [each for each in done if not any(each not in self.after(other).done() for other in done if other != each)]

    def situation(self) -> bool:
        """Say whether the case stands where its structure is meant to be looked at."""
        open_, block = self.names(), next((part for part in self.plan.term.parts if part.kind != "task"), None)
        inside = [name for name in open_ if block is not None and name in block.names()]
        votes = [name for name in self.plan.votes if self.plan.structure.startswith("vote")]
        return {
            "before a join": lambda: len(inside) > 1,
            "waiting at a join": lambda: block is not None and 0 < len(inside) and self._one_waits(block.name),
            "after a join": lambda: bool(open_) and not inside and self._passed(block), "vote member": lambda: any(name in open_ for name in votes),
            "vote decided": lambda: any(name in self.done() for name in votes), "after a boundary event fired": lambda: self._fired(self.root),
        }.get(self.plan.structure, lambda: bool(open_))()

    def _passed(self, block: object) -> bool:
        return any(record.term is block for record in self.root.parts) and len(self.root.parts) > 1

    def _one_waits(self, name: str) -> bool:
        found = [record for record in self.root.parts if record.term.name == name]
        return bool(found) and any(part.done for part in found[0].parts)

    def _fired(self, record: Record) -> bool:
        return record.interrupted or bool(record.floats) or any(self._fired(part) for part in record.parts)
