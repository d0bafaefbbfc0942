"""What departments and roles are called in the reader's language."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from kesu.engine.candidates import candidates
from kesu.engine.identity import groups
from kesu.webui.languages import named


def department_names(connection: Connection) -> dict[str, str]:
    """Return the names of all departments by key, in their order."""
    query = select(groups).where(groups.c.kind == "department").order_by(groups.c.position, groups.c.key)
    return {row.key: named(row) for row in connection.execute(query)}


def offered_to(connection: Connection, task_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the names of the groups whose people may take each of these tasks."""
    found: dict[int, list[str]] = {}
    query = select(candidates.c.task_id, groups.c.name, groups.c.name_en).join(groups, groups.c.key == candidates.c.name)
    query = query.where(candidates.c.kind == "group", candidates.c.task_id.in_(list(task_ids)))
    for row in connection.execute(query.order_by(groups.c.kind, groups.c.position)):
        found.setdefault(row.task_id, []).append(named(row))
    return found
