"""Everything owners publish: diagrams, decision tables, forms. A version is never changed, only followed by the next."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, LargeBinary, String, Table, UniqueConstraint, func, select

from kesu.engine.database import Instant, metadata
from kesu.engine.errors import NotFound, sentence

BPMN, DMN, FORM = "bpmn", "dmn", "form"

resources = Table(
    "resources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("checksum", String(64), nullable=False),
    Column("comment", String, nullable=False, server_default=""),
    Column("deployed_at", Instant, nullable=False),
    Column("deployed_by", String, nullable=False),
    UniqueConstraint("kind", "key", "version"),
)

# What a resource offers by name: the decisions of a DMN file, the id of a form.
offers = Table(
    "offers",
    metadata,
    Column("kind", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("resource_id", Integer, primary_key=True, autoincrement=False),
)


@dataclass(frozen=True)
class Resource:
    """One version of one file."""

    id: int
    kind: str
    key: str
    version: int
    content: bytes
    checksum: str
    comment: str
    deployed_at: datetime
    deployed_by: str


def publish(connection: Connection, kind: str, key: str, content: bytes, *, at: datetime, actor: str, comment: str = "",
            offering: tuple[str, ...] = ()) -> Resource:
    """Write the next version of a resource; the same content as the latest version is that version, not a new one."""
    newest = latest(connection, kind, key)
    checksum = hashlib.sha256(content).hexdigest()
    if newest is not None and newest.checksum == checksum:
        return newest
    columns: dict[str, Any] = {
        "kind": kind, "key": key, "version": newest.version + 1 if newest else 1, "content": content, "checksum": checksum,
        "comment": comment, "deployed_at": at, "deployed_by": actor,
    }
    identity = int(connection.execute(resources.insert().values(**columns).returning(resources.c.id)).scalar_one())
    for name in offering:
        connection.execute(offers.insert().values(kind=kind, name=name, resource_id=identity))
    return Resource(id=identity, **columns)


def latest(connection: Connection, kind: str, key: str) -> Resource | None:
    """Return the newest version of a resource, or None."""
    query = select(resources).where(resources.c.kind == kind, resources.c.key == key).order_by(resources.c.version.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else Resource(**row._mapping)


def find(connection: Connection, resource_id: int) -> Resource:
    """Return one version by its id.

    Raises `NotFound`.
    """
    row = connection.execute(select(resources).where(resources.c.id == resource_id)).one_or_none()
    if row is None:
        raise NotFound(sentence("Expected the id of a published file, but there is none with id {id}."), id=resource_id)
    return Resource(**row._mapping)


def versions(connection: Connection, kind: str, key: str) -> list[Resource]:
    """Return all versions of a resource, the newest first."""
    query = select(resources).where(resources.c.kind == kind, resources.c.key == key).order_by(resources.c.version.desc())
    return [Resource(**row._mapping) for row in connection.execute(query)]


def offering(connection: Connection, kind: str, name: str) -> int | None:
    """Return the id of the newest resource that offers this name (a decision, a form), or None."""
    query = select(func.max(offers.c.resource_id)).where(offers.c.kind == kind, offers.c.name == name)
    return connection.execute(query).scalar()


def offered(connection: Connection, kind: str) -> list[str]:
    """Return every name offered by resources of a kind, in order."""
    return list(connection.execute(select(offers.c.name).where(offers.c.kind == kind).distinct().order_by(offers.c.name)).scalars())


def generation(connection: Connection) -> int:
    """Return a number that grows with every publication: caches of "the latest" hold while it stands still."""
    return connection.execute(select(func.max(resources.c.id))).scalar() or 0
