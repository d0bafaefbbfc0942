"""A month at the demo company, lived through on the real engine with its clock turned: every row comes from a command, none is inserted.

Deterministic but for the instant at which it ends, which is now. Mails are kept, never sent, while it is loaded.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from importlib import resources
from typing import Any

import yaml
from sqlalchemy import func, select

from kesu.complaints import cases, mails, questions, receipts, surveys
from kesu.complaints.new_complaints import NewComplaint
from kesu.engine import ballots, candidates, claims, clock, commands, identity, runtime, user_tasks
from kesu.engine.database import Database
from kesu.engine.errors import Conflict, sentence
from kesu.engine.user_tasks import UserTask
from kesu.webui.demo import backstage, company, habits
from kesu.webui.demo.diary import Diary

MARK = commands.bound("demo/month", "demo")
LENGTH = timedelta(days=32)
RECENT = 2  # days before now from which on the time of day in the story no longer counts
FOREVER = 10**6
TAKEN_AFTER = timedelta(minutes=25)
NEWS = {table.name: table for table in (user_tasks.user_tasks, questions.questions, surveys.surveys)}


def load(db: Database) -> None:
    """Bring in the demo company and let it live through a month that ends now; nothing where that has been done.

    Raises `Conflict` where the database holds other complaints, or a load was broken off half-way.
    """
    if is_loaded(db):
        return
    _check_empty(db)
    end = clock.now()
    manual = clock.ManualClock(end - LENGTH)
    with backstage.lent(manual), backstage.hurried(db):
        with db.write() as connection:
            company.found(connection, manual.now())
        Month(db, manual, end).live()
    with db.write() as connection:
        commands.record(connection, MARK, result={"until": end.isoformat()}, at=end)


def is_loaded(db: Database) -> bool:
    """Say whether the demo company is there, with its whole month."""
    with db.read() as connection:
        return commands.answered(connection, MARK) is not None


def greeting(db: Database) -> list[str]:
    """Return lines with the demo logins, none where the demo company is not loaded."""
    if not is_loaded(db):
        return []
    lines = [f"  {one.login:6} {one.duty}" for one in company.PEOPLE if one.duty]
    return [f"Demo company (all of it invented). Sign in with any of these and the password {company.PASSWORD}:", *lines]


def stories() -> list[dict[str, Any]]:
    """Return the complaints of the month as they are told in `month.yaml`, in order of arrival."""
    told: list[dict[str, Any]] = yaml.safe_load(resources.files("kesu.webui.demo").joinpath("month.yaml").read_text("utf-8"))
    return sorted(told, key=lambda story: (-story["ago"], story["at"]))


class Month:
    """The month in progress: which case is which story, and what has been seen so far."""

    def __init__(self, db: Database, manual: clock.ManualClock, end: datetime) -> None:
        self.db, self.end = db, end
        self.diary = Diary(db, manual, self.look)
        self.of_case: dict[str, dict[str, Any]] = {}
        self.seen = dict.fromkeys(NEWS, 0)

    def live(self) -> None:
        """Take every complaint in at its time, and live through the rest."""
        for turn, story in enumerate(stories()):
            self.diary.write(self._arrival(story), partial(self._receive, {**story, "turn": turn, "pace": 0.7 + turn * 37 % 7 / 10}))
        self.diary.live_through(self.end)

    def look(self) -> None:
        """Write into the diary what people will do about everything new."""
        with self.db.read() as connection:
            newest = connection.execute(select(*(select(func.max(table.c.id)).scalar_subquery() for table in NEWS.values()))).one()
            fresh = {name: connection.execute(table.select().where(table.c.id > self.seen[name]).order_by(table.c.id)).all()
                     for (name, table), last in zip(NEWS.items(), newest, strict=True) if (last or 0) > self.seen[name]}
        for name, rows in fresh.items():
            self.seen[name] = rows[-1].id
        for row in fresh.get("user_tasks", ()):
            if row.state in user_tasks.OPEN:
                self._plan(UserTask(**row._mapping))
        for row in fresh.get("questions", ()):
            self._plan_answer(row)
        for row in fresh.get("surveys", ()):
            self._plan_rating(row)

    def _arrival(self, story: Mapping[str, Any]) -> datetime:
        at = self.end - timedelta(days=story["ago"])
        if story["ago"] < RECENT:
            return at
        hour, minute = map(int, story["at"].split(":"))
        return at.astimezone(habits.ZONE).replace(hour=hour, minute=minute, second=0, microsecond=0)

    def _receive(self, story: dict[str, Any]) -> None:
        actor = story.get("by", identity.CUSTOMER)
        receipt = receipts.receive(self.db, _complaint(story), channel=story["channel"], actor=actor, idempotency_key=f"demo-{story['turn']}")
        self.of_case[receipt.reference] = story
        if story.get("fails"):
            backstage.failing.add(receipt.reference)
        if "withdraw" in story:
            at = clock.now() + timedelta(days=story["withdraw"])
            self.diary.write(at, partial(runtime.correlate, self.db, "customer_withdrew", {"reference": receipt.reference}, {},
                                         actor=identity.CUSTOMER))

    def _plan(self, task: UserTask) -> None:
        story = self.of_case[task.business_key or ""]
        if task.ballot:
            self._plan_votes(task, story)
            return
        with self.db.read() as connection:
            offered = candidates.names(connection, task.id)
        department = next((name for kind, name in offered if kind == "group"), "")
        if task.round >= _stops_at(story, task.element_id) and story.get("lingers", department) == department:
            self._plan_claim(task, story)
            return
        actor = task.assignee or habits.who(offered, story["turn"] + (task.element_id == "approve_second"))
        self.diary.write(self._when(story, task.element_id, task.round), partial(self._act, task, story, actor, department))

    def _plan_claim(self, task: UserTask, story: Mapping[str, Any]) -> None:
        """Let somebody take on the task at which the story stands, and get no further."""
        login = story.get("takes", "")
        with self.db.read() as connection:
            may = bool(login) and not task.assignee and candidates.include(connection, task.id, login)
        if may:
            at = min(clock.now() + TAKEN_AFTER, self.end)
            self.diary.write(at, partial(claims.claim, self.db, task.id, actor=login))

    def _plan_votes(self, task: UserTask, story: Mapping[str, Any]) -> None:
        with self.db.read() as connection:
            voters = [ballot.voter for ballot in ballots.of_task(connection, task.id)]
        for number, voter in enumerate(story.get("votes", voters)):
            at = self._when(story, task.element_id, task.round) + timedelta(minutes=25 * number)
            said = "Agreed." if story.get("locale") == "en" else "同意。"
            self.diary.write(at, partial(runtime.vote, self.db, task.id, actor=voter, answer="yes", comment=said, submission={"opinion": said}))

    def _plan_answer(self, row: Any) -> None:
        story = self.of_case[row.reference]
        if "a" in story.get("ask", {}):
            self.diary.write(self._when(story, "answer"), partial(questions.answer, self.db, row.reference, story["ask"]["a"]))

    def _plan_rating(self, row: Any) -> None:
        story = self.of_case[row.reference]
        if len(story.get("ratings", ())) >= row.cycle:
            self.diary.write(self._when(story, "rating", row.cycle), partial(self._rate, row.reference, story["ratings"][row.cycle - 1], story))

    def _when(self, story: Mapping[str, Any], step: str, number: int = 1) -> datetime:
        held = story.get("hold", {})
        days = held.get(f"{step}#{number}", held.get(step))
        return habits.when(step, clock.now(), story["pace"]) if days is None else self.end - timedelta(days=days)

    def _act(self, task: UserTask, story: Mapping[str, Any], actor: str, department: str) -> None:
        with self.db.read() as connection:
            if not user_tasks.find(connection, task.id).is_open:
                return
        doing = habits.doing(task, story, actor, department, clock.now())
        if not task.assignee:
            claims.claim(self.db, task.id, actor=actor)
        runtime.complete(self.db, task.id, actor=actor, submission=doing.submission, outcome=doing.outcome, comment=doing.comment)

    def _rate(self, reference: str, score: int, story: Mapping[str, Any]) -> None:
        with self.db.read() as connection:
            letter = next((mail for mail in mails.latest(connection, reference=reference) if mail.template == "survey"), None)
        token = re.search(r"/survey/(\S+)", letter.body) if letter else None
        if token is not None:
            surveys.answer(self.db, token.group(1), score=score, satisfied=score >= 3, comment=story.get("says", ""))


def _complaint(story: Mapping[str, Any]) -> NewComplaint:
    name, phone, email = story["who"]
    model = story.get("model", "")
    chosen = bool(story.get("by") or story.get("chosen"))
    details = {"occurred_on": story.get("occurred", ""), "since": story.get("since", ""), "how_often": story.get("often", "")}
    product = next((code for code, *_, models in company.PRODUCTS if model in models), "")
    return NewComplaint(
        story["text"], name=name, phone=str(phone), email=email, title=story["title"], product=product, model=model,
        batch=company.batch(model, story["batch"]) if model else "", order_number=story.get("order", ""), amount=story.get("amount", ""),
        category=story["category"] if chosen else "", subcategory=story["sub"] if chosen else "", locale=story.get("locale", "zh"),
        vip=story.get("vip", False), details={key: value for key, value in details.items() if value}, payload={**story, "demo": True})


def _stops_at(story: Mapping[str, Any], element: str) -> int:
    """Return the round of a step from which on nobody takes it any more."""
    step, _, number = str(story.get("stop", "")).partition("#")
    return int(number or 1) if step == element else FOREVER


def _check_empty(db: Database) -> None:
    with db.read() as connection:
        there = connection.execute(select(func.count()).select_from(cases.cases)).scalar_one()
    if there:
        raise Conflict(sentence("The demo company needs an empty database, but this one holds {count} complaints. "
                                "If loading it was broken off, delete the database and start again."), count=there)
