"""Resuming after rework (`afterwards="resume"`): when the new round of the target is done, the case goes straight to the node that rejected.

The way in between is walked again in memory with the answers it had: what was done stays done, is asked of nobody and sends nothing a
second time; only the rejecting node (and what had been open beside it) opens as a new round. Where the rework changed a field that a
skipped gateway, decision, script or approver reads, or the way would lead elsewhere now, the case is rerun instead and history says why.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from kesu.engine import ballots, latches, spiff, user_tasks, values
from kesu.engine.errors import Rejected
from kesu.engine.packages import Package
from kesu.engine.resources import DMN
from kesu.engine.runtime import freezing
from kesu.engine.runtime.steps import Step
from kesu.engine.spiff import Happening, Wait
from kesu.engine.user_tasks import UserTask

MAX_SKIPS = 500
WORK = ("user_task", "service")
Memory = dict[str, Any]  # JSON: lives in the instance's book until the rework is done


def remembered(step: Step, task: UserTask) -> Memory:
    """Return what has to be known of the rejecting node before the token leaves it."""
    here, outside = step.run.variables(task.activity_id), step.run.variables()
    local = {name: value for name, value in here.items() if name not in outside or outside[name] != value}
    return {"element": task.element_id, "local": values.plain(local), "from": len(step.run.happenings)}


def note(step: Step, activity_id: str, target: str, memory: Memory) -> None:
    """Write down, for the new round of the target (an activity that was done), what was done between it and the rejecting node."""
    gone = [each for each in step.run.happenings[memory.pop("from"):] if each.kind == "cancelled" and each.detail.get("was") == "done"]
    done: dict[str, list[str]] = {}
    for happening in (each for each in gone if each.activity_id not in (target, None)):
        done.setdefault(happening.element_id, []).append(str(happening.activity_id))
    memory.update(done=done, laps=_laps(step.run.laps, done), values=values.plain(step.run.variables(activity_id)))
    step.book.setdefault("resume", {})[activity_id] = memory


def _laps(found: Sequence[spiff.Lap], done: Mapping[str, list[str]]) -> dict[str, list[Any]]:
    """Return the laps by what stands for them. The start of an event sub-process that was caught outside goes with the one done inside."""
    by_activity: dict[str, list[spiff.Lap]] = {}
    for lap in found:
        inside = (each for element_id in lap.elements for each in done.get(element_id, ()) if lap.is_before(each))
        kept = lap.kept or next(inside, None)
        if kept is not None:
            by_activity.setdefault(str(kept), []).append(lap)
    return {activity_id: spiff.joined(each).written() for activity_id, each in by_activity.items()}


def wanted(step: Step, activity_id: str) -> Memory | None:
    """Return what is to be resumed after this activity, if anything."""
    memory: Memory | None = step.book.get("resume", {}).pop(activity_id, None)
    return memory


def take_up(step: Step, memory: Memory, activity_id: str) -> None:
    """Go straight to the rejecting node, or say why the case is rerun. Call when the rework, that activity, has been completed in the run.

    Whatever has changed since the rejection counts, whoever changed it: the rework, a correction, another branch.
    """
    before, now = values.lively(memory["values"]), step.run.variables(activity_id)
    names = sorted(name for name in {*before, *now} if name not in before or name not in now or before[name] != now[name])
    reader = _reader(step.package, memory, names)
    if reader is not None:
        step.tell("resume_refused", element_id=memory["element"], reason="changed", field=reader[0], read_by=reader[1])
        return
    state, happened = step.run.save(), list(step.run.happenings)
    try:
        kept = _walk(step, memory)
    except Rejected:
        kept = None
    if kept is None:
        step.run = spiff.Run.restore(step.package.model, state, step.host)
        step.run.happenings[:] = happened
        step.tell("resume_refused", element_id=memory["element"], reason="the way there has changed")
        return
    _forget_the_way(step, happened)
    step.tell("resumed", element_id=memory["element"], skipped=sorted({element for element, _, _ in kept}))
    step.ends.append(_reinstating(step, kept))


def _reader(package: Package, memory: Memory, names: list[str]) -> tuple[str, str] | None:
    """Return the first changed field that something skipped reads, with the element that reads it."""
    texts = [(element_id, _reads(package, element_id)) for element_id in memory["done"] if element_id in package.model.elements]
    return next(((name, element_id) for name in names for element_id, text in texts if _mentions(text, name)), None)


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _reads(package: Package, element_id: str) -> str:
    """Return the text of everything a step looks at: conditions on its ways out, its expressions, its table, the fields of its form."""
    element, found = package.model.elements[element_id], []
    found += [flow.condition or "" for flow in package.model.flows.values() if flow.source == element.id]
    settings: Mapping[str, dict[str, Any]] = element.settings
    for kind, setting in settings.items():
        if kind != "service":  # what a handler reads is unknown, and what it did is done
            found += [str(value) for value in setting.values() if kind == "script" or str(value).startswith("=")]
    decision = settings.get("decision", {}).get("id")
    if decision in package.pins[DMN]:
        found.append(package.contents[package.pins[DMN][decision]].decode("utf-8", "replace"))
    if "outcome" in settings or "ballot" in settings:
        found += freezing.named()
    form = settings.get("form", {}).get("key")
    if form:
        found += [f"{field.key} {field.hide or ''}" for field in package.form(form).fields]
    return "\n".join(found)


def _walk(step: Step, memory: Memory) -> list[tuple[str, str, str]] | None:
    """Walk to the rejecting node; return (element, old activity, new activity) of what was passed, or None where it is not reached."""
    known, left = set(step.book["waits"]), {element: list(ids) for element, ids in memory["done"].items()}
    variables, passed = step.run.variables(), []
    for _ in range(MAX_SKIPS):
        step.run.advance()
        found = [each for each in step.run.waits() if each.activity_id not in known and left.get(each.element_id)]
        wait = next((each for each in found if each.kind in WORK), next(iter(found), None))  # an event may have cut work short that was done before
        if wait is None:
            break
        before = left[wait.element_id][0]
        step.run.stands_for(wait.activity_id, before, memory.get("laps", {}).get(before))
        if not _pass(step.run, wait):
            break
        passed.append((wait.element_id, left[wait.element_id].pop(0), wait.activity_id))
    new = [each for each in step.run.waits() if each.activity_id not in known]
    arrived = [each for each in new if each.element_id == memory["element"] and each.kind == "user_task"]
    if len(arrived) != 1:
        return None
    _put_back(step.run, None, variables)
    _put_back(step.run, arrived[0].activity_id, values.lively(memory["local"]))
    return passed


def _pass(run: spiff.Run, wait: Wait) -> bool:
    if wait.kind in WORK:
        run.complete(wait.activity_id, {})
    elif wait.kind == "timer":
        run.fire(wait.activity_id)
    elif wait.kind in ("message", "signal"):
        run.deliver(wait.activity_id, {})
    else:
        return False
    return True


def _put_back(run: spiff.Run, activity_id: str | None, wanted: Mapping[str, Any]) -> None:
    """Scripts and decisions on the way were evaluated again; what they had given before stands."""
    now = run.variables(activity_id)
    differing = {name: value for name, value in wanted.items() if name not in now or now[name] != value}
    differing = latches.kept(now, differing)
    if differing:
        run.set_variables(differing, activity_id)


def _forget_the_way(step: Step, happened: list[Happening]) -> None:
    """Keep of what happened on the way only that the last activities were entered: nothing is thrown or told twice."""
    here = {wait.activity_id for wait in step.run.waits()}
    new = step.run.happenings[len(happened):]
    step.run.happenings[:] = happened + [each for each in new if each.activity_id in here and each.kind == "entered"]


def _reinstating(step: Step, kept: list[tuple[str, str, str]]) -> Any:
    """Return the write that lets the rounds which were passed stand, under the activities that took their places."""
    renamed = {old: new for _, old, new in kept}
    instance_id = step.instance_id or 0

    def write(connection: Connection) -> None:
        rounds = [task for task in user_tasks.of_activities(connection, instance_id, renamed) if task.state == user_tasks.COMPLETED]
        for task in rounds:
            user_tasks.reinstate(connection, task, renamed[task.activity_id])
        ballots.reinstate(connection, [task.id for task in rounds])

    return write
