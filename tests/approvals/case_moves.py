"""How the proof changes what a case knows, and who people are, between its moves: corrections, roles, messages, repairs of incidents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from kesu.engine import claims, runtime, user_tasks
from kesu.engine.errors import Forbidden
from tests.approvals.reworks import names_of
from tests.approvals.stage import PEOPLE, SUM, enrol

if TYPE_CHECKING:
    from tests.approvals.ledgers import Ledger
    from tests.approvals.play import Play

Tasks = dict[str, user_tasks.UserTask]


def _correct_what_was_read(play: Play) -> bool:
    """What a finished step had others decide about was wrong: it opens again, and what came of it does not count any more."""
    done = [
        each
        for each in play.game.done()
        if names_of(play.game.done()).count(each.term.name) == 1
        and each.term.name not in play.game.names()
    ]
    if not done:
        return False
    to, c = play.rnd.choice(done), play.rnd.randint(0, 3)
    undone = [
        each.term.name
        for each in play.game.undone(play.game.without(to.number))
        if each.term.name not in play.game.plan.services
    ]
    task, before, votes = play.case.finished(to.term.name), play.case.standing(), _votes(play)
    runtime.correct(
        play.db,
        play.case.id,
        {"c": (play.game.c, c)},
        variables={"c": c},
        actor="p4",
        reason="misread",
        writes=(),
        undoing=lambda _connection: task.id,
    )
    gone = Counter(name for number, name in before.items() if number not in play.case.standing())
    play.same("what a correction supersedes", sorted(gone.elements()), sorted(undone))
    play.game.back(to.number)
    play.game.c = c
    for name in set(votes) - set(play.game.names()):
        _too_late(play, votes[name])
    return True


def _correct_something_else(play: Play) -> bool:
    """A correction that undoes nothing: whoever votes has to look again, and what was proposed stays as it was."""
    c, votes = play.rnd.randint(0, 3), _votes(play)
    told = {"c": (play.game.c, c)}
    runtime.correct(
        play.db,
        play.case.id,
        told,
        variables={"c": c, "sum": SUM + 1, "levels": 1},
        actor="p4",
        reason="misread",
        writes=(),
    )
    play.game.c = c
    assert "levels" not in play.case.variables(), (
        f"{play.at}: a correction made a variable that the case had not"
    )
    for name in votes:
        _too_late(play, votes[name])
    return True


def _votes(play: Play) -> Tasks:
    return {
        name: play.case.task(name)
        for name in play.game.unique()
        if play.game.ledger(name).rule is not None
    }


def _too_late(play: Play, task: user_tasks.UserTask) -> None:
    """An answer from a page that was opened before is refused."""
    for who in PEOPLE[:3]:
        play.refused(
            lambda who=who: runtime.vote(
                play.db, task.id, actor=who, answer="yes", seen=task.version
            )
        )


def _change_roles(play: Play) -> bool:
    """A department gets another head, or somebody leaves or joins the office; who may act is asked when they act."""
    changed = _change_head(play) if play.rnd.random() < 0.5 else _change_office(play)
    runtime.look_after_lapsed(play.db)
    play.game.lapse()
    return changed


def _change_head(play: Play) -> bool:
    """One or two departments get another head: somebody who is asked in no open round for another reason."""
    ledgers = [play.game.ledgers[record.number] for record in play.game.open()]
    taken = {paper.who for ledger in ledgers for paper in ledger.papers} | set(
        play.game.heads.values()
    )
    free = [who for who in PEOPLE if who not in taken]
    boards = play.rnd.sample(sorted(play.game.heads), min(len(free), play.rnd.randint(1, 2)))
    play.game.heads |= dict(zip(boards, play.rnd.sample(free, len(boards)), strict=True))
    enrol(play.db, play.game.heads, play.game.office)
    asked = [
        (name, paper.who)
        for name in play.game.unique()
        for paper in play.game.ledger(name).to_fill()
        if play.game.ledger(name).has_lapsed(paper.who, play.game.heads, play.game.office)
    ]
    if asked and play.rnd.random() < 0.5:
        _lapsed(play, *play.rnd.choice(asked))
    return bool(asked)


def _lapsed(play: Play, name: str, old: str) -> None:
    """Whoever has lost what they were asked as cannot answer, and is told; their place is somebody else's from then on."""
    try:
        runtime.vote(play.db, play.case.task(name).id, actor=old, answer="yes")
    except Forbidden:
        play.game.ledger(name).lapse(play.game.heads, play.game.office)
        play.same(
            "who is asked instead",
            play.case.rounds([name])[name],
            {paper.who: (paper.part, paper.state) for paper in play.game.ledger(name).live()},
        )
        return
    raise AssertionError(
        f"{play.at}: {old} could vote on {name} for a department that is not theirs any more"
    )


