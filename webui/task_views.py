"""A task as its page shows it: what is asked, of whom, on which case, and what may be done with it by the reader.

A task is found through what the reader may see: those concerned with the case, and the roles that look after all of them. For
everybody else it does not exist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Row

from kesu import rules
from kesu.complaints import attachments
from kesu.engine import ballots, candidates, history, instances, packages, parties, runtime, user_tasks
from kesu.engine.errors import NotFound
from kesu.engine.forms import Field, Form
from kesu.engine.identity import Person
from kesu.engine.instances import Instance
from kesu.engine.runtime.steps import Step
from kesu.engine.spiff import Model
from kesu.engine.user_tasks import UserTask
from kesu.webui.case_glances import whole
from kesu.webui.context import database
from kesu.webui.hidden_words import Hidden, hidden_from
from kesu.webui.moments import DueWords, due_words
from kesu.webui.task_cards import people_names
from kesu.webui.task_fates import fate
from kesu.webui.task_rounds import rounds
from kesu.webui.timelines import Entry, entries
from kesu.webui.votes import Vote, vote_of

OPINIONS = ("opinion", "comment")  # a form that asks for one of these is not given a second box for a comment
EARLIER = 8  # how many earlier answers a page shows
ENTERED = "activity_entered"


@dataclass(frozen=True)
class Earlier:
    """What somebody has answered on this case before: the latest round of a step, with the form it was given on."""

    task: UserTask
    form: Form
    values: dict[str, Any]

    def fields(self) -> tuple[Field, ...]:
        """Return the fields of the form."""
        return self.form.fields

    def hidden(self) -> set[str]:
        """Return the keys of the fields that were left empty or not asked."""
        return {each.key for each in self.form.fields if self.values.get(each.key) in (None, "", [], False)}


@dataclass
class TaskView:
    """Everything a task page is made of. `mode`: claim, form, decide, vote or look (nothing to do for the reader)."""

    task: UserTask
    instance: Instance
    person: Person
    mode: str
    case: Row[Any] | None
    due: DueWords
    vote: Vote | None
    names: dict[str, str]
    form: Form | None
    known: Mapping[str, Any]
    values: dict[str, Any]
    timeline: list[Entry]
    files: list[Row[Any]]
    path: dict[str, Any]
    model: Model
    others: list[UserTask]
    earlier: list[Earlier]
    can_release: bool
    candidates: list[tuple[str, str]]
    fate: str
    rounds: dict[int, int]
    now: datetime  # in the company's zone, as the conditions of fields mean it
    problems: dict[str, str] = field(default_factory=dict)
    comment: str = ""

    @property
    def acts(self) -> bool:
        """Say whether the reader can send an answer."""
        return self.mode in ("form", "decide", "vote")

    @property
    def keeps_draft(self) -> bool:
        """Say whether a half-filled form is kept with the task; a task has one draft, so those of voters stay in their browsers."""
        return self.form is not None and self.mode in ("form", "decide")

    @property
    def opinion(self) -> str:
        """Return the key of the form's own field for a reason, or `comment`, the page's."""
        return next((each.key for each in self.fields() if each.key in OPINIONS), "comment")

    def hidden(self) -> set[str]:
        """Return the keys of the fields that the present values hide."""
        if self.form is None:
            return set()
        shown = {each.key for each in self.form.visible({**self.known, **self.values}, self.now)}
        return {each.key for each in self.form.fields if each.key not in shown}

    def deciding(self) -> set[str]:
        """Return the keys of the fields whose answers decide whether others are shown."""
        named = {name for each in self.fields() if each.hide for name in rules.names(each.hide)}
        return {each.key for each in self.fields() if each.key in named}

    def fields(self) -> tuple[Field, ...]:
        """Return the fields of the form."""
        return self.form.fields if self.form else ()


def view(connection: Connection, task_id: int, person: Person) -> TaskView:
    """Gather a task's page for this reader; raises `NotFound` for those whom it does not concern."""
    task = parties.visible(connection, task_id, person)
    instance = instances.find(connection, task.instance_id)
    step = Step.load(database(), connection, instance, actor=person.login)
    case = whole(connection, task.business_key)
    hidden = hidden_from(connection, case, person)
    round_ = [each._replace(comment=hidden.value(each.comment)) for each in ballots.of_task(connection, task.id)] if task.ballot else []
    vote, offered = vote_of(task, round_, person.login), candidates.names(connection, task.id)
    timeline = [replace(each, quote=hidden.text(each.quote)) for each in entries(connection, instance, step.package.model)]
    all_tasks = user_tasks.of_instance(connection, instance.id)
    acted = {task.assignee, *(other.ended_by for other in all_tasks), *(entry.actor for entry in timeline)}
    names = people_names(connection, acted | {login for ballot in round_ for login in (ballot.voter, ballot.on_behalf_of, ballot.added_by)})
    known = runtime.opens_with(step, task) if task.is_open else {}
    mode, values = _mode(connection, task, person, vote), prefilled(task, person, known)
    return TaskView(
        task, instance, person, mode, _shortened(case, hidden),
        due_words(task.due_at, task.ended_at), vote, names, step.package.form(task.form_key) if task.form_key else None, known,
        hidden.value(values) if mode == "look" else values,  # what is sent back must be whole
        timeline, attachments.of_case(connection, task.business_key or ""), _path(connection, task),
        step.package.model,
        [other for other in all_tasks if other.is_open and other.id != task.id], _earlier(step, task, all_tasks, hidden),
        task.assignee == person.login and task.is_open and bool(offered), offered, fate(connection, task, person.login),
        rounds(connection, all_tasks), step.host.now(),
    )


