"""Freezing what is proposed: every new proposal is kept with its digest, and every decision says which digest it was about.

A user task that sets one of the subject's variables proposes, even the same again; any other way in which what is proposed changes is
a new proposal too, which nobody has agreed to yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kesu.engine import history, service_tasks, user_tasks
from kesu.engine.errors import Rejected, sentence
from kesu.engine.subjects import Proposal, Subject
from kesu.engine.user_tasks import UserTask

if TYPE_CHECKING:
    from kesu.engine.runtime.steps import Step

CHANGING = ("case_corrected", "variables_edited", "message_received", "signal_received")


def freeze(step: Step) -> None:
    """Keep what is proposed now, if that is new."""
    subject = service_tasks.registry().subject
    if subject is None:
        return
    about, known = subject.of(step.run.variables()), step.book.get("subject")
    if about is None:
        step.book.pop("subject", None)
        return
    proposing, step.proposing = step.proposing, None
    again = proposing is not None and all(event.kind != "resumed" for event in step.events)
    if known is None or known["about"] != about or again:
        _keep(step, subject, Proposal(step.business_key, about, step.actor, step.now, proposing.id if proposing else None))


def inherit(step: Step) -> None:
    """Take over what was proposed before proposals were kept: decisions since then count, if nothing but decisions came since."""
    subject = service_tasks.registry().subject
    about = None if subject is None or step.instance is None or "subject" in step.book else subject.of(step.run.variables())
    if subject is None or step.instance is None or about is None:
        return
    tasks = user_tasks.of_instance(step.connection, step.instance.id)
    task = next((task for task in reversed(tasks) if task.state == user_tasks.COMPLETED and subject.names & set(task.submission or {})), None)
    if task is None or task.ended_at is None:
        return
    told = history.of_instance(step.connection, step.instance.id)
    mark = next((event["sequence"] for event in reversed(told) if event["kind"] == "task_completed"
                 and event["details"].get("task") == task.id), None)
    changed = mark is None or any(event["kind"] in CHANGING and event["sequence"] > mark for event in told)
    proposal = Proposal(step.business_key, about, task.ended_by or step.actor, step.now, task.id, task.ended_at)
    _keep(step, subject, proposal, None if changed else mark)


def read(step: Step, task: UserTask) -> dict[str, str]:
    """Return what the history of a user task says about what was read there; nothing where the task decides nothing."""
    return digest(step) if decides(task) else {}


def digest(step: Step) -> dict[str, str]:
    """Return what the history of a decision says about what it decided."""
    known = step.book.get("subject")
    return {"read": known["digest"]} if known else {}


def decides(task: UserTask) -> bool:
    """Say whether a user task is a decision: the diagram asks for an outcome, or for a vote."""
    return "outcome" in task.settings or bool(task.ballot and not task.ballot.get("added"))


def proposes(variables: Iterable[str]) -> bool:
    """Say whether setting these variables is a proposal."""
    subject = service_tasks.registry().subject
    return subject is not None and not subject.names.isdisjoint(variables)


def named() -> frozenset[str]:
    """Return the variables that whoever decides has read."""
    subject = service_tasks.registry().subject
    return subject.names if subject else frozenset()


def alters(before: Mapping[str, Any], changes: Mapping[str, Any]) -> bool:
    """Say whether these changes would propose something else than what is proposed."""
    subject = service_tasks.registry().subject
    return subject is not None and subject.of(before) is not None and subject.of({**before, **changes}) != subject.of(before)


def check_edit(step: Step, variables: Iterable[str]) -> None:
    """Raise `Rejected` for variables that nobody edits by hand: what the case is, what was proposed, how it was decided."""
    subject = service_tasks.registry().subject
    if subject is None:
        return
    decided = {str(element.settings["outcome"].get("variable")) for element in step.package.model.elements.values() if "outcome" in element.settings}
    closed = subject.fixed | ((subject.names | decided) if subject.of(step.run.variables()) is not None else frozenset())
    wrong = sorted(closed.intersection(variables))
    if wrong:
        raise Rejected(sentence("{names} cannot be edited here: it says which case this is, or what was proposed and decided. Correct the case "
                                "or send it back to the step that proposed it, so that it is decided again."), names=", ".join(wrong))


def _keep(step: Step, subject: Subject, proposal: Proposal, since: int | None = None) -> None:
    frozen = subject.freeze(step.connection, proposal)
    if frozen is None:
        return
    step.book["subject"] = {"about": dict(proposal.about), "digest": frozen.digest}
    step.passed.append(frozen.write)
    step.tell("proposed", digest=frozen.digest, since=since, about=dict(proposal.about), task=proposal.task_id)
