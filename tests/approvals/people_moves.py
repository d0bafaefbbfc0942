"""How the proof makes each move on people, in the engine and in the reference. Each says whether it was made."""

from __future__ import annotations

import copy
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

from kesu.engine import claims, clock, runtime, user_tasks
from kesu.engine.errors import Rejected
from kesu.engine.urges import PAUSE
from tests.approvals.stage import PEOPLE, bare

if TYPE_CHECKING:
    from tests.approvals.play import Play


def _add(how: str) -> Callable[[Play], bool]:
    def make(play: Play) -> bool:
        picked = play.chosen()
        if picked is None:
            return False
        name, who = picked
        people = play.strangers(name, play.rnd.randint(1, 2), but=who)
        if not people:
            return False
        task = play.case.task(name)
        play.refused(lambda: runtime.move(play.db, task.id, actor=who, move="add_sign", people=[who], how=how))
        play.refused(lambda: runtime.move(play.db, task.id, actor=who, move="add_sign", people=["nobody"], how=how))
        runtime.move(play.db, task.id, actor=who, move="add_sign", people=people, how=how)
        play.game.ledger(name).add(how, who, people)
        play.game.act(name, who, answers=how == "after")
        return True

    return make


def _remove(play: Play) -> bool:
    """Take somebody out; never the last whose ballot counts, never one who has answered."""
    if not any(play.game.ledger(name).papers for name in play.game.unique()) and not _add("parallel")(play):
        return False
    papers = [(name, paper) for name in play.game.unique() for paper in play.game.ledger(name).live()]
    if not papers:
        return False
    name, paper = play.rnd.choice(papers)
    ledger, task = play.game.ledger(name), play.case.task(name)
    by = paper.by if paper.by and play.rnd.random() < 0.5 else "root"
    play.refused(lambda: runtime.move(play.db, task.id, actor="boss", move="remove_sign", people=[paper.who]))

    def remove() -> None:
        runtime.move(play.db, task.id, actor=by, move="remove_sign", people=[paper.who])

    is_last = paper.part in ("main", "after") and len(ledger.counted()) == 1
    if not paper.is_undone or is_last:
        play.refused(remove)
        return False
    remove()
    ledger.remove(paper.who)
    play.settle(name, by, answers=False)
    return True


def _transfer(play: Play) -> bool:
    picked = play.chosen()
    if picked is None:
        return False
    name, who = picked
    ledger, task = play.game.ledger(name), play.case.task(name)
    play.refused(lambda: runtime.move(play.db, task.id, actor=who, move="transfer", people=[who], reason="theirs"))
    taken = [paper.who for paper in ledger.papers if paper.who != who]
    if taken:
        play.refused(lambda: runtime.move(play.db, task.id, actor=who, move="transfer", people=[taken[0]], reason="theirs"))
    to = play.strangers(name, 1, but=who)
    if not to:
        return False
    runtime.move(play.db, task.id, actor=who, move="transfer", people=to, reason="theirs")
    play.game.act(name, who, answers=False)
    ledger.hand_on(who, to[0])
    return True


def _delegate(play: Play) -> bool:
    """Somebody whose word is waited for asks for an opinion first; whoever is asked may ask on, but not back."""
    open_ = [(name, paper.who) for name in play.game.unique() for paper in play.game.ledger(name).to_fill()]
    picked = play.rnd.choice(open_) if open_ and play.rnd.random() < 0.5 else play.chosen()
    to = play.strangers(picked[0], 1, but=picked[1]) if picked else []
    if picked is None or not to:
        return False
    name, who = picked
    task, ledger = play.case.task(name), play.game.ledger(name)
    runtime.move(play.db, task.id, actor=who, move="delegate", people=to)
    play.game.act(name, who, answers=False)
    ledger.delegate(who, to[0])
    play.compare()
    play.refused(lambda: runtime.move(play.db, task.id, actor=to[0], move="delegate", people=[who]))
    if play.rnd.random() < 0.7:
        yes = play.rnd.random() < 0.5
        runtime.move(play.db, task.id, actor=to[0], move="resolve", answer="yes" if yes else "no")
        play.answer(name, to[0], yes)
    return True


