"""One command in the making: an instance, its run, and everything that will be written if nobody else was first.

1. read the instance and restore its run; 2. apply the command and run to the next wait state, outside any write
transaction, collecting rows; 3. in one short transaction set the instance by compare-and-set and write everything. Where somebody
else was first, begin again at 1.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from kesu.engine import (
    clock,
    commands,
    deadlines,
    history,
    instances,
    latches,
    messages,
    packages,
    service_tasks,
    spiff,
    values,
)
from kesu.engine.commands import Key
from kesu.engine.database import Database
from kesu.engine.errors import Overtaken, sentence
from kesu.engine.history import Event
from kesu.engine.instances import ACTIVE, COMPLETED, ENDED, Instance, Stale
from kesu.engine.packages import Package
from kesu.engine.runtime import freezing
from kesu.engine.runtime.reconciling import Rows, RowWrite, reconcile
from kesu.engine.service_tasks import BpmnError, Done, ServiceTask, Write
from kesu.engine.user_tasks import UserTask

ATTEMPTS = 20  # how often a command begins again because somebody else was first

Act = Callable[["Step"], None]
PASSING: list[Callable[["Step"], bool]] = []  # files above this one that let a new user task pass by itself
FOLLOWING: list[Callable[[Database, int], None]] = []  # what is done right after a command that left service tasks to do at once


class Host:
    """What a run may ask of the world: the time, told in the company's zone, and the pinned decisions."""

    def __init__(self, package: Package, now: datetime, connection: Connection) -> None:
        self._package, self._instant, self._connection = package, now, connection
        self._told: datetime | None = None

    def now(self) -> datetime:
        """Return the instant of the command in the company's zone, where what has no zone is meant."""
        if self._told is None:
            self._told = self._instant.astimezone(deadlines.current().company_zone(self._connection))
        return self._told

    def decide(self, decision: str, context: Mapping[str, Any]) -> tuple[Any, list[Any]]:
        """Evaluate a decision of the instance's package."""
        return self._package.decide(decision, context, self.now())


