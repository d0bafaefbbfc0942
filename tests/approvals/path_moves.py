"""How the proof makes each move along the path, in the engine and in the reference. Each says whether it was made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from kesu.engine import claims, clock, runtime
from kesu.engine.runtime import Target
from tests.approvals.reworks import names_of
from tests.approvals.stage import PEOPLE, bare, foreseen
from tests.engine.spiff.token_game import Record

if TYPE_CHECKING:
    from tests.approvals.play import Play


def _reject(play: Play, wanted: Callable[[str], list[Record]], word: str | None = None, afterwards: str | None = None) -> bool:
    """Reject from some open task to one of `wanted(name)`; the legal targets and the preview have to be those of the reference."""
    picked = play.chosen()
    if picked is None:
        return False
    name, who = picked
    task, causes, nearest = play.case.task(name), play.game.causes(name), play.game.nearest(name)
    legal = runtime.legal_moves(play.db, task.id, actor=who)["reject"]
    _compare_targets(play, legal, causes, nearest)
    possible = [each for each in wanted(name) if names_of(causes).count(each.term.name) == 1]
    if not possible or (word and len(wanted(name)) > 1):
        return False
    to = play.rnd.choice(possible)
    target = next(each for each in legal if bare(each.element_id) == to.term.name)
    _compare_return(play, to, runtime.preview(play.db, task.id, actor=who, move="reject", target=target.activity_id))
    play.refused(lambda: runtime.move(play.db, task.id, actor=who, move="reject", target=target.activity_id, reason=" "))
    heard = [paper.who for paper in play.game.ledger(name).to_fill() if paper.part in ("before", "opinion")]
    for other in ["boss", *heard]:
        play.refused(lambda other=other: runtime.move(play.db, task.id, actor=other, move="reject", target=target.activity_id, reason="not mine"))
    runtime.move(play.db, task.id, actor=who, move="reject", target=word or target.activity_id, reason="mend it", afterwards=afterwards)
    play.game.act(name, who, answers=False)
    if afterwards == "resume":
        play.game.back_to_resume(to.number, name)
    else:
        play.game.back(to.number)
    return True


def _compare_targets(play: Play, legal: list[Target], causes: list[Record], nearest: list[Record]) -> None:
    play.same("legal targets", sorted(bare(each.element_id) for each in legal), sorted(["end", *names_of(causes)]))
    play.same("nearest targets", sorted(bare(each.element_id) for each in legal if each.is_previous), names_of(nearest))
    first = [each for each in play.game.first() if each in causes]
    play.same("first targets", sorted(bare(each.element_id) for each in legal if each.is_first), names_of(first))


def _compare_return(play: Play, to: Record, preview: runtime.Preview) -> None:
    """All that going back would void, undo and cannot undo."""
    services = [deed.name for deed in play.game.done_after(to.number) if deed.name in play.game.plan.services]
    _compare_preview(play, play.game.without(to.number), services, preview)


def _compare_preview(play: Play, after: Record, services: list[str], preview: runtime.Preview) -> None:
    """All that a move would void, undo and cannot undo, and nothing else."""
    game = play.game
    voided, undone = game.voided(after), game.undone(after)
    rounds = {each.number for each in [*voided, *undone]}
    waits = [("service" if each.term.name in game.plan.services else "user_task", each.term.name) for each in voided]
    waits += [("message", each.term.name + "b") for each in game.listening() if each.number not in {other.number for other in after.events()}]
    waits += [("timer", each.element) for each in game.watch.alarms if each.act in ("drawn", "plain") and each.round in rounds]
    papers = [(each.term.name, paper.who, paper.state) for each in [*voided, *undone] if each.number in game.ledgers
              for paper in game.ledgers[each.number].live()]
    play.same("preview", foreseen(preview), {
        "voided": sorted(waits), "undone": sorted(each.term.name for each in undone if each.term.name not in game.plan.services),
        "cannot be undone": sorted(services), "ballots": sorted(papers)})


def _resume(play: Play) -> bool:
    return _reject(play, play.game.causes, afterwards="resume")


def _withdraw(play: Play) -> bool:
    first = play.game.first()
    if len(first) != 1 or names_of(play.game.done()).count(first[0].term.name) != 1:
        return False
    play.refused(lambda: runtime.withdraw(play.db, play.case.id, actor="p2"))
    task = play.case.tasks()[0] if play.case.tasks() else None
    if task is not None:
        _compare_return(play, first[0], runtime.preview(play.db, task.id, actor="p1", move="withdraw"))
    runtime.withdraw(play.db, play.case.id, actor="p1")
    play.game.back(first[0].number)
    return True


def _take_back(play: Play) -> bool:
    """One's own latest act can be taken back while nobody else has acted on what came of it and nothing has left the house."""
    plain = [name for name in play.game.unique() if not play.game.ledger(name).papers]
    if plain and play.rnd.random() < 0.6:
        play.fill(play.rnd.choice(plain))
        play.compare()
    play.here = play.game.situation()
    found = [each for each in play.game.done() if names_of(play.game.done()).count(each.term.name) == 1 and play.game.enders[each.number] in PEOPLE]
    if play.game.state != "active" or not found:
        return False
    to = play.rnd.choice(found)
    who, task = play.game.enders[to.number], play.case.finished(to.term.name)

    def take_back(actor: str) -> None:
        runtime.move(play.db, task.id, actor=actor, move="take_back")

    play.refused(lambda: take_back("root"))
    if _is_somebodys(play, to, who):
        play.refused(lambda: take_back(who))
        return False
    _compare_return(play, to, runtime.preview(play.db, task.id, actor=who, move="take_back"))
    take_back(who)
    play.game.back(to.number)
    return True