def _hand_over(play: Play) -> bool:
    """Somebody leaves: all that they have to do goes to somebody else, and what cannot go says why."""
    holders = sorted({paper.who for name in play.game.unique() for paper in play.game.ledger(name).papers if paper.is_undone} | {
        owner for name in play.game.unique() if (owner := play.game.ledger(name).owner) and not play.game.ledger(name).papers})
    if not holders or len(play.game.unique()) != len(play.game.names()):
        return False
    leaver = play.rnd.choice(holders)
    to = play.rnd.choice([who for who in PEOPLE if who != leaver])
    play.refused(lambda: runtime.hand_over(play.db, leaver, to=to, actor="p1"))
    play.refused(lambda: runtime.hand_over(play.db, leaver, to=leaver, actor="boss"))
    before = play.case.everything()
    foretold = [(each.task_id, each.problem) for each in runtime.hand_over(play.db, leaver, to=to, actor="boss", preview=True)]
    assert play.case.everything() == before, play.at
    report = runtime.hand_over(play.db, leaver, to=to, actor="boss", reason="leaves")
    play.same("what the preview of a handover says", foretold, [(each.task_id, each.problem) for each in report])
    names = {task.id: bare(task.element_id) for task in play.case.tasks()}
    play.same("handed over", {names[each.task_id]: not each.problem for each in report if each.task_id in names}, _handed(play, leaver, to))
    return True


def _handed(play: Play, leaver: str, to: str) -> dict[str, bool]:
    found = {}
    for name in play.game.unique():
        ledger = play.game.ledger(name)
        paper = next((each for each in ledger.papers if each.who == leaver and each.is_undone), None)
        if paper is None and (ledger.papers or ledger.owner != leaver):
            continue
        found[name] = not any(each.who == to for each in ledger.papers)
        if found[name]:
            ledger.hand_on(leaver, to)
    return found


def _copy(play: Play) -> bool:
    picked = play.chosen()
    if picked is None:
        return False
    runtime.move(play.db, play.case.task(picked[0]).id, actor="boss", move="copy", people=["p2"])
    return True


def _urge(play: Play) -> bool:
    """Once an hour a person and task; it touches no clock."""
    picked = play.chosen()
    if picked is None:
        return False
    task = play.case.task(picked[0])

    def urge() -> None:
        runtime.move(play.db, task.id, actor="p1", move="urge")

    if clock.now() < play.urged.get(task.id, clock.now() - PAUSE) + PAUSE:
        play.refused(urge)
        return False
    urge()
    play.urged[task.id] = clock.now()
    play.refused(urge)
    return True


def _claim(play: Play) -> bool:
    free = [name for name in play.game.unique() if not play.game.ledger(name).papers and play.game.ledger(name).owner is None]
    if not free:
        return False
    name, who = play.rnd.choice(free), play.rnd.choice(play.office())
    task = play.case.task(name)
    claims.claim(play.db, task.id, actor=who)
    play.game.act(name, who, answers=False)
    play.refused(
        lambda: claims.claim(
            play.db, task.id, actor=next(each for each in play.office() if each != who)
        )
    )
    if play.rnd.random() < 0.3:
        play.game.ledger(name).claim(who)
        return True
    claims.release(play.db, task.id, actor=who)
    return True


def _batch(play: Play) -> bool:
    """The same command on several tasks: each is done or refused by itself."""
    plain = [name for name in play.game.unique() if not play.game.ledger(name).papers and play.game.ledger(name).owner in (None, "p1")]
    votes = [name for name in play.game.unique() if play.game.ledger(name).papers]
    names = [*plain[:1], *votes]
    if not names:
        return False
    done = runtime.batch(play.db, "complete", [play.case.task(name).id for name in names], actor="p1")
    for name, result in zip(names, done, strict=True):
        ledger = play.game.ledger(name)
        paper = next((each for each in ledger.papers if each.who == "p1"), None)
        signed = ledger.rule is None and (not ledger.papers or (paper is not None and paper.state in ("open", "yes", "no")))
        play.same("done in the batch", result.problem == "", signed)
        if signed and ledger.papers:
            play.answer(name, "p1", True)
        elif signed:
            play.game.complete(name, None, by="p1")
    return any(not result.problem for result in done)


