"""The processes as owners see them: the version in force, how many cases run on which, and whether somebody is redrawing."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from kesu.engine import definitions, drafts, instances, outlines, resources
from kesu.engine.definitions import Definition
from kesu.engine.drafts import Draft
from kesu.engine.resources import BPMN


@dataclass(frozen=True)
class Shelf:
    """One process: its newest version (None: only a draft so far), running instances by version, its draft."""

    key: str
    newest: Definition | None
    running: dict[int, int]
    draft: Draft | None

    @property
    def name(self) -> str:
        """Return the name to show: the published one, before that the one in the draft."""
        if self.newest is None and self.draft is not None:
            label = outlines.labels(self.draft.content).get(self.key)
            return label.name if label and label.name else self.key
        return self.newest.name if self.newest else self.key

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
    versions = definitions.versions(connection, key)
    running = instances.running_by_version(connection, key)
    return Shelf(key, versions[0] if versions else None, running, drafts.find(connection, BPMN, key))


def comments(connection: Connection, versions: list[Definition]) -> dict[int, str]:
    """Return the comment each version was published with, by version."""
    wanted = select(resources.resources.c.id, resources.resources.c.comment)
    by_resource = {
        row.id: row.comment
        for row in connection.execute(wanted.where(resources.resources.c.id.in_([each.resource_id for each in versions])))
    }
    return {each.version: by_resource.get(each.resource_id, "") for each in versions}
