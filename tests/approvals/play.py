"""Random cases: after every move the engine has to stand where the reference stands; what the reference forbids, the engine refuses unchanged."""

import random
from collections import Counter
from datetime import datetime, timedelta

from kesu.engine import clock, notifications, runtime
from kesu.engine.database import Database
from kesu.engine.errors import Rejected
from tests.approvals import case_moves, path_moves, people_moves
from tests.approvals.game import WORLD, Game
from tests.approvals.reworks import names_of
from tests.approvals.stage import PEOPLE, PLANS, SUM, Case, bare, put_back
from tests.approvals.structures import STRUCTURES, VARIANTS

MAKING = {**path_moves.MAKING, **people_moves.MAKING, **case_moves.MAKING}
MOVES = tuple(MAKING)
ENDING = ("reject, end", "cancel", "terminate")
TRIES = 6
WAITING = ("bound", "float", "esub", "nsub")  # the blocks that a message happens to
VARIED = {
    structure: [PLANS[structure, variant] for variant in range(VARIANTS)]
    for structure in STRUCTURES
}
BORDER = {"drawn": "border", "plain": "border"}


class Play:
    """One random case in one structure, with one move tried whenever it can be."""

    def __init__(self, db: Database, seed: int, manual: clock.ManualClock) -> None:
        self.rnd, self.db = random.Random(seed), db
        self.structure, self.move = STRUCTURES[seed % len(STRUCTURES)], MOVES[seed // len(STRUCTURES) % len(MOVES)]
        plan = self.rnd.choice(
            [each for each in VARIED[self.structure] if each.services or self.move != "repair"]
            or VARIED[self.structure]
        )
        self.steady = self.rnd.random() < 0.4
        c = self.rnd.randint(0, 2)
        self.game, self.case, self.made = Game(plan, c, clock.now()), Case(db, plan, c, manual), Counter[str]()
        self.at, self.here = f"seed {seed}: {self.structure}, {self.move}", False
        self.told = Counter[str]()  # the notices that were given, by kind
        self.urged: dict[int, datetime] = {}  # when a task was urged last, by its id

    def run(self, steps: int = 9) -> Counter[str]:
        """Play; return how often the move was made in its structure."""
        before = notifications.plug(lambda _connection, told: self.told.update([told.kind]) or ())
        try:
            self._run(steps)
        finally:
            notifications.plug(before)
            put_back(self.db)
        return self.made

    def _run(self, steps: int) -> None:
        self.compare()
        self.come_there()
        for _ in range(steps):
            if self.game.state != "active":
                break
            target = self.made[self.move] < TRIES and self.rnd.random() < (0.8 if self.move == "message" else 0.45)
            if not (target and self.attempt(self.move)) and not self.other():
                self.go_on()
            self.pass_time()
            self.compare()
        assert self.case.is_intact(), self.at
        if self.game.state == "active":  # work that nobody will ever do would be handed over again and again
            runtime.terminate(self.db, self.case.id, actor="boss")

    def come_there(self, most: int = 12) -> None:
        """Go on until the case stands where its structure is meant to be looked at."""
        for _ in range(most):
            if self.game.state != "active" or self._is_there():
                return
            self.go_on()
            self.compare()

    def _is_there(self) -> bool:
        """A message is looked at where it is waited for."""
        waits = self.move == "message" and any(part.kind in WAITING for part in self.game.plan.term.parts)
        return bool(self.game.events()) if waits else self.game.situation()

    def attempt(self, move: str) -> bool:
        """Make a move where the reference says it is possible; what counts is where the case stood when it was made."""
        if self.game.state != "active":  # what a move needed first has ended the case
            return False
        self.here = self.game.situation()
        done = MAKING[move](self)
        if done and self.here:
            self.made[move] += 1
        return done

    def other(self) -> bool:
        """Now and then some other move that does not end the case."""
        return self.rnd.random() < 0.25 and self.attempt(self.rnd.choice([move for move in MOVES if move not in ENDING]))

    def go_on(self) -> None:
        """Somebody does what is to be done, a worker does a service, or an event happens."""
        events, jobs, names = self.game.events(), names_of(self.game.jobs()), self.game.unique()
        if events and (not names or (self.move != "message" and self.rnd.random() < 0.3)):
            case_moves.send(self, self.rnd.choice(events))
        elif jobs and (not names or self.rnd.random() < 0.5):
            name = self.rnd.choice(jobs)
            self.case.do_job(name)
            self.game.complete(name, None, by=WORLD)
        elif names:
            self.fill(self.rnd.choice(names))

    def fill(self, name: str) -> None:
        """Fill one ballot of a task, or do it."""
        ledger, task = self.game.ledger(name), self.case.task(name)
        c = None if self.steady else self.rnd.choice([None, 0, 1, 2, 2, 3])
        if self.structure == "on the way back of a loop" and not self.game.situation() and self.rnd.random() < 0.7:
            c = 3
        if not ledger.papers:
            who = ledger.owner or self.rnd.choice(self.office())
            runtime.complete(self.db, task.id, actor=who, submission={} if c is None else {"c": c})
            self.game.complete(name, c, by=who)
            return
        stranded = [] if ledger.to_fill() else [paper for paper in ledger.counted() if paper.state == "yes"]
        paper = self.rnd.choice(ledger.to_fill() or stranded)  # all have said yes, and more were wanted: somebody changes their mind
        yes = self.rnd.random() < 0.8 and not stranded
        runtime.vote(self.db, task.id, actor=paper.who, answer="yes" if yes else "no")
        self.answer(name, paper.who, yes)

    def answer(self, name: str, who: str, yes: bool) -> None:
        """Somebody has answered."""
        self.game.ledger(name).answer(who, yes)
        self.settle(name, who)

    def settle(self, name: str, who: str, *, answers: bool = True) -> None:
        """The token leaves a round that is decided by what somebody did: by an answer, or by taking somebody out."""
        decided = self.game.ledger(name).decided()
        if decided is None:
            self.game.act(name, who, answers=answers)
        else:
            self.game.complete(name, None, by=who, passed=decided)

    def pass_time(self) -> None:
        """Ten minutes go by, sometimes hours; what is due then is done."""
        self.case.pass_time(timedelta(minutes=self.rnd.choice([10, 10, 10, 10, 10, 10, 180, 420])))
        self.game.pass_time(clock.now())

    def compare(self) -> None:
        """The engine stands where the reference stands."""
        game, tasks, names = self.game, self.case.tasks(), self.game.unique()
        self.same("open tasks", sorted(bare(task.element_id) for task in tasks), game.names())
        self.same("ballots", self.case.rounds(names, tasks), {
            name: {paper.who: (paper.part, paper.state) for paper in game.ledger(name).live()} for name in names})
        self.same("services", sorted(self.case.jobs()), names_of(game.jobs()) if game.state == "active" else [])
        self.same("what is waited for", self.case.listening(), sorted(name + "b" for name in names_of(game.listening())))
        self.same("due dates", self.case.due(), game.watch.due)
        self.same("due dates of tasks", {name: self.case.due_of(tasks, name) for name in names}, {name: game.watch.due[name] for name in names})
        self.same("timers", self.case.alarms(), Counter((each.element, BORDER.get(each.act, each.act), each.at) for each in game.watch.alarms))
        fired = Counter[tuple[str, str]]()
        for (element, act), count in game.watch.fired.items():
            fired[element, BORDER.get(act, act)] += count
        self.same("what time limits did", self.case.fired(), fired)
        self.same("reminders and escalations", self.told["reminded"] + self.told["escalated"],
                  sum(count for (_, act), count in fired.items() if act in ("warn", "remind", "escalate")))
        self.same("skipped", self.case.skipped(), game.skipped)
        self.same("resumed", self.case.resumed(), game.resumed)
        if "call" not in {part.kind for part in game.plan.term.parts}:  # a called process has variables of its own
            self.same("c", self.case.variables()["c"], game.c)
        self.same("what was proposed", self.case.variables()["sum"], SUM)

    def same(self, what: str, engine: object, reference: object) -> None:
        """Two views of the case agree."""
        assert engine == reference, f"{self.at}: {what}: {engine} in the engine, {reference} in the reference"

    # -- what the moves need -----------------------------------------------------------------------------------------------------------

    def office(self) -> list[str]:
        """Those who belong to the office now, to which tasks are offered."""
        return sorted(self.game.office)

    def decider(self, name: str) -> str | None:
        """Somebody whose decision an open task waits for."""
        ledger = self.game.ledger(name)
        if not ledger.papers:
            return ledger.owner or self.rnd.choice(self.office())
        found = [paper.who for paper in ledger.to_fill() if paper.part in ("main", "after")]
        return self.rnd.choice(found) if found else None

    def chosen(self) -> tuple[str, str] | None:
        """An open task and who may decide there."""
        names = [(name, who) for name in self.game.unique() if (who := self.decider(name))]
        return self.rnd.choice(names) if names else None

    def strangers(self, name: str, count: int, but: str | None = None) -> list[str]:
        """People who have no ballot in a round, and are not somebody else either."""
        ledger = self.game.ledger(name)
        free = [who for who in PEOPLE if who not in {paper.who for paper in ledger.papers} | {ledger.owner, but}]
        return self.rnd.sample(free, min(count, len(free)))

    def refused(self, act) -> None:
        """A command is refused and leaves everything as it was."""
        before = self.case.everything()
        try:
            act()
        except Rejected:
            assert self.case.everything() == before, self.at
            return
        raise AssertionError(f"{self.at}: expected to be refused")