def _two_at_once(play: Play) -> bool:
    """Two who saw the same version act at the same moment, each in a thread and connection of its own: one wins, the other is told."""
    picked = play.chosen()
    to = play.strangers(picked[0], 2, but=picked[1]) if picked else []
    if picked is None or len(to) < 2:
        return False
    name, who = picked
    task, record = play.case.task(name), play.game.record(name)
    acts = {
        "transfer": lambda: runtime.move(play.db, task.id, actor=who, move="transfer", people=to[:1], reason="theirs", seen=task.version),
        "add-sign": lambda: runtime.move(play.db, task.id, actor=who, move="add_sign", people=to[1:], how="parallel", seen=task.version),
        "reject": lambda: runtime.move(play.db, task.id, actor=who, move="reject", target="end", reason="no", seen=task.version),
        "decide": lambda: _decide(play, task, who),
    }
    pair = play.rnd.sample([*acts], 2)
    outcomes = _at_once([acts[each] for each in pair])
    won = [act for act, problem in zip(pair, outcomes, strict=True) if not problem]
    assert len(won) == 1, f"{play.at}: of {pair} at once {won} won: {outcomes}"
    ledger = play.game.ledgers[record.number]
    if won == ["transfer"]:
        play.game.act(name, who, answers=False)
        ledger.hand_on(who, to[0])
    elif won == ["add-sign"]:
        play.game.act(name, who, answers=False)
        ledger.add("parallel", who, to[1:])
    elif won == ["reject"]:
        play.game.end()
    elif ledger.papers:
        play.answer(name, who, True)
    else:
        play.game.complete(name, None, by=who)
    return True


def _decide(play: Play, task: user_tasks.UserTask, who: str) -> None:
    if play.game.ledger(bare(task.element_id)).papers:
        runtime.vote(play.db, task.id, actor=who, answer="yes", seen=task.version)
    else:
        runtime.complete(play.db, task.id, actor=who, seen=task.version)


def _at_once(acts: list[Callable[[], object]]) -> list[str]:
    """Do several things at the same moment; return the sentence of each that was refused, empty for the others."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[], object]) -> str:
        barrier.wait()
        try:
            act()
        except Rejected as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def _all_sign_at_once(play: Play) -> bool:
    """All who are asked in a round sign at the same moment, blind to each other: it ends as one of the orders would have ended it."""
    rounds = [name for name in play.game.unique() if len(play.game.ledger(name).to_fill()) > 1]
    if not rounds:
        return False
    name = play.rnd.choice(rounds)
    task, ledger = play.case.task(name), play.game.ledger(name)
    wanted = {paper.who: play.rnd.random() < 0.7 for paper in ledger.to_fill()}
    outcomes = _at_once([lambda who=who, yes=yes: runtime.vote(play.db, task.id, actor=who, answer="yes" if yes else "no")
                         for who, yes in wanted.items()])
    signed = {who: yes for (who, yes), problem in zip(wanted.items(), outcomes, strict=True) if not problem}
    decided = copy.deepcopy(ledger)
    for who, yes in signed.items():
        decided.answer(who, yes)
    assert len(signed) == len(wanted) or decided.decided() is not None, f"{play.at}: refused without need: {outcomes}"
    for who, yes in signed.items():
        ledger.answer(who, yes)
        play.game.act(name, who)
    if decided.decided() is not None:
        play.game.complete(name, None, by=play.case.finished(name).ended_by or "", passed=bool(decided.decided()))
    return True


MAKING: dict[str, Callable[[Play], bool]] = {
    "add-sign before": _add("before"), "add-sign after": _add("after"), "add-sign parallel": _add("parallel"), "remove-sign": _remove,
    "transfer": _transfer, "delegate, resolve": _delegate, "handover": _hand_over, "copy": _copy, "urge": _urge, "claim, release": _claim,
    "batch": _batch, "two at once": _two_at_once, "all sign at once": _all_sign_at_once,
}
