"""What a move would do, before it is done: what it voids, what it cannot undo, where the case goes and what comes after."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kesu.engine import ballots, spiff, timers, user_tasks
from kesu.engine.runtime import undoings
from kesu.engine.runtime.rejections import RERUN, carry_out
from kesu.engine.runtime.steps import Step
from kesu.engine.runtime.targets import REJECT, THE_END, Target, chosen, left_the_house, targets
from kesu.engine.runtime.undoings import Undoing
from kesu.engine.spiff.extensions import Moves
from kesu.engine.user_tasks import UserTask


@dataclass(frozen=True)
class Voided:
    """Something open that a move would end, or something done that it cannot undo."""

    kind: str
    element_id: str
    name: str


@dataclass(frozen=True)
class VoidedBallot:
    """A ballot of an open round that a move would end, or an answered one that would not count any more."""

    voter: str
    element_id: str
    state: str


@dataclass(frozen=True)
class Preview:
    """What a move would do: where the case goes, what would be voided, what cannot be undone, and where it goes `afterwards`."""

    target: Target
    voided: list[Voided] = field(default_factory=list)
    cannot_undo: list[Voided] = field(default_factory=list)
    ballots: list[VoidedBallot] = field(default_factory=list)
    undone: list[Voided] = field(default_factory=list)
    afterwards: str = RERUN
    then: str | None = None


def previewed(step: Step, task: UserTask, move: str, target: str | None, afterwards: str | None) -> Preview:
    """Make the move in memory and compare. Raises what the move would raise."""
    picked = chosen(targets(step, task, move, step.actor), move, target)
    before = step.run.waits()
    how = afterwards or Moves.of(task.settings).afterwards or RERUN
    carry_out(step, task, picked, resume=False)
    kept = set() if picked is THE_END else {wait.activity_id for wait in step.run.waits()}
    voided = [_named(step, wait.kind, wait.element_id) for wait in _pending(step, before) if wait.activity_id not in kept]
    undone = undoings.of_run(step.run)
    rounds = undoings.rounds(step.connection, task.instance_id, undone)
    if picked is THE_END:
        rounds = user_tasks.of_instance(step.connection, task.instance_id, only_open=True)
    finished = [each for each in rounds if each.state == user_tasks.COMPLETED and each.superseded_by is None]
    return Preview(picked, voided, _effects(step, undone), _ballots(step, rounds), [_named(step, "user_task", each.element_id) for each in finished],
                   how, task.element_id if move == REJECT and how != RERUN and picked is not THE_END else None)


def _named(step: Step, kind: str, element_id: str) -> Voided:
    return Voided(kind, element_id, step.package.model.elements[element_id].name or element_id)


def _pending(step: Step, waits: Sequence[spiff.Wait]) -> list[spiff.Wait]:
    """What is really waited for: the timer of a deadline that has gone off once is not armed again, though the diagram has it there."""
    armed = timers.armed(step.connection, step.instance_id or 0)
    return [wait for wait in waits if wait.kind != "timer" or wait.activity_id in armed]


def _effects(step: Step, undone: Undoing) -> list[Voided]:
    model: spiff.Model = step.package.model
    events = undoings.events(step.connection, step.instance_id or 0, undone)
    gone = [event for event in events if event["element_id"] in model.elements and left_the_house(event, model)]
    return [_named(step, "service" if event["kind"] == "activity_completed" else "event", event["element_id"]) for event in gone]


def _ballots(step: Step, rounds: list[UserTask]) -> list[VoidedBallot]:
    found = ballots.of_tasks(step.connection, [each.id for each in rounds]) if rounds else {}
    return [VoidedBallot(ballot.voter, each.element_id, ballot.state) for each in rounds for ballot in found[each.id]
            if ballot.state != ballots.VOID and ballot.superseded_by is None]