def visible_or_none(connection: Connection, task_id: int, person: Person) -> UserTask | None:
    """Return a task that this person may see, or None."""
    try:
        return parties.visible(connection, task_id, person)
    except NotFound:
        return None


def prefilled(task: UserTask, person: Person, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in a form when it is opened: the answer, the reader's draft, or what the process knows."""
    if task.submission is not None:
        return dict(task.submission)
    if task.draft and task.draft.get("by") == person.login:
        return dict(task.draft["values"])
    return dict(known)


def diagram(connection: Connection, task: UserTask) -> bytes:
    """Return the diagram on which the task's case runs."""
    package = packages.load(database(), connection, instances.find(connection, task.instance_id).package_id)
    return package.contents[package.pins["bpmn"][task.definition_key]]


def _shortened(case: Row[Any] | None, hidden: Hidden) -> Any:
    if case is None or not hidden.words:
        return case
    return SimpleNamespace(**{**case._mapping, **{name: hidden.text(getattr(case, name)) for name in ("complainant", "title", "description")}})


def _mode(connection: Connection, task: UserTask, person: Person, vote: Vote | None) -> str:
    if not task.is_open:
        return "look"
    if vote is not None:
        return "vote" if vote.mine else "look"
    if task.assignee is None:
        return "claim" if "admin" in person.groups or candidates.include(connection, task.id, person.login) else "look"
    if task.assignee != person.login and "admin" not in person.groups:
        return "look"
    return "decide" if "outcome" in task.settings else "form"


def _earlier(step: Step, task: UserTask, all_tasks: Sequence[UserTask], hidden: Hidden) -> list[Earlier]:
    done = [other for other in all_tasks if other.state == user_tasks.COMPLETED and other.form_key and other.id != task.id]
    latest = {(other.element_id, other.activity_id): other for other in sorted(done, key=lambda other: other.id)}
    before = [other for other in latest.values() if task.is_open or other.id < task.id]
    before.sort(key=lambda other: other.ended_at or other.created_at, reverse=True)
    return [Earlier(other, step.package.form(other.form_key or ""), hidden.value(dict(other.submission or {}))) for other in before[:EARLIER]]


def _path(connection: Connection, task: UserTask) -> dict[str, Any]:
    visits: dict[str, int] = {}
    for event in history.of_instance(connection, task.instance_id):
        if event["kind"] == ENTERED and event["element_id"]:
            visits[event["element_id"]] = visits.get(event["element_id"], 0) + 1
    current = [other.element_id for other in user_tasks.of_instance(connection, task.instance_id, only_open=True)]
    return {"visits": visits | {element: visits.get(element, 1) for element in [*current, task.element_id]}, "current": current}
