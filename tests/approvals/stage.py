"""The engine side of the proof: an office in a database, a case in it, and what can be compared with the reference."""

import pathlib
import tempfile
from datetime import timedelta

import kesu.complaints.tables  # noqa: F401
from kesu.engine import ballots, clock, definitions, due_dates, history, identity, runtime, user_tasks
from kesu.engine.database import Database, metadata
from tests.approvals.structures import STRUCTURES, VARIANTS, Plan

PEOPLE = ("p1", "p2", "p3", "p4", "p5", "p6")
PLANS = {(structure, variant): Plan(structure, variant) for structure in STRUCTURES for variant in range(VARIANTS)}


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
        identity.add_person(connection, "root", at=clock.now(), groups=["admin"], name="root")
        identity.add_person(connection, "boss", at=clock.now(), groups=["manager"], name="boss")
    for plan in PLANS.values():
        definitions.deploy(db, plan.xml(), actor="root")
    return db


class Case:
    """One running case."""

    def __init__(self, db: Database, plan: Plan, c: int, manual: clock.ManualClock) -> None:
        self.db, self.plan, self.clock = db, plan, manual
        self.id = runtime.start(db, plan.key, actor="p1", variables={"c": c}).instance_id
        self.due: dict[str, object] = {}

    def tasks(self) -> list[user_tasks.UserTask]:
        """The open tasks."""
        with self.db.read() as connection:
            return user_tasks.of_instance(connection, self.id, only_open=True)

    def task(self, name: str) -> user_tasks.UserTask:
        """The open task of an element."""
        return next(task for task in self.tasks() if task.element_id.rpartition(":")[2] == name)

    def rounds(self, names: list[str], tasks: list[user_tasks.UserTask] | None = None) -> dict[str, dict[str, tuple[str, str]]]:
        """The ballots of open tasks: voter -> (part, state)."""
        ids = {task.element_id.rpartition(":")[2]: task.id for task in tasks or self.tasks()}
        with self.db.read() as connection:
            found = ballots.of_tasks(connection, [ids[name] for name in names])
        return {name: {each.voter: (each.part, each.state) for each in found[ids[name]] if each.state != "void"} for name in names}

    def everything(self) -> tuple[object, ...]:
        """All that a refused command must leave as it was."""
        with self.db.read() as connection:
            tasks = user_tasks.of_instance(connection, self.id)
            return (tasks, ballots.of_tasks(connection, [task.id for task in tasks]), history.verify(connection, self.id))

    def check_deadlines(self, tasks: list[user_tasks.UserTask]) -> None:
        """A deadline once begun is never begun again, moved or lost."""
        with self.db.read() as connection:
            rows = connection.execute(due_dates.due_dates.select().where(due_dates.due_dates.c.instance_id == self.id)).all()
        now = {row.name: row.due_at for row in rows}
        assert {name: now.get(name) for name in self.due} == self.due, "a deadline was restarted or lost"
        self.due = now
        for task in tasks:
            assert task.due_at in now.values()

    def pass_time(self) -> None:
        """Ten minutes go by."""
        self.clock.advance(timedelta(minutes=10))
