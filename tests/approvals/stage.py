"""The engine side of the proof: an office in a database, a case in it, and what can be compared with the reference."""

import pathlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

import kesu.complaints.tables  # noqa: F401
from kesu.engine import (
    ballots,
    clock,
    definitions,
    due_dates,
    history,
    identity,
    incidents,
    jobs,
    messages,
    runtime,
    timers,
    user_tasks,
)
from kesu.engine.database import Database, metadata
from kesu.engine.errors import Rejected
from kesu.engine.instances import instances
from kesu.engine.runtime import Preview
from kesu.engine.service_tasks import Outcome, Registry, ServiceTask, Topic, done
from kesu.engine.subjects import Frozen, Proposal
from tests.approvals.structures import BOARDS, STRUCTURES, TOPIC, VARIANTS, Plan

PEOPLE = ("p1", "p2", "p3", "p4", "p5", "p6")
PLANS = {(structure, variant): Plan(structure, variant) for structure in STRUCTURES for variant in range(VARIANTS)}
HELD = [table for table in metadata.sorted_tables if "instance_id" in table.c]
SUM = 100  # what every case proposes
ailing = set[int]()  # the cases whose services cannot be done now
HELD_BY_TASK = [table for table in metadata.sorted_tables if "task_id" in table.c and "instance_id" not in table.c]


def office() -> Database:
    """A database in memory (a file system in memory: every command still goes through it) with people and every diagram published."""
    memory = pathlib.Path("/dev/shm")
    place = tempfile.mkdtemp(prefix="kesu-proof-", dir=memory if memory.is_dir() else None)
    db = Database(f"sqlite:///{place}/kesu.db")
    metadata.create_all(db.engine)
    with db.write() as connection:
        for key in ("office", "admin", "manager"):
            identity.add_group(connection, key, kind="role", name=key)
        for login in PEOPLE:
            identity.add_person(connection, login, at=clock.now(), groups=["office"], name=login)
        for board, head in BOARDS.items():
            identity.add_group(connection, board, kind="department", name=board, head=head)
        identity.add_person(connection, "root", at=clock.now(), groups=["admin"], name="root")
        identity.add_person(connection, "boss", at=clock.now(), groups=["manager"], name="boss")
    for plan in PLANS.values():
        for diagram in plan.xml().values():
            definitions.deploy(db, diagram, actor="root")
    return db


