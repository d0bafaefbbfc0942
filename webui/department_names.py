"""What departments and roles are called in the reader's language."""

from sqlalchemy import Connection, select

from kesu.engine.identity import groups
from kesu.webui.languages import named


def department_names(connection: Connection) -> dict[str, str]:
    """Return the names of all departments by key, in their order."""
    query = select(groups).where(groups.c.kind == "department").order_by(groups.c.position, groups.c.key)
    return {row.key: named(row) for row in connection.execute(query)}
