"""Several tasks at once: what would happen to each, before anything does, and the particulars with which each is then done.

The guards are those of the single act. What would be refused is said beforehand; what changes in between, by the result.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection

from kesu.engine import ballots, claims, instances, runtime
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, Failed, Invalid, Rejected, sentence
from kesu.engine.forms import Form
from kesu.engine.identity import Person
from kesu.engine.runtime import APPROVED
from kesu.engine.runtime.steps import Step
from kesu.engine.user_tasks import UserTask
from kesu.webui import next_steps, task_views
from kesu.webui.errors import say
from kesu.webui.languages import language, listed, named
from kesu.webui.task_cards import Card, cards
from kesu.webui.task_fates import fate

ACTS = ("approve", "transfer", "claim", "release")
MOST = 100
ALONE = sentence("Its form has fields that only you can fill in: {fields}. Open it by itself.")
PLAIN = sentence("This step asks for no approval. Open it by itself.")


@dataclass(frozen=True)
class Item:
    """One task of a batch: what follows if it is done, or why it cannot be; `filled` is what its form holds, `opinion` the field for a reason."""

    card: Card
    ahead: tuple[str, ...] = ()
    problem: str = ""
    filled: dict[str, Any] = field(default_factory=dict)
    opinion: str = ""

    @property
    def task(self) -> UserTask:
        """Return the task."""
        return self.card.task

    def particulars(self, reason: str | None) -> dict[str, Any]:
        """Return what the engine is given with this task. Others may sign a vote at the same time, so no version is held against it."""
        seen = {} if self.task.ballot else {"seen": self.task.version}
        if not self.ahead:
            return seen
        return {**seen, "submission": {**self.filled, **({self.opinion: reason} if self.opinion and reason else {})}}


@dataclass(frozen=True)
class Plan:
    """What would happen. `problem` speaks against the batch as a whole."""

    act: str
    items: tuple[Item, ...]
    problem: str = ""

    @property
    def possible(self) -> list[Item]:
        """Return those that can be done."""
        return [] if self.problem else [item for item in self.items if not item.problem]

    @property
    def engine_act(self) -> str:
        """Return the act as the engine knows it."""
        if self.act == "approve":
            return "vote" if any(_votes(item.task) for item in self.items) else "complete"
        return "move" if self.act == "transfer" else self.act


def plan(db: Database, act: str, task_ids: Sequence[int], person: Person) -> Plan:
    """Say what a batch would do to each of these tasks; those that the person may not see are left out."""
    with db.read() as connection:
        tasks = [task for task_id in dict.fromkeys(task_ids[:MOST]) if (task := task_views.visible_or_none(connection, task_id, person))]
        shown = cards(connection, tasks, person)
        items = tuple(_item(db, connection, act, card, person) for card in shown)
    return Plan(act, items, _against(act, tasks))


def _against(act: str, tasks: Sequence[UserTask]) -> str:
    if not tasks:
        return _("Choose at least one task.")
    steps = {(task.definition_key, task.element_id): task.called(language()) for task in tasks}
    if act == "approve" and len(steps) > 1:
        return _("Only tasks of one step can be approved together; these are of %(count)s: %(names)s.", count=len(steps),
                 names=listed(steps.values()))
    return ""


def _item(db: Database, connection: Connection, act: str, card: Card, person: Person) -> Item:
    task = card.task
    if not task.is_open:
        return Item(card, problem=fate(connection, task, person.login))
    try:
        if act == "approve":
            return _approval(db, connection, card, person)
        _CHECKS[act](connection, task, person)
        return Item(card)
    except (Rejected, Failed) as error:
        return Item(card, problem=say(error, task=task.called(language())))


def _approval(db: Database, connection: Connection, card: Card, person: Person) -> Item:
    task = card.task
    _check_actor(connection, task, person)
    if not task.ballot and "outcome" not in task.settings:
        raise Conflict(PLAIN)
    step = Step.load(db, connection, instances.find(connection, task.instance_id), actor=person.login)
    form = step.package.form(task.form_key) if task.form_key else None
    stands = task_views.prefilled(task, person, runtime.opens_with(step, task))
    filled = {each.key: stands[each.key] for each in form.fields if each.key in stands} if form else {}
    try:
        following = runtime.what_next(db, task.id, actor=person.login, submission=filled, outcome=APPROVED)
    except Invalid as error:
        return Item(card, problem=_(ALONE).format(fields=_labels(form, [problem.field for problem in error.problems])))
    opinion = next((each.key for each in form.fields if each.key in task_views.OPINIONS), "") if form else ""
    return Item(card, next_steps.said(connection, following), filled=filled, opinion=opinion)


def _labels(form: Form | None, keys: Sequence[str]) -> str:
    known = {each.key: named({"name": each.label, "name_en": each.label_en}) for each in form.fields} if form else {}
    return listed(known.get(key, key) for key in keys)


def _check_actor(connection: Connection, task: UserTask, person: Person) -> None:
    if task.ballot:
        ballots.of_voter(ballots.of_task(connection, task.id), person.login)
    else:
        claims.check_actor(connection, task, person.login)


def _check_claim(connection: Connection, task: UserTask, person: Person) -> None:
    if task.assignee == person.login:
        raise Conflict(sentence("You have it already."))
    claims.check_claim(connection, task, person.login)


def _check_release(connection: Connection, task: UserTask, person: Person) -> None:
    claims.check_release(connection, task, person.login)


def _votes(task: UserTask) -> bool:
    return bool(task.ballot) and not (task.ballot or {}).get("added")


_CHECKS: dict[str, Callable[[Connection, UserTask, Person], None]] = {
    "transfer": _check_actor, "claim": _check_claim, "release": _check_release,
}
