"""The reference for the path: the token game of `tests/engine/spiff/token_game.py` with a ledger at every task, a watch, and what moves mean.

A round is a record of the token game, known by its number, which copies of the game keep.
"""

import copy
import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tests.approvals import jumps
from tests.approvals.ledgers import Ledger
from tests.approvals.reworks import Memory, missing, names_of
from tests.approvals.structures import BOARDS, Plan
from tests.approvals.watches import Watch
from tests.engine.spiff.token_game import Record

OFFICE = ("p1", "p2", "p3", "p4", "p5", "p6")
WORLD = "world"  # who does services, and lets events happen
_serials = itertools.count()


@dataclass(frozen=True)
class Deed:
    """Something that somebody did of a round."""

    serial: int
    who: str
    name: str
    answers: bool


class Game:
    """One case as the reference sees it."""

    def __init__(self, plan: Plan, c: int, now: datetime) -> None:
        self.plan, self.root, self.c, self.now = plan, Record(plan.term, c), c, now
        self.state = "active"
        self.ledgers: dict[int, Ledger] = {}  # of every round that stands, open or finished
        self.enders: dict[int, str] = {}  # who finished a round
        self.deeds: dict[int, set[Deed]] = {}  # what was done of a round
        self.earlier: dict[int, set[Deed]] = {}  # what was done after a round that was gone back to, before that
        self.resumes: dict[int, Memory] = {}  # what is to be gone back to when a round is done
        self.resumed: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()  # what a jump gave up or passed over
        self.watch, self.seen = Watch(plan), set[int]()
        self.heads, self.office = (
            dict(BOARDS),
            set(OFFICE),
        )  # who heads the departments, and who belongs to the office
        self.settle()

    def settle(self) -> None:
        """Open a round for what has opened, forget those of what is gone."""
        self.root.forget()
        open_ = {record.number: record for record in self.open()} if self.state == "active" else {}
        standing = {record.number for record in self.root.finished()}
        for gone in self.seen - set(open_):
            self.watch.leave(gone)
        self.ledgers = {number: each for number, each in self.ledgers.items() if number in open_ or number in standing}
        self.resumes = {number: each for number, each in self.resumes.items() if number in open_}
        for number in set(open_) - self.seen:
            self.ledgers[number] = self._ledger(open_[number].term.name)
            self.watch.enter(number, open_[number].term.name, self.now)
        self.seen = set(open_)
        if self.state == "active" and not self.root.tasks():
            self.state = "completed"

    def _ledger(self, name: str) -> Ledger:
        """A new round: the heads of the departments as they are now, or the people that the diagram names."""
        rule = self.plan.votes.get(name)
        if name in self.plan.boards:
            return Ledger(
                rule, [*self.heads.values()], {who: board for board, who in self.heads.items()}
            )
        return Ledger(rule)

    def lapse(self) -> None:
        """It is looked after who does not belong any more to those for whom they were asked."""
        for record in self.open():
            self.ledgers[record.number].lapse(self.heads, self.office)

    def open(self) -> list[Record]:
        """The open user tasks."""
        return self._people(self.root.tasks())

    def jobs(self) -> list[Record]:
        """The services that are still to be done."""
        return [record for record in self.root.tasks() if record.term.name in self.plan.services]

    def names(self) -> list[str]:
        """The names of the open tasks."""
        return names_of(self.open()) if self.state == "active" else []

    def unique(self) -> list[str]:
        """The open tasks of which there is one."""
        return [name for name, count in Counter(self.names()).items() if count == 1]

    def record(self, name: str) -> Record:
        """The open task of a name."""
        return next(record for record in self.root.tasks() if record.term.name == name)

    def ledger(self, name: str) -> Ledger:
        """The round of an open task."""
        return self.ledgers[self.record(name).number]

    def act(self, name: str, who: str, *, answers: bool = True) -> None:
        """Somebody has done something of an open round: given an answer, or had others asked."""
        self._note(self.record(name), who, answers=answers)

    def done_after(self, number: int) -> set[Deed]:
        """All that was ever done that came after a finished round, and the answers in it."""
        caused = self._caused(number)
        earlier = {deed for each in caused - {number} for deed in self.earlier.get(each, ())}
        return {deed for each in caused for deed in self.deeds.get(each, ()) if each != number or deed.answers} | earlier

    def answered_after(self, number: int) -> set[str]:
        """Who has answered in what came of a finished round and still stands."""
        return {deed.who for each in self._caused(number) - {number} for deed in self.deeds.get(each, ()) if deed.answers}

    def _caused(self, number: int) -> set[int]:
        after = self.without(number)
        return {each.number for each in [*self.voided(after), *self.undone(after)]}

    def _note(self, record: Record, who: str, *, answers: bool = True) -> None:
        self.deeds.setdefault(record.number, set()).add(Deed(next(_serials), who, record.term.name, answers))

    def complete(self, name: str, c: int | None, by: str = "system", passed: bool = True) -> None:
        """A token leaves a task or a service; which way a round was decided nothing reads but a rework that is to be resumed."""
        record, before = self.record(name), {each.number for each in [*self.root.tasks(), *self.root.events()]}
        memory = self.resumes.pop(record.number, None)
        self.act(name, by)
        self.enders[record.number] = by
        self.c = self.c if c is None else c
        if record.number in self.ledgers:
            self.ledgers[record.number].close()
        record.open = False
        self.root.move(self.c)
        if memory is not None and passed:
            self.resumed["resumed" if memory.take_up(self, before, changed=self.c != memory.c) else "resume_refused"] += 1
        self.settle()

    def pass_time(self, now: datetime) -> None:
        """It is later, and what is due happens."""
        self.now = now
        while self.state == "active" and (alarm := self.watch.next(now)) is not None:
            if self.watch.fire(alarm) and alarm.act in ("approve", "reject"):
                self.complete(alarm.element, None, passed=alarm.act == "approve")

    def stand_still(self, now: datetime) -> None:
        """The case was suspended until now."""
        self.watch.stand_still(self.now, now)
        self.now = now

    def listening(self) -> list[Record]:
        """Activities whose event is waited for."""
        return self.root.events() if self.state == "active" else []

    def events(self) -> list[str]:
        """Elements whose event can happen, and whose handler does not run yet."""
        here = {record.term.name for record in self.root.tasks()}
        found = Counter(each.term.name for each in self.listening() if not each.term.parts[1].names() & here)
        return [name for name, count in found.items() if count == 1]

    def happen(self, name: str) -> None:
        """A boundary event or an event sub-process begins."""
        event = next(each for each in self.root.events() if each.term.name == name)
        self.begin(event)
        self.root.move(self.c)
        self.settle()

    def begin(self, event: Record) -> None:
        """An event happens, which is the world's doing in whatever it begins."""
        event.happen(self.c)
        for record in (event.floats or event.parts)[-1].tasks():
            self._note(record, WORLD, answers=False)

    def end(self) -> None:
        """The case ends by decision."""
        self.state = "ended"
        self.settle()

    # -- going back --------------------------------------------------------------------------------------------------------------------

    def done(self) -> list[Record]:
        """The finished rounds that one can go back to."""
        return self._people(record for record, _ in self.root.returnable())

    def back(self, number: int) -> None:
        """Going back to a finished round: the task is open anew, what it caused is gone, everything else stays."""
        self.earlier[number] = self.done_after(number) | self.earlier.get(number, set())
        self.deeds.pop(number, None)
        self.root.reopen(number)
        self.ledgers.pop(number)
        self.settle()

    def back_to_resume(self, number: int, rejecting: str) -> None:
        """Going back, to come straight back here when that is done: what was done in between is remembered."""
        memory = Memory(self, number, rejecting)
        self.back(number)
        self.resumes[number] = memory

    def ahead(self, name: str) -> list[str]:
        """The tasks that an open one can be jumped ahead from, without those that one can go back to."""
        return sorted(jumps.ahead(self.root, self.record(name).number) - {name} - set(names_of(self.done())) - self.plan.services)

    def middles(self, name: str) -> set[str]:
        """The tasks in the middle of a loop that an open one is outside of: not played, as its first turn would be half a turn."""
        loops = [block for block in self.plan.term.parts if block.kind in ("loop", "redo") and name not in block.names()]
        return {inside for block in loops for inside in block.names() if inside != block.first()}

    def jump(self, name: str, target: str, by: str) -> None:
        """A token is moved ahead: what was done of what it leaves came before the task that it stands at now."""
        open_ = self.root.tasks()
        skipped = jumps.jump(self.root, self.record(name).number, target, self.c)
        self.skipped += Counter(each for each in skipped if each not in self.plan.services)
        arrived, gone = self.record(target).number, [each.number for each in missing(open_, self.root.tasks())]
        done = [(deed.who, deed.name) for number in gone for deed in self.deeds.pop(number, set())] + [(by, name)]
        self.deeds[arrived] = {Deed(next(_serials), who, of, answers=False) for who, of in done}
        self.earlier[arrived] = set().union(*(self.earlier.pop(number, set()) for number in gone))
        self.settle()

    def jumped(self, name: str, target: str) -> Record:
        """What was visited, as it would be after a jump ahead."""
        trial = copy.deepcopy(self.root)
        jumps.jump(trial, self.record(name).number, target, self.c)
        return trial

    def without(self, number: int) -> Record:
        """What was visited, as it would be after going back to a finished round."""
        trial = copy.deepcopy(self.root)
        trial.reopen(number)
        return trial

    def undone(self, after: Record) -> list[Record]:
        """The finished rounds and services that do not stand any more."""
        return missing(self.root.finished(), after.finished())

    def voided(self, after: Record) -> list[Record]:
        """What was open, tasks and services, and is not any more."""
        return missing(self.root.tasks(), after.tasks())

    def causes(self, name: str) -> list[Record]:
        """The finished rounds without which an open one would not be open."""
        number = self.record(name).number
        others = [each for each in self.done() if each.term.name != name]
        return [each for each in others if number in {record.number for record in self.voided(self.without(each.number))}]

    def nearest(self, name: str) -> list[Record]:
        """Those causes that led to no other of them."""
        causes = self.causes(name)
        led = [self._led_to(cause, causes) for cause in causes]
        return [each for each, others in zip(causes, led, strict=True) if not others]

    def first(self) -> list[Record]:
        """The finished rounds that nothing else led to."""
        done = self.done()
        led = {record.number for each in done for record in self._led_to(each, done)}
        return [each for each in done if each.number not in led]

    def _led_to(self, cause: Record, others: list[Record]) -> list[Record]:
        left = self._people(record for record, _ in self.without(cause.number).returnable())
        return [each for each in missing(others, left) if each.number != cause.number]

    def _people(self, records: Iterable[Record]) -> list[Record]:
        return [record for record in records if record.term.name not in self.plan.services]

    # -- where the case stands ---------------------------------------------------------------------------------------------------------

    def situation(self) -> bool:
        """Say whether the case stands where its structure is meant to be looked at."""
        open_, block = self.names(), next((part for part in self.plan.term.parts if part.kind != "task"), None)
        inside = [name for name in open_ if block is not None and name in block.names()]
        vote = next(iter(self.plan.votes), "")  # in both structures of votes the first that was drawn is the one looked at
        return {
            "before a join": lambda: len(inside) > 1,
            "waiting at a join": lambda: block is not None and 0 < len(inside) and self._one_waits(block.name),
            "after a join": lambda: bool(open_) and not inside and self._passed(block), "vote member": lambda: vote in open_,
            "vote decided": lambda: vote in names_of(self.done()),
            "on the way back of a loop": lambda: block is not None and bool(open_) and self._went_back(block.name),
            "after a boundary event fired": lambda: self._fired(self.root),
        }.get(self.plan.structure, lambda: bool(open_))()

    def _passed(self, block: object) -> bool:
        return any(record.term is block and not record.left for record in self.root.parts[:-1])

    def _one_waits(self, name: str) -> bool:
        found = [record for record in self.root.parts if record.term.name == name]
        return bool(found) and any(part.done for part in found[0].parts)

    def _went_back(self, name: str) -> bool:
        found = [record for record in self.root.parts if record.term.name == name]
        return bool(found) and bool(found[0].kept or any(len(turn.parts) > 1 for turn in found[0].parts))

    def _fired(self, record: Record) -> bool:
        return record.interrupted or bool(record.floats) or any(self._fired(part) for part in record.parts)
