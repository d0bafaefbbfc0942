"""Process definitions: one process of one published diagram, by key and version. Refused with all problems, or stored whole."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, UniqueConstraint, func, select

from kesu import rules
from kesu.engine import clock, forms, resources, service_tasks, spiff
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


def problems(db: Database, xml: bytes) -> list[spiff.Problem]:
    """Return everything that speaks against publishing this diagram, errors and warnings, all at once."""
    found = list(spiff.validate(xml))
    if any(problem.severity == "error" for problem in found):
        return found
    with db.read() as connection:
        return found + _unknown_names(connection, xml)


def deploy(db: Database, xml: bytes, *, actor: str, comment: str = "") -> list[Definition]:
    """Publish a diagram: the next version of every executable process in it.

    Raises `Invalid` with every problem where it cannot be executed right; nothing is stored then.
    """
    errors = [problem for problem in problems(db, xml) if problem.severity == "error"]
    if errors:
        raise Invalid(sentence("The diagram cannot be published: {count} problems must be settled first."), errors, count=len(errors))
    now = clock.now()
    keys = spiff.process_ids(xml)
    with db.write() as connection:
        resource = resources.publish(connection, BPMN, keys[0], xml, at=now, actor=actor, comment=comment)
        return [_publish(connection, key, resource, spiff.called(xml), now, actor) for key in keys]


def deploy_decisions(db: Database, key: str, xml: bytes, *, actor: str, comment: str = "") -> resources.Resource:
    """Publish a DMN file. Raises `Invalid` with every cell that cannot be evaluated right."""
    try:
        decisions = rules.load_decisions(xml)
    except rules.RuleError as error:
        raise Invalid(sentence("The decision table cannot be read: {reason}"), reason=str(error)) from error
    errors = [problem for problem in decisions.check() if getattr(problem, "severity", "error") == "error"]
    if errors:
        raise Invalid(sentence("The decision table cannot be published: {count} problems must be settled first."), errors, count=len(errors))
    with db.write() as connection:
        return resources.publish(connection, DMN, key, xml, at=clock.now(), actor=actor, comment=comment,
                                 offering=tuple(decisions.ids))


def deploy_form(db: Database, content: bytes, *, actor: str, comment: str = "") -> resources.Resource:
    """Publish a form. Raises `Invalid` where it is not one."""
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


def all_latest(connection: Connection) -> list[Definition]:
    """Return the newest version of every process, in order of key."""
    newest = select(definitions.c.key, func.max(definitions.c.version).label("version")).group_by(definitions.c.key).subquery()
    query = select(definitions).join(newest, (definitions.c.key == newest.c.key) & (definitions.c.version == newest.c.version))
    return [Definition(**row._mapping) for row in connection.execute(query.order_by(definitions.c.key))]


def diagram(connection: Connection, definition: Definition) -> bytes:
    """Return the diagram a definition stands in, byte for byte as it was published."""
    return resources.find(connection, definition.resource_id).content


def _publish(connection: Connection, key: str, resource: resources.Resource, needs: spiff.Needs, now: datetime, actor: str) -> Definition:
    known = connection.execute(select(definitions).where(definitions.c.key == key, definitions.c.resource_id == resource.id)).one_or_none()
    if known is not None:
        return Definition(**known._mapping)
    newest = connection.execute(select(func.max(definitions.c.version)).where(definitions.c.key == key)).scalar() or 0
    columns: dict[str, Any] = {
        "key": key, "version": newest + 1, "name": needs.names.get(key) or key, "resource_id": resource.id, "needs": needs.as_json(key),
        "deployed_at": now, "deployed_by": actor,
    }
    identity = connection.execute(definitions.insert().values(**columns).returning(definitions.c.id)).scalar_one()
    return Definition(id=identity, **columns)


def _unknown_names(connection: Connection, xml: bytes) -> list[spiff.Problem]:
    needs = spiff.called(xml)
    topics: Collection[str] = service_tasks.registry()
    known_forms, known_decisions = resources.offered(connection, FORM), resources.offered(connection, DMN)
    unknown = []
    for element, topic in needs.topics:
        if topic not in topics:
            unknown.append(_problem(element, "known-topic", sentence("The service task calls {name}, but no handler of that name is registered."), topic))
    for element, key in needs.forms:
        if key not in known_forms:
            unknown.append(_problem(element, "known-form", sentence("The user task shows the form {name}, but no such form is published."), key))
    for element, key in needs.decisions:
        if key not in known_decisions:
            unknown.append(_problem(element, "known-decision", sentence("The task asks the decision {name}, but no such decision is published."), key))
    return unknown


def _problem(element: str, rule: str, message: str, name: str) -> spiff.Problem:
    return spiff.Problem(element=element, rule=rule, message=message, values={"name": name})
