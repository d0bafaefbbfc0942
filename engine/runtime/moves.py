"""Every move by its name: what is legal here, what it would do, and doing it. The same guards for page, programming interface and batch.

What each move means is in `docs/approvals.md`.
"""

from collections.abc import Callable
from typing import Any

from kesu.engine import ballots, identity, instances, user_tasks
from kesu.engine.database import Database
from kesu.engine.errors import Invalid, NotFound, sentence
from kesu.engine.parties import is_party
from kesu.engine.runtime import rejections, signers, transfers
from kesu.engine.runtime.acts import runs_it
from kesu.engine.runtime.effects import Preview, previewed
from kesu.engine.runtime.endings import of_task
from kesu.engine.runtime.starts import Moved
from kesu.engine.runtime.steps import Step
from kesu.engine.runtime.targets import JUMP, REJECT, TAKE_BACK, WITHDRAW, Target, decides, targets
from kesu.engine.spiff.extensions import Moves

MOVES = (REJECT, TAKE_BACK, WITHDRAW)
ON_PATH = (*MOVES, JUMP)
ON_PEOPLE = (signers.ADD, signers.REMOVE, transfers.TRANSFER, transfers.DELEGATE, transfers.RESOLVE, transfers.COPY, transfers.URGE)


def legal_moves(db: Database, task_id: int, *, actor: str) -> dict[str, list[Target]]:
    """Return the moves along the path that this person may make from a task, each with its legal targets (jumps apart)."""
    found = _on_path(db, task_id, actor, MOVES)
    return {move: each for move, each in found.items() if each}


def all_moves(db: Database, task_id: int, *, actor: str) -> dict[str, list[Target]]:
    """Return every move that this person may make from a task; those on people have no targets but people."""
    found = {move: each for move, each in _on_path(db, task_id, actor, ON_PATH).items() if each}
    return {**found, **{move: [] for move in _on_people(db, task_id, actor)}}


def preview(db: Database, task_id: int, *, actor: str, move: str, target: str | None = None, afterwards: str | None = None) -> Preview:
    """Say what a move along the path would do, without doing it. Raises what the move would raise."""
    _check_known(move, ON_PATH)
    rejections.check_afterwards(afterwards)
    with db.read() as connection:
        step = Step.load(db, connection, of_task(task_id)(connection), actor=actor)
        assert step.instance is not None
        instances.check_active(step.instance)
        return previewed(step, user_tasks.find(connection, task_id), move, target, afterwards)


def move(db: Database, task_id: int, *, actor: str, move: str, target: str | None = None, afterwards: str | None = None, reason: str | None = None,
         seen: int | None = None, idempotency_key: str | None = None, **particulars: Any) -> Moved:
    """Make a move. On the path: `target` is an activity or element id of `legal_moves`, or previous, initiator, end; the obvious one where left out.

    On people: `people` (logins), `how` (before, after, parallel), `answer` and `comment` of an opinion, `submission` of the form. Raises
    `Invalid` without a reason where one is owed, `Conflict` for what is no longer legal, `Forbidden` for those it is not theirs.
    """
    _check_known(move, (*ON_PATH, *ON_PEOPLE))
    if move in ON_PATH:
        return rejections.go(db, task_id, actor=actor, move=move, target=target, afterwards=afterwards, reason=reason, seen=seen,
                             idempotency_key=idempotency_key)
    told = {name: value for name, value in particulars.items() if value is not None}
    if any(not isinstance(login, str) for login in told.get("people", ())):
        raise Invalid(sentence("Expected the logins of people as texts."))
    return _DOING[move](db, task_id, told, {"actor": actor, "reason": reason, "idempotency_key": idempotency_key}, seen)


