"""The processes as owners see them: the version in force, how many cases run on which, and whether somebody is redrawing."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kesu.engine import definitions, drafts, instances, outlines, resources
from kesu.engine.definitions import Definition
from kesu.engine.drafts import Draft
from kesu.engine.outlines import Label
from kesu.engine.resources import BPMN
from kesu.webui.history_words import name_of


@dataclass(frozen=True)
class Shelf:
    """One process: its newest version (None: only a draft so far), running instances by version, its draft, the names in its diagram."""

    key: str
    newest: Definition | None
    running: dict[int, int]
    draft: Draft | None
    labels: Mapping[str, Label]

    @property
    def name(self) -> str:
        """Return the name in the reader's language: the published one, before that the one in the draft."""
        return name_of(self.key, self.labels)

    @property
    def on_older(self) -> int:
        """Count the running instances that keep an older version."""
        return sum(count for version, count in self.running.items() if self.newest and version != self.newest.version)


def all_processes(connection: Connection) -> list[Shelf]:
    """Return every process that is published or drafted, by key."""
    newest = {definition.key: definition for definition in definitions.all_latest(connection)}
    drafted = set(connection.execute(select(drafts.drafts.c.key).where(drafts.drafts.c.kind == BPMN)).scalars())
    return [process(connection, key) for key in sorted(newest.keys() | drafted)]


def process(connection: Connection, key: str) -> Shelf:
    """Return one process; its `newest` and `draft` are None where there is nothing of that key."""
    versions, draft = definitions.versions(connection, key), drafts.find(connection, BPMN, key)
    drawn = definitions.diagram(connection, versions[0]) if versions else draft.content if draft else None
    return Shelf(key, versions[0] if versions else None, instances.running_by_version(connection, key), draft,
                 outlines.labels(drawn) if drawn else {})


def comments(connection: Connection, versions: list[Definition]) -> dict[int, str]:
    """Return the comment each version was published with, by version."""
    wanted = select(resources.resources.c.id, resources.resources.c.comment)
    by_resource = {
        row.id: row.comment
        for row in connection.execute(wanted.where(resources.resources.c.id.in_([each.resource_id for each in versions])))
    }
    return {each.version: by_resource.get(each.resource_id, "") for each in versions}
