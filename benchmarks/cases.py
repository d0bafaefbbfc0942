"""One case as every measurement plays it: what it starts with, what people answer, and their moves."""

from typing import Any

from kesu.engine import runtime, user_tasks
from kesu.engine.database import Database
from kesu.engine.user_tasks import UserTask

COMPLAINT = {"title": "Scratched housing", "words": "The housing of the third unit arrived scratched. " * 20}  # 1 KB, as a complaint is
WORDS = "Looked at, measured twice, photographed, and compared with the sample of the batch. " * 3  # about 300 bytes, as an answer is
ACTORS = {"check": "ivan", "answer": "ines", "work": "ivan"}


def begin(db: Database, key: str) -> int:
    """Start an instance; return its id."""
    return runtime.start(db, key, actor="ines", business_key="KS-2026-000001", variables={"complaint": COMPLAINT}).instance_id


def open_task(db: Database, instance_id: int) -> UserTask:
    """Return the one open task of an instance."""
    with db.read() as connection:
        [task] = user_tasks.of_instance(connection, instance_id, only_open=True)
    return task


def answer(db: Database, task: UserTask, *, again: bool = False) -> runtime.Moved:
    """Complete a task."""
    return runtime.complete(db, task.id, actor=ACTORS[task.element_id], submission=submission(again))


def submission(again: bool = False) -> dict[str, Any]:
    """Return what somebody fills in."""
    return {"approved": True, "again": again, "words": WORDS}
