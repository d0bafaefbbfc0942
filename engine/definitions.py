"""Process definitions: one process of one published diagram, by key and version. Refused with all problems, or stored whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, String, Table, UniqueConstraint, func, select

from kesu import rules
from kesu.engine import clock, deadlines, decision_imports, definition_checks, form_checks, forms, resources, spiff, start_timers
from kesu.engine.database import Database, Instant, Json, metadata
from kesu.engine.errors import Invalid, NotFound, sentence
from kesu.engine.resources import BPMN, DMN, FORM

definitions = Table(
    "definitions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", String, nullable=False),
    Column("resource_id", Integer, ForeignKey("resources.id"), nullable=False, index=True),
    Column("needs", Json, nullable=False),
    Column("deployed_at", Instant, nullable=False),
    Column("deployed_by", String, nullable=False),
    UniqueConstraint("key", "version"),
)


# What starts the newest version of a process from outside.
start_events = Table(
    "start_events",
    metadata,
    Column("definition_key", String, primary_key=True),
    Column("element_id", String, primary_key=True),
    Column("kind", String, primary_key=True),  # message | signal
    Column("name", String, primary_key=True),
    Index("ix_start_events_kind_name", "kind", "name"),
)


UNANSWERED = sentence(
    "The process {process} is marked as not executable. Say that it shall be run (executable), or mark it so in the drawing."
)


@dataclass(frozen=True)
class Definition:
    """A published process: its key, its version, the resource it stands in, what it needs by name."""

    id: int
    key: str
    version: int
    name: str
    resource_id: int
    needs: dict[str, Any]
    deployed_at: datetime
    deployed_by: str


def problems(db: Database, xml: bytes, *, staffed: bool = True) -> list[spiff.Problem]:
    """Return everything that speaks against publishing this diagram, errors and warnings, all at once.

    Whether everybody whom it asks is here is looked at only where the company is `staffed`: a trial has just the people of its story.
    """
    with db.read() as connection:
        return definition_checks.problems(connection, xml, known_keys(connection), staffed=staffed)


def questions(xml: bytes) -> list[spiff.Question]:
    """Return what only the owner can say before this diagram is published; nothing where it cannot be read at all."""
    try:
        return spiff.questions(xml)
    except Invalid:
        return []


def deploy(
    db: Database, xml: bytes, *, actor: str, comment: str = "", staffed: bool = True, executable: bool = False
) -> list[Definition]:
    """Publish a diagram: the next version of every executable process in it.

    `executable` says that what is not marked as executable shall be run all the same.

    Raises `Invalid` with every problem where it cannot be executed right; nothing is stored then.
    """
    errors = [problem for problem in problems(db, xml, staffed=staffed) if problem.severity == "error"]
    if not executable:
        errors += [spiff.Problem(each.element, "not_executable", UNANSWERED, each.values) for each in questions(xml) if each.required]
    if errors:
        raise Invalid(sentence("The diagram cannot be published: {count} problems must be settled first."), errors, count=len(errors))
    now = clock.now()
    processes = spiff.executables(xml)
    with db.write() as connection:
        resource = resources.publish(connection, BPMN, processes[0].key, xml, at=now, actor=actor, comment=comment)
        return [_publish(connection, process, resource, _needs(xml), actor) for process in processes]


def deploy_decisions(db: Database, key: str, xml: bytes, *, actor: str, comment: str = "", beside: Iterable[bytes] = ()) -> resources.Resource:
    """Publish a DMN file; what it imports is looked for among the files published `beside` it, then among those that are published.

    Raises `Invalid` with every cell that cannot be evaluated right.
    """
    decisions = decisions_of(db, xml, beside)
    errors = [problem for problem in decisions.check() if problem.severity == "error"]
    if errors:
        raise Invalid(sentence("The decision table cannot be published: {count} problems must be settled first."), errors, count=len(errors))
    with db.write() as connection:
        return resources.publish(connection, DMN, key, xml, at=clock.now(), actor=actor, comment=comment,
                                 offering=tuple(decisions.ids))


def decisions_of(db: Database, xml: bytes, beside: Iterable[bytes] = ()) -> rules.Decisions:
    """Read a DMN file together with those that it imports. Raises `Invalid` where it cannot be read."""
    try:
        with db.read() as connection:
            known = {space: content for space, (_, content) in decision_imports.published(connection).items()}
        known |= {decision_imports.namespace(content): content for content in beside}
        return rules.load_decisions(xml, decision_imports.imported(xml, known).values())
    except rules.RuleError as error:
        raise Invalid(sentence("The decision table cannot be read: {reason}"), error.problems, reason=str(error)) from error


def deploy_form(db: Database, content: bytes, *, actor: str, comment: str = "") -> resources.Resource:
    """Publish a form. Raises `Invalid` where it is not one, with every field that does not hold."""
    errors = [problem for problem in form_checks.problems(content) if problem.severity == "error"]
    if errors:
        raise Invalid(sentence("The form cannot be published: {count} problems must be settled first."), errors, count=len(errors))
    form = forms.read(content)
    with db.write() as connection:
        return resources.publish(connection, FORM, form.key, content, at=clock.now(), actor=actor, comment=comment, offering=(form.key,))


def latest(connection: Connection, key: str) -> Definition:
    """Return the newest version of a process. Raises `NotFound`."""
    query = select(definitions).where(definitions.c.key == key).order_by(definitions.c.version.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(sentence("Expected the key of a published process, but there is none called {key}."), key=key)
    return Definition(**row._mapping)


def find(connection: Connection, key: str, version: int) -> Definition:
    """Return one version of a process. Raises `NotFound`."""
    row = connection.execute(select(definitions).where(definitions.c.key == key, definitions.c.version == version)).one_or_none()
    if row is None:
        raise NotFound(sentence("Expected a published version of process {key}, but there is no version {version}."), key=key, version=version)
    return Definition(**row._mapping)


def by_id(connection: Connection, definition_id: int) -> Definition:
    """Return a definition by its id. Raises `NotFound`."""
    row = connection.execute(select(definitions).where(definitions.c.id == definition_id)).one_or_none()
    if row is None:
        raise NotFound(sentence("Expected the id of a process definition, but there is none with id {id}."), id=definition_id)
    return Definition(**row._mapping)


def versions(connection: Connection, key: str) -> list[Definition]:
    """Return all versions of a process, the newest first."""
    query = select(definitions).where(definitions.c.key == key).order_by(definitions.c.version.desc())
    return [Definition(**row._mapping) for row in connection.execute(query)]


def known_keys(connection: Connection) -> set[str]:
    """Return the keys of all published processes."""
    return set(connection.execute(select(definitions.c.key).distinct()).scalars())


def all_latest(connection: Connection) -> list[Definition]:
    """Return the newest version of every process, in order of key."""
    newest = select(definitions.c.key, func.max(definitions.c.version).label("version")).group_by(definitions.c.key).subquery()
    query = select(definitions).join(newest, (definitions.c.key == newest.c.key) & (definitions.c.version == newest.c.version))
    return [Definition(**row._mapping) for row in connection.execute(query.order_by(definitions.c.key))]


def diagram(connection: Connection, definition: Definition) -> bytes:
    """Return the diagram a definition stands in, byte for byte as it was published."""
    return resources.find(connection, definition.resource_id).content


def started_by(connection: Connection, kind: str, name: str) -> list[tuple[str, str]]:
    """Return which processes begin with this message or signal, as (key, start event)."""
    query = select(start_events.c.definition_key, start_events.c.element_id).where(start_events.c.kind == kind, start_events.c.name == name)
    return [tuple(row) for row in connection.execute(query.order_by(start_events.c.definition_key))]


def _publish(connection: Connection, process: spiff.Executable, resource: resources.Resource, needs: dict[str, Any], actor: str) -> Definition:
    key = process.key
    known = connection.execute(select(definitions).where(definitions.c.key == key, definitions.c.resource_id == resource.id)).one_or_none()
    if known is not None:
        return Definition(**known._mapping)
    newest = connection.execute(select(func.max(definitions.c.version)).where(definitions.c.key == key)).scalar() or 0
    columns: dict[str, Any] = {"key": key, "version": newest + 1, "name": process.name, "resource_id": resource.id, "needs": needs,
                               "deployed_at": resource.deployed_at, "deployed_by": actor}
    identity = connection.execute(definitions.insert().values(**columns).returning(definitions.c.id)).scalar_one()
    connection.execute(start_events.delete().where(start_events.c.definition_key == key))
    for start in process.starts:
        connection.execute(start_events.insert().values(definition_key=key, element_id=start.element_id, kind=start.kind, name=start.name))
    start_timers.replace(connection, key, newest + 1, _start_times(connection, resource.content, key))
    return Definition(id=identity, **columns)


def _start_times(connection: Connection, xml: bytes, key: str) -> dict[str, dict[str, Any] | None]:
    now = clock.now().astimezone(deadlines.current().company_zone(connection))
    return {each.element_id: each.first(now) for each in spiff.start_times(xml, key)}



def _needs(xml: bytes) -> dict[str, Any]:
    needs = spiff.called(xml)
    return {"processes": sorted(needs.processes), "decisions": sorted(needs.decisions), "forms": sorted(needs.forms), "computed_call": needs.computed}