class Subject:
    """What the decisions are about: a sum, which nothing may change once it is proposed."""

    names = fixed = frozenset({"sum"})

    def of(self, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return what is proposed."""
        return {"sum": variables["sum"]} if "sum" in variables else None

    def freeze(self, _connection: Connection, proposal: Proposal) -> Frozen:
        """Nothing more of it is kept than its digest."""
        return Frozen(f"sum {proposal.about['sum']}", lambda _connection, _instance_id: None)


def registry() -> Registry:
    """The service of the diagrams, which fails where it ails, and what decisions are about."""
    return Registry([Topic(TOPIC, _post)], Subject())


def _post(task: ServiceTask) -> Outcome:
    if task.instance_id in ailing:
        raise Rejected("The post office is closed.")
    return done()


def enrol(db: Database, heads: Mapping[str, str], members: Iterable[str]) -> None:
    """Let these people head the departments and belong to the office."""
    with db.write() as connection:
        for board, login in heads.items():
            connection.execute(
                identity.groups.update().where(identity.groups.c.key == board).values(head=login)
            )
        connection.execute(
            identity.memberships.delete().where(identity.memberships.c.group_key == "office")
        )
        connection.execute(
            identity.memberships.insert(),
            [{"login": login, "group_key": "office"} for login in members],
        )


def put_back(db: Database) -> None:
    """Everybody is again what they were before the play."""
    ailing.clear()
    enrol(db, BOARDS, PEOPLE)


def bare(element_id: str) -> str:
    """The name of an element without the call activities around it."""
    return element_id.rpartition(":")[2]


class Case:
    """One running case."""

    def __init__(self, db: Database, plan: Plan, c: int, manual: clock.ManualClock) -> None:
        self.db, self.plan, self.clock = db, plan, manual
        self.id = runtime.start(
            db, plan.key, actor="p1", variables={"c": c, "sum": SUM}
        ).instance_id

    def tasks(self) -> list[user_tasks.UserTask]:
        """The open tasks."""
        with self.db.read() as connection:
            return user_tasks.of_instance(connection, self.id, only_open=True)

    def task(self, name: str) -> user_tasks.UserTask:
        """The open task of an element."""
        return next(task for task in self.tasks() if bare(task.element_id) == name)

    def finished(self, name: str) -> user_tasks.UserTask:
        """The latest completed round of an element."""
        with self.db.read() as connection:
            found = user_tasks.of_instance(connection, self.id)
        done = [task for task in found if task.state == user_tasks.COMPLETED and bare(task.element_id) == name]
        return max(done, key=lambda task: (task.superseded_by is None, task.id))

    def rounds(self, names: list[str], tasks: list[user_tasks.UserTask] | None = None) -> dict[str, dict[str, tuple[str, str]]]:
        """The ballots of open tasks: voter -> (part, state)."""
        ids = {bare(task.element_id): task.id for task in tasks or self.tasks()}
        with self.db.read() as connection:
            found = ballots.of_tasks(connection, [ids[name] for name in names])
        return {name: {each.voter: (each.part, each.state) for each in found[ids[name]] if each.state != "void"} for name in names}

    def due(self) -> dict[str, datetime]:
        """The deadlines that were ever begun, by element."""
        with self.db.read() as connection:
            rows = connection.execute(due_dates.due_dates.select().where(due_dates.due_dates.c.instance_id == self.id)).all()
        return {bare(row.name.rpartition("#")[0].rpartition("/")[2]): row.due_at for row in rows}

    def due_of(self, tasks: list[user_tasks.UserTask], name: str) -> datetime | None:
        """When an open task is due, as its own row says."""
        return next(task.due_at for task in tasks if bare(task.element_id) == name)

    def resumed(self) -> Counter[str]:
        """How often a rework was resumed, and how often that was refused."""
        with self.db.read() as connection:
            return Counter(connection.execute(select(history.history.c.kind).where(
                history.history.c.instance_id == self.id, history.history.c.kind.in_(["resumed", "resume_refused"]))).scalars())

    def skipped(self) -> Counter[str]:
        """The tasks that a jump gave up or passed over, as history tells it."""
        told = select(history.history.c.element_id).where(history.history.c.instance_id == self.id, history.history.c.kind == "task_skipped")
        with self.db.read() as connection:
            return Counter(bare(name) for name in connection.execute(told).scalars())

    def alarms(self) -> Counter[tuple[str, str, datetime]]:
        """What is armed: element, act and when."""
        armed = timers.timers.select().where(timers.timers.c.instance_id == self.id, timers.timers.c.state == timers.ARMED)
        with self.db.read() as connection:
            rows = connection.execute(armed).all()
        return Counter((bare(row.element_id), row.act or "border", row.due_at) for row in rows)

    def fired(self) -> Counter[tuple[str, str]]:
        """What has come of time limits and timers, by element and act, as history tells it."""
        with self.db.read() as connection:
            rows = connection.execute(select(history.history).where(history.history.c.instance_id == self.id,
                                                                    history.history.c.kind.in_(["timeout_policy", "timer_fired"]))).mappings().all()
        return Counter((bare(row["element_id"]), row["details"].get("act") or "border") for row in rows)

    def listening(self) -> list[str]:
        """The elements that wait for a message."""
        with self.db.read() as connection:
            return sorted(bare(name) for name in connection.execute(select(messages.subscriptions.c.element_id).where(
                messages.subscriptions.c.instance_id == self.id)).scalars())

    def jobs(self) -> dict[str, int]:
        """The services that wait to be done, and the ids of their jobs."""
        with self.db.read() as connection:
            rows = connection.execute(jobs.jobs.select().where(jobs.jobs.c.instance_id == self.id, jobs.jobs.c.state == jobs.READY)).all()
        return {bare(row.element_id): row.id for row in rows}

    def fail_job(self, name: str) -> int:
        """A worker cannot do a service, for good; return the incident that is open then."""
        ailing.add(self.id)
        self.do_job(name)
        ailing.discard(self.id)
        with self.db.read() as connection:
            [found] = incidents.listed(connection, instance_id=self.id, kind=incidents.JOB_FAILED)
        return found.id

    def standing(self) -> dict[int, str]:
        """The finished rounds that nothing has superseded: id and name."""
        with self.db.read() as connection:
            found = user_tasks.of_instance(connection, self.id)
        return {
            task.id: bare(task.element_id)
            for task in found
            if task.state == user_tasks.COMPLETED and task.superseded_by is None
        }

    def do_job(self, name: str) -> None:
        """A worker does a service."""
        job_id = self.jobs()[name]
        with self.db.write() as connection:
            job = jobs.claim(connection, job_id, "proof", clock.now())
        assert job is not None
        runtime.perform(self.db, job)

    def pass_time(self, delta: timedelta) -> None:
        """Time goes by, and a worker fires what is due."""
        self.clock.advance(delta)
        while (timer := self._due()) is not None:
            assert runtime.fire_timer(self.db, timer)

    def everything(self) -> dict[str, list[object]]:
        """All that a refused command must leave as it was: every row that belongs to the case, whatever its table."""
        with self.db.read() as connection:
            found = {"instances": list(connection.execute(instances.select().where(instances.c.id == self.id)))}
            for table in HELD:
                found[table.name] = list(connection.execute(table.select().where(table.c.instance_id == self.id)))
            ids = [task.id for task in user_tasks.of_instance(connection, self.id)]
            for table in HELD_BY_TASK:
                found[table.name] = list(connection.execute(table.select().where(table.c.task_id.in_(ids))))
        return found

    def variables(self) -> dict[str, object]:
        """The variables of the case."""
        with self.db.read() as connection:
            return dict(connection.execute(select(instances.c.variables).where(instances.c.id == self.id)).scalar_one())

    def is_intact(self) -> bool:
        """Say whether the chain of its history holds."""
        with self.db.read() as connection:
            return history.verify(connection, self.id).intact

    def _due(self) -> timers.Timer | None:
        query = timers.timers.select().where(timers.timers.c.instance_id == self.id, timers.timers.c.state == timers.ARMED,
                                             timers.timers.c.due_at <= clock.now()).order_by(timers.timers.c.due_at, timers.timers.c.id).limit(1)
        with self.db.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else timers.Timer(*row)


def foreseen(preview: Preview) -> dict[str, list[object]]:
    """What a preview says, as it can be compared."""
    return {
        "voided": sorted((each.kind, bare(each.element_id)) for each in preview.voided),
        "undone": sorted(bare(each.element_id) for each in preview.undone),
        "cannot be undone": sorted(bare(each.element_id) for each in preview.cannot_undo),
        "ballots": sorted((bare(each.element_id), each.voter, each.state) for each in preview.ballots),
    }
