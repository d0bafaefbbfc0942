"""Moves on the path: reject, withdraw, take back, jump. Each goes to a legal target, cuts what that target caused, and no more.

What each means is in `docs/approvals.md`.
"""

from sqlalchemy import Connection

from kesu.engine import ballots, commands, deeds, instances, user_tasks
from kesu.engine.database import Database
from kesu.engine.errors import Invalid, Overtaken, sentence
from kesu.engine.instances import TERMINATED
from kesu.engine.runtime import resumptions, undoings
from kesu.engine.runtime.endings import checked, of_task
from kesu.engine.runtime.starts import Moved
from kesu.engine.runtime.steps import Step, by_id, command
from kesu.engine.runtime.targets import END, JUMP, REJECT, THE_END, WITHDRAW, Target, chosen, targets
from kesu.engine.spiff.extensions import Moves
from kesu.engine.user_tasks import UserTask

RERUN, RESUME = "rerun", "resume"


def go(db: Database, task_id: int, *, actor: str, move: str, target: str | None, afterwards: str | None, reason: str | None,
       seen: int | None, idempotency_key: str | None) -> Moved:
    """Make a move on the path. Raises what `moves.move` says."""
    if move in (REJECT, JUMP) and not (reason or "").strip():
        raise Invalid(sentence("Expected a reason for the rejection: the person it goes back to has to know what to mend."))
    check_afterwards(afterwards)
    key = commands.bound(idempotency_key, move, actor, task_id, target, afterwards, reason)

    def act(step: Step) -> None:
        task = _guarded(step, task_id, actor, move, seen)
        picked = chosen(targets(step, task, move, actor), move, target)
        how = afterwards or Moves.of(task.settings).afterwards or RERUN
        step.tell(move, element_id=task.element_id, activity_id=task.activity_id, reason=reason, target=picked.element_id, task=task.id,
                  afterwards=how if move == REJECT and picked is not THE_END else None)
        _noted(step, task, move)
        carry_out(step, task, picked, resume=move == REJECT and how == RESUME)

    return Moved(**command(db, of_task(task_id), act, actor=actor, key=key))


def _noted(step: Step, task: UserTask, move: str) -> None:
    step.writes.append(lambda connection: deeds.note(connection, step.actor, task.id, move, step.now))


def check_afterwards(afterwards: str | None) -> None:
    """Raise `Invalid` for what is neither rerun nor resume."""
    if afterwards not in (None, RERUN, RESUME):
        raise Invalid(sentence("Expected rerun or resume for what follows the rework, but got {afterwards}."), afterwards=afterwards)


def withdraw(db: Database, instance_id: int, *, actor: str, reason: str | None = None, target: str | None = None,
             idempotency_key: str | None = None) -> Moved:
    """Take a running case back to its first step, whoever has it now: everything since is undone, its timers stop. Its initiator only."""
    key = commands.bound(idempotency_key, WITHDRAW, actor, instance_id, target, reason)

    def act(step: Step) -> None:
        assert step.instance is not None
        instances.check_active(step.instance)
        tasks = user_tasks.of_instance(step.connection, instance_id)
        found = targets(step, tasks[-1], WITHDRAW, actor) if tasks else []
        picked = chosen(found, WITHDRAW, target)
        step.tell(WITHDRAW, reason=reason, target=picked.element_id)
        _noted(step, tasks[-1], WITHDRAW)
        carry_out(step, tasks[-1], picked, resume=False)

    return Moved(**command(db, by_id(instance_id), act, actor=actor, key=key))


def carry_out(step: Step, task: UserTask, picked: Target, *, resume: bool) -> None:
    """Move the token, and mark the rounds that this undoes."""
    supersede(step, task)
    if picked is THE_END:
        step.columns.update(state=TERMINATED, ended_at=step.now)
        step.tell(TERMINATED, reason=END)
        step.abandoned = True
    elif picked.ahead:
        _jump(step, task, picked)
    else:
        before = resumptions.remembered(step, task) if resume else None
        activity_id = step.run.rewind(picked.activity_id)
        if before is not None:
            resumptions.note(step, activity_id, picked.activity_id, before)


def supersede(step: Step, task: UserTask) -> None:
    """After the move, mark the answered rounds it undoes; answers are never changed.

    Whoever signed, added or gave away one of those rounds while this was thought over came first: the move is looked at again (`Stale`).
    """
    instance_id, actor_task = task.instance_id, task.id
    read = {each.id: each.version for each in user_tasks.of_instance(step.connection, instance_id, only_open=True)}

    def write(connection: Connection) -> None:
        undone = undoings.of_run(step.run)
        found = user_tasks.of_instance(connection, instance_id) if step.abandoned else undoings.rounds(connection, instance_id, undone)
        user_tasks.check_unchanged(connection, {each.id: read[each.id] for each in [task, *found] if each.id in read})
        rounds = [each.id for each in found]
        if not step.abandoned:
            ballots.supersede(connection, rounds, by=actor_task)
            user_tasks.supersede(connection, rounds, by=actor_task)

    step.ends.append(write)


def _guarded(step: Step, task_id: int, actor: str, move: str, seen: int | None) -> UserTask:
    assert step.instance is not None
    if move in (REJECT, JUMP):
        return checked(step, task_id, actor=actor, seen=seen, whoever=move == JUMP)
    task = user_tasks.find(step.connection, task_id)
    instances.check_active(step.instance)
    if seen is not None and seen != task.version:
        raise Overtaken(sentence("{task} has changed since you opened it. Look at it again; nothing of yours was done."), task=task.name)
    return task


def _jump(step: Step, task: UserTask, picked: Target) -> None:
    elements = step.package.model.elements
    open_before: dict[str, str] = {wait.activity_id: wait.element_id for wait in step.run.waits() if wait.kind == "user_task"}
    _, passed = step.run.jump(task.activity_id, picked.element_id)
    still = {wait.activity_id for wait in step.run.waits()}
    given_up = [element_id for activity_id, element_id in open_before.items() if activity_id not in still]
    for element_id in dict.fromkeys([*given_up, *passed]):
        step.tell("task_skipped", element_id=element_id, reason=JUMP, name=elements[element_id].name, by=task.id)
