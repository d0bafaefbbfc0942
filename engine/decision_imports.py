"""DMN files that build on others: which published files one imports, found by their namespaces, and theirs in turn."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, func, select

from kesu import rules
from kesu.engine.resources import DMN, resources


def published(connection: Connection) -> dict[str, tuple[int, bytes]]:
    """Return the newest version of every DMN file as (id, content), by the namespace it declares."""
    newest = select(func.max(resources.c.id)).where(resources.c.kind == DMN).group_by(resources.c.key)
    rows = connection.execute(select(resources.c.id, resources.c.content).where(resources.c.id.in_(newest)).order_by(resources.c.id))
    return {namespace(row.content): (row.id, row.content) for row in rows}


def namespace(xml: bytes) -> str:
    """Return the namespace a DMN file declares; raises `rules.RuleError` where it is none."""
    return rules.load_decisions(xml).model.namespace


def imported(xml: bytes, known: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files that a DMN file imports, and those that they import, by namespace; what is not known is left out."""
    found: dict[str, bytes] = {}
    todo = _wanted([xml])
    while todo:
        wanted = todo.pop()
        if wanted in known and wanted not in found:
            found[wanted] = known[wanted]
            todo += _wanted([known[wanted]])
    return found


def _wanted(files: Iterable[bytes]) -> list[str]:
    return [one.namespace for xml in files for one in rules.load_decisions(xml).model.imports]
