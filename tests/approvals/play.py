"""Random cases: after every move the engine has to stand where the reference stands; what the reference forbids, the engine refuses unchanged."""

import copy
import random
from collections import Counter

from kesu.engine import clock, history, runtime, user_tasks
from kesu.engine.database import Database
from kesu.engine.errors import Rejected
from tests.approvals.game import Game
from tests.approvals.stage import PEOPLE, PLANS, Case
from tests.approvals.structures import STRUCTURES, VARIANTS

MOVES = (
    "reject to the previous", "reject to the initiator", "reject to a chosen step", "reject, end", "reject, resume", "withdraw",
    "take back", "cancel", "terminate", "jump", "suspend and activate", "add-sign before", "add-sign after", "add-sign parallel",
    "remove-sign", "transfer", "delegate, resolve", "handover", "copy", "urge", "claim, release", "batch", "stale page, two actors",
)
ENDING = ("reject, end", "cancel", "terminate")
TRIES = 6


class Play:
    """One random case in one structure, with one move tried whenever it can be."""

    def __init__(self, db: Database, seed: int, manual: clock.ManualClock) -> None:
        self.rnd, self.db = random.Random(seed), db
        self.structure, self.move = STRUCTURES[seed % len(STRUCTURES)], MOVES[seed // len(STRUCTURES) % len(MOVES)]
        plan = PLANS[self.structure, self.rnd.randrange(VARIANTS)]
        self.steady = self.move == "reject, resume" or self.rnd.random() < 0.3
        c = self.rnd.randint(0, 2)
        self.game, self.case, self.made = Game(plan, c), Case(db, plan, c, manual), Counter()
        self.at = f"seed {seed}: {self.structure}, {self.move}"

    def run(self, steps: int = 9) -> Counter:
        """Play; return how often the move was made in its structure."""
        self.compare()
        self.come_there()
        for _ in range(steps):
            if self.game.state != "active":
                break
            target = self.made[self.move] < TRIES and self.rnd.random() < 0.45
            if not (target and self.attempt(self.move)) and not self.other():
                self.go_on()
            self.case.pass_time()
            self.compare()
        with self.db.read() as connection:
            assert history.verify(connection, self.case.id).intact, self.at
        return self.made

    def come_there(self, most: int = 12) -> None:
        """Go on until the case stands where its structure is meant to be looked at."""
        for _ in range(most):
            if self.game.state != "active" or self.game.situation():
                return
            self.go_on()
            self.compare()

    def attempt(self, move: str) -> bool:
        """Make a move where the reference says it is possible."""
        here = self.game.situation()
        done = _MAKING[move](self)
        if done and here:
            self.made[move] += 1
        return bool(done)

    def other(self) -> bool:
        """Now and then some other move that does not end the case."""
        return self.rnd.random() < 0.25 and self.attempt(self.rnd.choice([move for move in MOVES if move not in ENDING and (
            move != "reject, resume" or self.game.constant)]))

    def go_on(self) -> None:
        """Somebody does what is to be done, or an event happens."""
        events = self.game.events()
        names = self.game.unique()
        if events and (not names or self.rnd.random() < 0.3):
            name = self.rnd.choice(events)
            runtime.correlate(self.db, "m", {}, {}, actor="system", instance_id=self.case.id, keep=False)
            self.game.happen(name)
        elif names:
            self.fill(self.rnd.choice(names))

    def fill(self, name: str) -> None:
        """Fill one ballot of a task, or do it."""
        ledger, task = self.game.ledgers[name], self.case.task(name)
        c = None if self.steady else self.rnd.choice([None, 0, 1, 2, 2, 3])
        given = {} if c is None else {"c": c}
        if not ledger.papers:
            runtime.complete(self.db, task.id, actor=ledger.owner or self.rnd.choice(PEOPLE), submission=given)
            self.game.complete(name, c)
            return
        paper, yes = self.rnd.choice(ledger.to_fill()), self.rnd.random() < 0.8
        runtime.vote(self.db, task.id, actor=paper.who, answer="yes" if yes else "no")
        ledger.answer(paper.who, yes)
        self.settle(name)

    def settle(self, name: str) -> None:
        """The token leaves a round that is decided."""
        if self.game.ledgers[name].decided() is not None:
            self.game.complete(name, None)

    def compare(self) -> None:
        """The engine stands where the reference stands."""
        tasks = self.case.tasks()
        assert sorted(task.element_id.rpartition(":")[2] for task in tasks) == self.game.names(), self.at
        names = self.game.unique()
        expected = {name: {paper.who: (paper.part, paper.state) for paper in self.game.ledgers[name].live()} for name in names}
        assert self.case.rounds(names, tasks) == expected, self.at
        self.case.check_deadlines(tasks)

    # -- what the moves need -----------------------------------------------------------------------------------------------------------

    def decider(self, name: str) -> str | None:
        """Somebody whose decision an open task waits for."""
        ledger = self.game.ledgers[name]
        if not ledger.papers:
            return ledger.owner or self.rnd.choice(PEOPLE)
        found = [paper.who for paper in ledger.to_fill() if paper.part in ("main", "after")]
        return self.rnd.choice(found) if found else None

    def chosen(self) -> tuple[str, str] | None:
        """An open task and who may decide there."""
        names = [(name, who) for name in self.game.unique() if (who := self.decider(name))]
        return self.rnd.choice(names) if names else None

    def strangers(self, name: str, count: int) -> list[str]:
        """People who have no ballot in a round."""
        asked = {paper.who for paper in self.game.ledgers[name].papers} | {self.game.ledgers[name].owner}
        return self.rnd.sample([who for who in PEOPLE if who not in asked], min(count, len(PEOPLE) - len(asked - {None})))

    def refused(self, act) -> None:
        """A command is refused and leaves everything as it was."""
        before = self.case.everything()
        try:
            act()
        except Rejected:
            assert self.case.everything() == before, self.at
            return
        raise AssertionError(f"{self.at}: expected to be refused")


def _reject(play: Play, targets, word: str | None = None, **more) -> bool:
    """Reject from some open task to one of `targets(name)`; the legal targets have to be those of the reference."""
    picked = play.chosen()
    if picked is None:
        return False
    name, who = picked
    task, causes = play.case.task(name), play.game.causes(name)
    legal = {each.element_id.rpartition(":")[2]: each for each in runtime.legal_moves(play.db, task.id, actor=who)["reject"]}
    assert set(causes) <= set(legal), f"{play.at}: from {name}, {causes} against {sorted(legal)}"
    if set(causes) == set(legal) - {"end"}:
        assert sorted(play.game.nearest(name)) == sorted(each for each in causes if legal[each].is_previous), play.at
    wanted = [each for each in targets(name) if each in causes]
    if not wanted or (word and len(wanted) > 1):
        return False
    target = play.rnd.choice(wanted)
    preview = runtime.preview(play.db, task.id, actor=who, move="reject", target=legal[target].activity_id)
    after = play.game.after(target)
    gone = sorted(set(play.game.unique()) - set(after.names()))
    assert gone == sorted({each.element_id.rpartition(":")[2] for each in preview.voided if each.kind == "user_task"} & set(gone)), play.at
    exact = word if word and sorted(set(legal) - {"end"}) == sorted(causes) else legal[target].activity_id
    runtime.move(play.db, task.id, actor=who, move="reject", target=exact, reason="mend it", **more)
    play.game.back(target)
    return True


def _resume(play: Play) -> bool:
    if not play.game.constant:
        return _reject(play, play.game.causes, afterwards="resume")
    before = {name: play.game.ledgers[name] for name in play.game.ledgers}
    snapshot, names = copy.deepcopy(play.game.root), play.game.names()
    if len(set(names)) != len(names) or _is_adrift(play.game.root):
        return False
    if not _reject(play, play.game.causes, afterwards="resume"):
        return False
    play.compare()
    [reworked] = [name for name in play.game.names() if name not in names]
    kept = {name: each for name, each in before.items() if name in play.game.ledgers}
    while not _answer_yes(play, reworked):
        pass
    play.game.root = snapshot
    play.game.ledgers = kept
    play.game.settle()
    return True


def _is_adrift(record) -> bool:
    return bool(record.floats) or record.interrupted or any(_is_adrift(part) for part in record.parts)


def _answer_yes(play: Play, name: str) -> bool:
    """Say yes on until the rework is done; return whether it is."""
    ledger, task = play.game.ledgers[name], play.case.task(name)
    if not ledger.papers:
        runtime.complete(play.db, task.id, actor=play.rnd.choice(PEOPLE), submission={"note": "mended"})
        return True
    paper = ledger.to_fill()[0]
    runtime.vote(play.db, task.id, actor=paper.who, answer="yes")
    ledger.answer(paper.who, True)
    return ledger.decided() is not None


def _withdraw(play: Play) -> bool:
    first = play.game.first()
    if len(first) != 1:
        return False
    play.refused(lambda: runtime.withdraw(play.db, play.case.id, actor="p2"))
    runtime.withdraw(play.db, play.case.id, actor="p1", target=first[0])
    play.game.back(first[0])
    return True


def _take_back(play: Play) -> bool:
    plain = [name for name in play.game.unique() if not play.game.ledgers[name].papers]
    if not plain:
        return False
    name = play.rnd.choice(plain)
    task, who = play.case.task(name), play.game.ledgers[name].owner or play.rnd.choice(PEOPLE)
    runtime.complete(play.db, task.id, actor=who)
    play.game.complete(name, None)
    if play.game.state != "active" or name not in play.game.done():
        return True
    play.compare()
    play.refused(lambda: runtime.move(play.db, task.id, actor="root", move="take_back"))
    runtime.move(play.db, task.id, actor=who, move="take_back")
    play.game.back(name)
    return True


def _jump(play: Play) -> bool:
    done, picked = play.game.done(), play.chosen()
    if not done or picked is None:
        return False
    name, target = picked[0], play.rnd.choice(done)
    task = play.case.task(name)
    play.refused(lambda: runtime.move(play.db, task.id, actor="p1", move="jump", target=target, reason="no"))
    legal = {each.element_id.rpartition(":")[2]: each for each in runtime.all_moves(play.db, task.id, actor="root")["jump"]}
    runtime.move(play.db, task.id, actor="root", move="jump", target=legal[target].activity_id, reason="again")
    play.game.back(target)
    return True


def _end(how: str):
    def make(play: Play) -> bool:
        if how == "reject":
            picked = play.chosen()
            if picked is None:
                return False
            runtime.move(play.db, play.case.task(picked[0]).id, actor=picked[1], move="reject", target="end", reason="no")
        else:
            getattr(runtime, how)(play.db, play.case.id, actor="p1" if how == "cancel" else "boss", reason="enough")
        play.game.state = "ended"
        play.refused(lambda: runtime.withdraw(play.db, play.case.id, actor="p1"))
        return True

    return make


def _suspend(play: Play) -> bool:
    picked = play.chosen()
    runtime.suspend(play.db, play.case.id, actor="boss")
    if picked is not None:
        task = play.case.task(picked[0])
        play.refused(lambda: runtime.move(play.db, task.id, actor=picked[1], move="transfer", people=["p6"]))
        play.refused(lambda: runtime.withdraw(play.db, play.case.id, actor="p1"))
    runtime.activate(play.db, play.case.id, actor="boss")
    return True


def _add(how: str):
    def make(play: Play) -> bool:
        picked = play.chosen()
        if picked is None:
            return False
        name, who = picked
        people = [each for each in play.strangers(name, play.rnd.randint(1, 2)) if each != who]
        if not people:
            return False
        task = play.case.task(name)
        play.refused(lambda: runtime.move(play.db, task.id, actor=who, move="add_sign", people=[who], how=how))
        runtime.move(play.db, task.id, actor=who, move="add_sign", people=people, how=how)
        play.game.ledgers[name].add(how, who, people)
        return True

    return make


def _remove(play: Play) -> bool:
    found = [(name, paper) for name in play.game.unique() for paper in play.game.ledgers[name].papers if paper.state in ("open", "waiting")
             and not paper.waits_for]
    if not found:
        return _add("parallel")(play)
    name, paper = play.rnd.choice(found)
    ledger, task = play.game.ledgers[name], play.case.task(name)

    def remove() -> None:
        runtime.move(play.db, task.id, actor="root", move="remove_sign", people=[paper.who])

    if paper.part in ("main", "after") and len(ledger.counted()) == 1:
        play.refused(remove)
        return True
    remove()
    ledger.remove(paper.who)
    play.settle(name)
    return True


def _transfer(play: Play) -> bool:
    picked = play.chosen()
    if picked is None:
        return False
    name, who = picked
    ledger, task = play.game.ledgers[name], play.case.task(name)
    play.refused(lambda: runtime.move(play.db, task.id, actor=who, move="transfer", people=[who]))
    taken = [paper.who for paper in ledger.papers if paper.who != who]
    if taken:
        play.refused(lambda: runtime.move(play.db, task.id, actor=who, move="transfer", people=[taken[0]]))
    to = [each for each in play.strangers(name, 1) if each != who]
    if not to:
        return False
    runtime.move(play.db, task.id, actor=who, move="transfer", people=to)
    if ledger.papers:
        ledger.hand_on(who, to[0])
    ledger.owner = to[0] if ledger.owner == who or not ledger.papers else ledger.owner
    return True


def _delegate(play: Play) -> bool:
    picked = play.chosen()
    to = [each for each in play.strangers(picked[0], 1) if each != picked[1]] if picked else []
    if picked is None or not to:
        return False
    name, who = picked
    task = play.case.task(name)
    runtime.move(play.db, task.id, actor=who, move="delegate", people=to)
    play.game.ledgers[name].delegate(who, to[0])
    play.compare()
    play.refused(lambda: runtime.move(play.db, task.id, actor=to[0], move="delegate", people=[who]))
    if play.rnd.random() < 0.7:
        runtime.move(play.db, task.id, actor=to[0], move="resolve", answer=play.rnd.choice(["yes", "no"]))
        ledger = play.game.ledgers[name]
        ledger.answer(to[0], play.case.rounds([name])[name][to[0]][1] == "yes")
    return True


def _hand_over(play: Play) -> bool:
    """Only this case's work may move: other cases of the proof hold work of the same people, so the item is checked, not the whole."""
    picked = play.chosen()
    to = [each for each in play.strangers(picked[0], 1) if each != picked[1]] if picked else []
    if picked is None or not to or not (play.game.ledgers[picked[0]].papers or play.game.ledgers[picked[0]].owner):
        return False
    name, who = picked
    task = play.case.task(name)
    runtime.transfer(play.db, task.id, actor="boss", to=to[0], of=who, reason="leaves")
    ledger = play.game.ledgers[name]
    if ledger.papers:
        ledger.hand_on(who, to[0])
    ledger.owner = to[0] if ledger.owner == who or not ledger.papers else ledger.owner
    return True


def _quiet(move: str, **given):
    """Moves that change nothing on the path and no ballot."""
    def make(play: Play) -> bool:
        picked = play.chosen()
        if picked is None:
            return False
        actor = "p1" if move == "urge" else "boss"
        try:
            runtime.move(play.db, play.case.task(picked[0]).id, actor=actor, move=move, **given)
        except Rejected as error:
            assert "urge again" in str(error), play.at
        return True

    return make


def _claim(play: Play) -> bool:
    free = [name for name in play.game.unique() if not play.game.ledgers[name].papers and play.game.ledgers[name].owner is None]
    if not free:
        return False
    task, who = play.case.task(play.rnd.choice(free)), play.rnd.choice(PEOPLE)
    user_tasks.claim(play.db, task.id, actor=who)
    play.refused(lambda: user_tasks.claim(play.db, task.id, actor=next(each for each in PEOPLE if each != who)))
    user_tasks.release(play.db, task.id, actor=who)
    return True


def _batch(play: Play) -> bool:
    plain = [name for name in play.game.unique() if not play.game.ledgers[name].papers and play.game.ledgers[name].owner is None]
    votes = [name for name in play.game.unique() if play.game.ledgers[name].papers]
    if not plain:
        return False
    ids = [play.case.task(name).id for name in [*plain[:1], *votes]]
    done = runtime.batch(play.db, "complete", ids, actor="p1")
    assert done[0].problem == "", play.at
    for name, result in zip(votes, done[1:], strict=True):
        paper = next((each for each in play.game.ledgers[name].papers if each.who == "p1"), None)
        signed = play.game.ledgers[name].mode is None and paper is not None and paper.state in ("open", "yes", "no")
        assert (result.problem == "") == signed, play.at
        if signed:
            play.game.ledgers[name].answer("p1", True)
            play.settle(name)
    play.game.complete(plain[0], None)
    return True


def _stale(play: Play) -> bool:
    """Two saw the same version: whoever comes second is refused and changes nothing, in either order."""
    picked = play.chosen()
    to = [each for each in play.strangers(picked[0], 2) if each != picked[1]] if picked else []
    if picked is None or len(to) < 2:
        return False
    name, who = picked
    task, ledger = play.case.task(name), play.game.ledgers[name]

    def transfer() -> None:
        runtime.move(play.db, task.id, actor=who, move="transfer", people=to[:1], seen=task.version)

    def add() -> None:
        runtime.move(play.db, task.id, actor=who, move="add_sign", people=to[1:], how="parallel", seen=task.version)

    if play.rnd.random() < 0.5:
        transfer()
        play.refused(add)
        if ledger.papers:
            ledger.hand_on(who, to[0])
        ledger.owner = to[0] if ledger.owner == who or not ledger.papers else ledger.owner
    else:
        add()
        play.refused(transfer)
        ledger.add("parallel", who, to[1:])
    return True


_MAKING = {
    "reject to the previous": lambda play: _reject(play, play.game.nearest, "previous"),
    "reject to the initiator": lambda play: _reject(play, lambda _name: play.game.first(), "initiator"),
    "reject to a chosen step": lambda play: _reject(play, play.game.causes), "reject, end": _end("reject"), "reject, resume": _resume,
    "withdraw": _withdraw, "take back": _take_back, "cancel": _end("cancel"), "terminate": _end("terminate"), "jump": _jump,
    "suspend and activate": _suspend, "add-sign before": _add("before"), "add-sign after": _add("after"), "add-sign parallel": _add("parallel"),
    "remove-sign": _remove, "transfer": _transfer, "delegate, resolve": _delegate, "handover": _hand_over, "copy": _quiet("copy", people=["p2"]),
    "urge": _quiet("urge"), "claim, release": _claim, "batch": _batch, "stale page, two actors": _stale,
}