class Step:
    """An instance in motion."""

    def __init__(self, db: Database, connection: Connection, package: Package, *, actor: str) -> None:
        self.db, self.connection, self.package, self.actor = db, connection, package, actor
        self.now = clock.now()
        self.host = Host(package, self.now, connection)
        self.instance: Instance | None = None
        self.business_key: str | None = None
        self.run: spiff.Run
        self.book: dict[str, Any] = {"waits": {}, "rounds": {}}
        self.events: list[Event] = []
        self.writes: list[Write] = []
        self.ends: list[Write] = []  # rows of the engine that this command ends: tasks, ballots, jobs, timers
        self.before_commit: list[Callable[[], None]] = []
        self.acted: list[tuple[str, str]] = []  # (element, login) of the tasks that this command completes
        self.columns: dict[str, Any] = {}
        self.passed: list[RowWrite] = []  # rounds that nobody had to be asked for, and what was proposed
        self.proposing: UserTask | None = None  # the task that sets what decisions are about
        self.state = ACTIVE
        self.abandoned = False  # the whole instance ends here: nothing waits any more
        self.follows = True  # False: whoever gave this command looks for the next job itself
        self.rows: Rows
        self._tried: set[str] = set()

    @classmethod
    def load(cls, db: Database, connection: Connection, instance: Instance, *, actor: str) -> "Step":
        """Restore an instance's run to where the last command left it."""
        step = cls(db, connection, packages.load(db, connection, instance.package_id), actor=actor)
        step.instance, step.business_key, step.book = instance, instance.business_key, instance.book
        step.run = spiff.Run.restore(step.package.model, instance.body, step.host)
        return step

    @property
    def instance_id(self) -> int | None:
        """Return the instance's id; None while it is being started."""
        return self.instance.id if self.instance else None

    @property
    def initiator(self) -> str:
        """Return who started the instance."""
        return self.instance.started_by if self.instance else self.actor

    def tell(self, kind: str, *, element_id: str | None = None, activity_id: str | None = None, reason: str | None = None, **details: Any) -> None:
        """Add an event to what will be written to history."""
        self.events.append(Event(kind, self.actor, self.now, element_id, activity_id, reason, details=details))

    def settle(self) -> None:
        """Run to the next wait state, doing the service tasks that can be done inside this command."""
        self.run.advance()
        freezing.freeze(self)
        while self._goes_on():
            self.run.advance()
            freezing.freeze(self)
        self.rows = reconcile(self)
        self.rows.writes[:0] = self.passed
        for prepare in self.before_commit:
            prepare()

    def apply(self, activity_id: str, outcome: Done | BpmnError) -> None:
        """Carry the outcome of a service task into the process."""
        if isinstance(outcome, BpmnError):
            self.run.throw(activity_id, outcome.code, self.held(activity_id, outcome.variables))
            return
        self.writes.extend(outcome.writes)
        self.run.complete(activity_id, self.held(activity_id, outcome.variables))

    def held(self, activity_id: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return variables that nobody can be asked about, without what only its own act lowers."""
        return latches.kept(self.run.variables(activity_id), variables)

    def service_task(self, wait: spiff.Wait) -> ServiceTask:
        """Describe a waiting service task to the function that does it."""
        return ServiceTask(
            instance_id=self.instance_id, business_key=self.business_key, element_id=wait.element_id,
            variables=self.run.variables(wait.activity_id), now=self.now, actor=self.actor, connection=self.connection, db=self.db,
            idempotency_key=f"{self.business_key or self.instance_id}/{wait.activity_id}",
        )

    def commit(self, connection: Connection) -> int:
        """Write everything; return the instance's id. Raises `Stale` where somebody else was first."""
        instance_id = self.write_rows(connection)
        (history.append if self.instance else history.begin)(connection, instance_id, self.events)
        return instance_id

    def write_rows(self, connection: Connection) -> int:
        """Write everything but the events; return the instance's id. Raises `Stale` where somebody else was first."""
        columns = self._columns()
        self.state = columns["state"]
        if self.instance is None:
            instance_id = instances.insert(connection, **columns)
        else:
            instance_id = self.instance.id
            instances.compare_and_set(connection, self.instance, **columns)
        for write in [*self.ends, *self.writes]:
            write(connection)
        self.rows.write(connection, instance_id)
        return instance_id

    def _columns(self) -> dict[str, Any]:
        ended = self.run.finished and (self.instance is None or self.instance.state not in ENDED)
        columns = {"state": COMPLETED if ended else self.instance.state if self.instance else ACTIVE, "body": self.run.save(),
                   "book": self.rows.book, "variables": values.plain(self.run.variables()), **self.columns}
        if ended:
            columns["ended_at"] = self.now
        return columns

    def _goes_on(self) -> bool:
        """Do one thing that need not wait: a service task inside this command, or a message that came early; say whether there was one."""
        if self.abandoned:
            return False
        wait = self._next_inside()
        if wait is not None:
            self._perform(wait)
            return True
        if any(passes(self) for passes in PASSING):
            return True
        return any(self._take_early(wait) for wait in self.run.waits() if wait.kind == "message" and self._is_new(wait))

    def _is_new(self, wait: spiff.Wait) -> bool:
        return wait.activity_id not in self.book["waits"] and wait.activity_id not in self._tried

    def _take_early(self, wait: spiff.Wait) -> bool:
        self._tried.add(wait.activity_id)
        correlation = wait.detail.get("correlation") or {}
        form = messages.canonical(correlation) if correlation else messages.own(self.business_key, self.instance_id or 0)
        message = messages.early(self.connection, wait.detail["name"], form, self.now, self.instance_id)
        if message is None:
            return False
        self.ends.append(lambda connection: messages.take(connection, message.id))
        brought = self.held(wait.activity_id, values.lively(message.variables))
        self.events.append(Event("message_received", message.sent_by or self.actor, self.now, wait.element_id, wait.activity_id, details={
            "name": message.name, "sent_at": message.sent_at.isoformat(), "changed": changes(self, wait.activity_id, brought)}))
        self.run.deliver(wait.activity_id, brought)
        return True

    def _next_inside(self) -> spiff.Wait | None:
        # Rows that this command will write are not there to be read yet, so whatever reads the database next waits for the next command.
        if self.writes:
            return None
        registry = service_tasks.registry()
        return next((wait for wait in self.run.waits() if wait.kind == "service" and self._is_new(wait)
                     and wait.detail["topic"] in registry and registry.find(wait.detail["topic"]).inside), None)

    def _perform(self, wait: spiff.Wait) -> None:
        self._tried.add(wait.activity_id)
        topic = service_tasks.registry().find(wait.detail["topic"])
        try:
            outcome = topic.call(self.service_task(wait), wait.detail["parameters"])
        except Exception:  # whatever a handler raises must not undo what the person did: it stays as a job, retried, then an incident
            return
        if isinstance(outcome, Done | BpmnError):
            self.apply(wait.activity_id, outcome)


def command(db: Database, find: Callable[[Connection], Instance], act: Act, *, actor: str, key: Key | None = None,
            writes: Iterable[Write] = ()) -> dict[str, Any]:
    """Run one command against an instance: all of it, or nothing and a sentence. The same key again gets the first answer."""
    for _ in range(ATTEMPTS):
        with db.read() as connection:
            known = commands.answered(connection, key)
            if known is not None:
                return known
            step = Step.load(db, connection, find(connection), actor=actor)
            step.writes.extend(writes)
            freezing.inherit(step)
            act(step)
            step.settle()
        try:
            return finish(db, step, key)
        except Stale:
            continue
    raise Overtaken(sentence("Too many people acted on this case at the same moment. Nothing of yours was done; try again."))


def changes(step: Step, activity_id: str, variables: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return before and after of the variables that differ from what an activity sees now, as history tells them."""
    before = step.run.variables(activity_id)
    return {name: {"before": values.plain(before.get(name)), "after": values.plain(value)} for name, value in variables.items()
            if name not in before or before[name] != value}


def by_id(instance_id: int) -> Callable[[Connection], Instance]:
    """Return a finder for an instance by its id."""
    return lambda connection: instances.find(connection, instance_id)


def finish(db: Database, step: Step, key: Key | None) -> dict[str, Any]:
    """Write a settled step in one transaction, do what follows at once, and return what came of the step itself. Raises `Stale`."""
    with db.write() as connection:
        instance_id = step.commit(connection)
        result = {"instance_id": instance_id, "state": step.state}
        commands.record(connection, key, instance_id=instance_id, result=result, at=step.now)
    follow(db, step, instance_id)
    return result


def follow(db: Database, step: Step, instance_id: int) -> None:
    """Do what is done right after a step that was written: the service tasks that it left to be done at once."""
    if step.follows and step.rows.at_once:
        for each in FOLLOWING:
            each(db, instance_id)
