"""The reference for a rejection that is to be resumed: what is remembered, and the way straight back when the rework is done.

The way is walked with what was done on it before; where a choice on it read what the rework changed, or it leads elsewhere now, it is not.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from tests.engine.spiff.token_game import Record

if TYPE_CHECKING:
    from tests.approvals.game import Deed, Game
    from tests.approvals.ledgers import Ledger


def names_of(records: Iterable[Record]) -> list[str]:
    """The names of some rounds, sorted."""
    return sorted(record.term.name for record in records)


def missing(before: Iterable[Record], after: Iterable[Record]) -> list[Record]:
    """Those of some rounds that are not among others."""
    left = {record.number for record in after}
    return [record for record in before if record.number not in left]


class _Done(NamedTuple):
    """What is remembered of a finished round."""

    name: str
    ledger: Ledger | None
    deeds: set[Deed]
    earlier: set[Deed]
    ender: str


class Memory:
    """What was done between a finished round, which is gone back to, and the task that rejects."""

    def __init__(self, game: Game, number: int, rejecting: str) -> None:
        self.rejecting, self.c = rejecting, game.c
        after = game.without(number)
        undone = [each for each in missing(game.root.finished(past=False), after.finished(past=False)) if each.number != number]
        events = Counter(_happened(game.root)) - Counter(_happened(after))
        self.left = Counter(names_of(undone)) + Counter(name for _, name in events.elements())
        self.choices = bool(Counter(_chosen(game.root)) - Counter(_chosen(after)))
        self._undone = [_Done(each.term.name, game.ledgers.get(each.number), game.deeds.get(each.number, set()),
                              game.earlier.get(each.number, set()), game.enders[each.number]) for each in undone]
        self._gone_off = {each.term.name for each in [*undone, *game.voided(after)] if each.number in game.watch.gone_off}

    def take_up(self, game: Game, known: set[int], *, changed: bool) -> bool:
        """Go straight back, if that can be; say whether it could. `known` is what was open or waited for before the rework was done."""
        if changed and self.choices:
            return False
        root, passed = copy.deepcopy(game.root), []
        while (found := self._next(root, known)) is not None:
            record, element = found
            self.left[element] -= 1
            if record.term.kind == "task":
                record.open = False
                passed.append(record)
            else:
                game.begin(record)
            root.move(game.c)
        if names_of(each for each in root.tasks() if each.number not in known).count(self.rejecting) != 1:
            return False
        game.root = root
        for each in passed:
            self._reinstate(game, each)
        game.settle()
        for each in game.open():
            if each.number not in known and each.term.name in self._gone_off:
                game.watch.silence(each.number)
        return True

    def _next(self, root: Record, known: set[int]) -> tuple[Record, str] | None:
        found = [(each, each.term.name) for each in root.tasks()] + [(each, each.term.name + "b") for each in root.events()]
        return next((each for each in found if each[0].number not in known and self.left[each[1]] > 0), None)

    def _reinstate(self, game: Game, record: Record) -> None:
        done = next(each for each in self._undone if each.name == record.term.name)
        self._undone.remove(done)
        if done.ledger is not None:
            game.ledgers[record.number] = done.ledger
        game.deeds[record.number], game.earlier[record.number], game.enders[record.number] = done.deeds, done.earlier, done.ender


def _happened(root: Record) -> Iterable[tuple[int, str]]:
    """The events that have happened: the round of the activity they happened to, and the element."""
    for _ in range(len(root.floats) + root.interrupted):
        yield root.number, root.term.name + "b"
    for part in [*root.kept, *root.parts, *root.floats]:
        yield from _happened(part)


def _chosen(root: Record) -> Iterable[int]:
    """The blocks whose way on was chosen by looking at c."""
    kind = root.term.kind
    rounds = len(root.kept) if kind == "loop" else 0  # of the other loop each turn itself says whether it was gone round
    for _ in range(rounds + root.exited + (kind == "turn" and len(root.parts) > 1) + (kind == "or" and bool(root.parts))):
        yield root.number
    for part in [*root.kept, *root.parts, *root.floats]:
        yield from _chosen(part)