def describe(found: dict[str, list[Target]]) -> dict[str, list[dict[str, Any]]]:
    """Return legal moves as plain data."""
    return {name: [{"activity_id": each.activity_id, "element_id": each.element_id, "name": each.name, "name_en": each.name_en, "who": each.who,
                    "is_previous": each.is_previous, "is_first": each.is_first, "ahead": each.ahead} for each in targets_]
            for name, targets_ in found.items()}


def _on_path(db: Database, task_id: int, actor: str, moves: tuple[str, ...]) -> dict[str, list[Target]]:
    with db.read() as connection:
        step = Step.load(db, connection, of_task(task_id)(connection), actor=actor)
        task = user_tasks.find(connection, task_id)
        if step.instance is None or step.instance.state != instances.ACTIVE:
            return {}
        return {move: targets(step, task, move, actor) for move in moves}


def _on_people(db: Database, task_id: int, actor: str) -> list[str]:
    with db.read() as connection:
        task = user_tasks.find(connection, task_id)
        instance = instances.find(connection, task.instance_id)
        if not task.is_open or instance.state != instances.ACTIVE:
            return []
        party = is_party(connection, instance, identity.find_person(connection, actor))
        said = Moves.of(task.settings)
        names = tuple(name for name in ON_PEOPLE if said.allows(name))
        round_ = ballots.of_task(connection, task_id)
        runs, asked = runs_it(connection, actor), any(each.voter == actor and each.state == ballots.OPEN for each in round_)
        mine = decides(connection, task, actor)
        opinion = any(each.voter == actor and each.part == ballots.OPINION and each.state == ballots.OPEN for each in round_)
        added = any(each.is_undone and (each.added_by == actor or runs) for each in round_)
    can = {signers.ADD: mine, signers.REMOVE: added, transfers.TRANSFER: mine or asked or runs, transfers.DELEGATE: mine or asked,
           transfers.RESOLVE: opinion, transfers.COPY: party, transfers.URGE: party}
    return [name for name in (transfers.RESOLVE, *names) if can[name]]


def _check_known(move: str, moves: tuple[str, ...]) -> None:
    if move not in moves:
        raise NotFound(sentence("Expected one of the moves {moves}, but got {move}."), moves=", ".join(moves), move=move)


def _one(told: dict[str, Any]) -> str:
    people = told.get("people") or []
    if len(people) != 1:
        raise Invalid(sentence("Expected exactly one person, but got {count}."), count=len(people))
    return str(people[0])


def _resolve(db: Database, task_id: int, told: dict[str, Any], about: dict[str, Any], seen: int | None) -> Moved:
    comment = told.get("comment") or about["reason"]
    return transfers.resolve(db, task_id, actor=about["actor"], answer=told.get("answer") or "yes", comment=comment, seen=seen,
                             idempotency_key=about["idempotency_key"])


def _add_sign(db: Database, task_id: int, told: dict[str, Any], about: dict[str, Any], seen: int | None) -> Moved:
    return signers.add_sign(db, task_id, people=told.get("people") or [], how=told.get("how") or "parallel", submission=told.get("submission"),
                            weight=told.get("weight", 1), seen=seen, **about)


Doing = Callable[[Database, int, dict[str, Any], dict[str, Any], int | None], Moved]
_DOING: dict[str, Doing] = {
    signers.ADD: _add_sign,
    signers.REMOVE: lambda db, task_id, told, about, seen: signers.remove_sign(db, task_id, person=_one(told), seen=seen, **about),
    transfers.TRANSFER: lambda db, task_id, told, about, seen: transfers.transfer(db, task_id, to=_one(told), of=told.get("of"), seen=seen, **about),
    transfers.DELEGATE: lambda db, task_id, told, about, seen: transfers.delegate(db, task_id, to=_one(told), seen=seen, **about),
    transfers.RESOLVE: _resolve,
    transfers.COPY: lambda db, task_id, told, about, _seen: transfers.copy(db, task_id, people=told.get("people") or [], **about),
    transfers.URGE: lambda db, task_id, _told, about, _seen: transfers.urge(db, task_id, **about),
}
