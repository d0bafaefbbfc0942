"""Which time a step is gone through, as people count: departments asked at the same moment are in one round, each with a task of its own."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from kesu.engine.user_tasks import UserTask, user_tasks


def rounds(connection: Connection, tasks: Sequence[UserTask]) -> dict[int, int]:
    """Return the round of each task by its id; the number that the engine gave it is the number of the task at its step."""
    repeated = [task.id for task in tasks if task.round > 1]
    own, before = user_tasks.alias("own"), user_tasks.alias("before")
    same_step = (before.c.instance_id == own.c.instance_id) & (before.c.element_id == own.c.element_id) & (before.c.created_at <= own.c.created_at)
    query = (
        select(own.c.id, func.count(before.c.created_at.distinct())).join(before, same_step).where(own.c.id.in_(repeated)).group_by(own.c.id)
    )
    counted = {task_id: number for task_id, number in connection.execute(query)} if repeated else {}
    return {task.id: counted.get(task.id, 1) for task in tasks}