def _is_somebodys(play: Play, to: Record, who: str) -> bool:
    """Whether somebody else, or the world, has acted on what came of a round, or has answered in it; or whose act it was has done more since."""
    return bool({deed.who for deed in play.game.done_after(to.number)} - {who, "system"}) or who in play.game.answered_after(to.number)


def _jump(play: Play) -> bool:
    done, picked = play.game.done(), play.chosen()
    if not done or picked is None:
        return False
    task, to = play.case.task(picked[0]), play.rnd.choice(done)
    legal = [each for each in runtime.all_moves(play.db, task.id, actor="root")["jump"] if not each.ahead]
    play.same("steps to jump back to", sorted(bare(each.element_id) for each in legal), names_of(done))
    if names_of(done).count(to.term.name) != 1:
        return False
    target = next(each.activity_id for each in legal if bare(each.element_id) == to.term.name)
    play.refused(lambda: runtime.move(play.db, task.id, actor="p1", move="jump", target=target, reason="no"))
    _compare_return(play, to, runtime.preview(play.db, task.id, actor="root", move="jump", target=target))
    runtime.move(play.db, task.id, actor="root", move="jump", target=target, reason="again")
    play.game.act(picked[0], "root", answers=False)
    play.game.back(to.number)
    return True


def _jump_ahead(play: Play) -> bool:
    """A token is put at a task that it has not come to; what is passed over is told, and a way that is not certain is refused."""
    picked = play.chosen()
    if picked is None:
        return False
    name, task = picked[0], play.case.task(picked[0])
    found = runtime.all_moves(play.db, task.id, actor="root").get("jump", ())
    legal = {bare(each.element_id): each.activity_id for each in found if each.ahead}
    play.same("steps to jump ahead to", sorted(legal), play.game.ahead(name))
    for other in sorted(set(play.game.plan.timings) - {bare(each.element_id) for each in found})[:2]:
        play.refused(lambda other=other: runtime.move(play.db, task.id, actor="root", move="jump", target=other, reason="not certain"))
    possible = sorted(set(legal) - play.game.middles(name))
    if not possible:
        return False
    to = play.rnd.choice(possible)
    play.refused(lambda: runtime.move(play.db, task.id, actor="p1", move="jump", target=legal[to], reason="no"))
    preview = runtime.preview(play.db, task.id, actor="root", move="jump", target=legal[to])
    _compare_preview(play, play.game.jumped(name, to), [], preview)
    runtime.move(play.db, task.id, actor="root", move="jump", target=legal[to], reason="ahead")
    play.game.jump(name, to, by="root")
    return True


def _end(how: str) -> Callable[[Play], bool]:
    def make(play: Play) -> bool:
        if how == "reject":
            picked = play.chosen()
            if picked is None:
                return False
            runtime.move(play.db, play.case.task(picked[0]).id, actor=picked[1], move="reject", target="end", reason="no")
        else:
            getattr(runtime, how)(play.db, play.case.id, actor="p1" if how == "cancel" else "boss", reason="enough")
        play.game.end()
        play.refused(lambda: runtime.withdraw(play.db, play.case.id, actor="p1"))
        play.refused(lambda: runtime.terminate(play.db, play.case.id, actor="boss"))
        return True

    return make


def _suspend(play: Play) -> bool:
    """The case stands still for some hours: nothing can be done, nothing is due, and everything is due later by that time."""
    picked = play.chosen()
    runtime.suspend(play.db, play.case.id, actor="boss")
    play.case.pass_time(timedelta(minutes=play.rnd.choice([7, 95, 601])))
    play.same("timers while it stands still", play.case.alarms(), type(play.case.alarms())())
    if picked is not None:
        task = play.case.task(picked[0])
        play.refused(lambda: runtime.move(play.db, task.id, actor=picked[1], move="transfer", people=["p6"]))
        play.refused(lambda: runtime.withdraw(play.db, play.case.id, actor="p1"))
        play.refused(lambda: runtime.complete(play.db, task.id, actor=picked[1]))
        play.refused(lambda: claims.claim(play.db, task.id, actor=picked[1]))
    runtime.activate(play.db, play.case.id, actor="boss")
    play.game.stand_still(clock.now())
    return True


MAKING: dict[str, Callable[[Play], bool]] = {
    "reject to the previous": lambda play: _reject(play, play.game.nearest, "previous"),
    "reject to the initiator": lambda play: _reject(play, lambda _name: play.game.first(), "initiator"),
    "reject to a chosen step": lambda play: _reject(play, play.game.causes), "reject, end": _end("reject"), "reject, resume": _resume,
    "withdraw": _withdraw, "take back": _take_back, "cancel": _end("cancel"), "terminate": _end("terminate"), "jump": _jump,
    "jump ahead": _jump_ahead,
    "suspend and activate": _suspend,
}