def _change_office(play: Play) -> bool:
    """Somebody leaves the office, or comes back; those outside cannot take, do or give away what is offered to it."""
    outside = [who for who in PEOPLE if who not in play.game.office]
    leavers = [who for who in play.office() if who != "p1"]  # p1 acts in the batches
    owners = sorted(
        {
            ledger.taker
            for record in play.game.open()
            if (ledger := play.game.ledgers[record.number]).taker in leavers
        }
    )
    who = (
        play.rnd.choice(outside)
        if outside and (len(outside) > 2 or play.rnd.random() < 0.5)
        else play.rnd.choice(owners or leavers)
    )
    if who in play.game.office and any(
        _needed(play, play.game.ledgers[record.number], who) for record in play.game.open()
    ):
        return False
    play.game.office ^= {who}
    enrol(play.db, play.game.heads, play.game.office)
    if who in play.game.office:
        return True
    for name in play.game.unique():
        ledger, task = play.game.ledger(name), play.case.task(name)
        if ledger.papers or ledger.owner not in (None, who) or ledger.owner != ledger.taker:
            continue
        play.refused(lambda task=task: runtime.complete(play.db, task.id, actor=who))
        play.refused(lambda task=task: claims.claim(play.db, task.id, actor=who))
        play.refused(
            lambda task=task: runtime.move(
                play.db, task.id, actor=who, move="transfer", people=["root"]
            )
        )
    return True


def _needed(play: Play, ledger: Ledger, who: str) -> bool:
    """Whether nobody else of the office could take somebody's place in a round."""
    return (
        ledger.taker == who
        and bool(ledger.papers)
        and play.game.office <= {paper.who for paper in ledger.papers}
    )


def send(play: Play, name: str) -> None:
    """The message of an event comes, with what the diagram lets it set; with anything else it is refused."""
    declared = name in play.game.plan.receiving
    for variables in ({"sum": 1}, {"c": 1, "levels": 1}, {"c": "many" if declared else 1}):
        play.refused(lambda variables=variables: _deliver(play, variables))
    c = play.rnd.randint(0, 3) if declared and not play.steady else None
    _deliver(play, {} if c is None else {"c": c})
    play.game.c = play.game.c if c is None else c
    play.game.happen(name)


def _deliver(play: Play, variables: dict[str, object]) -> None:
    runtime.correlate(play.db, "m", {}, variables, actor="p3", instance_id=play.case.id, keep=False)


def _message(play: Play) -> bool:
    events = play.game.events()
    if not play.game.listening():
        play.refused(lambda: _deliver(play, {"c": 1}))
    if not events:
        return False
    send(play, play.rnd.choice(events))
    play.here = play.here or play.game.situation()  # the event of a boundary has fired by it
    return True


def _repair(play: Play) -> bool:
    """A service fails for good; whoever repairs it may change variables, but not what was proposed."""
    jobs = names_of(play.game.jobs())
    if not jobs:
        return False
    name = play.rnd.choice(jobs)
    incident, c = play.case.fail_job(name), play.rnd.randint(0, 3)
    play.refused(lambda: runtime.retry(play.db, incident, actor="boss", variables={"sum": 1}))
    play.refused(
        lambda: runtime.skip(
            play.db, incident, actor="boss", reason="enough", variables={"c": c, "sum": 1}
        )
    )
    play.refused(
        lambda: runtime.skip(play.db, incident, actor="boss", reason=" ", variables={"c": c})
    )
    if play.rnd.random() < 0.6:
        runtime.retry(play.db, incident, actor="boss", variables={"c": c})
        play.game.c = c
    else:
        runtime.skip(play.db, incident, actor="boss", reason="done by hand", variables={"c": c})
        play.game.complete(name, c, by="boss")
    play.refused(lambda: runtime.retry(play.db, incident, actor="boss", variables={"c": 0}))
    return True


MAKING: dict[str, Callable[[Play], bool]] = {
    "correction of what was read": _correct_what_was_read,
    "correction of something else": _correct_something_else,
    "role change": _change_roles,
    "message": _message,
    "repair": _repair,
}
