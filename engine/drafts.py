"""Drafts of diagrams, tables and forms: what an owner is still drawing. One a key, saved only over the version that was opened."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Integer, LargeBinary, String, Table, select

from kesu.engine import clock
from kesu.engine.database import Database, Instant, metadata
from kesu.engine.errors import Overtaken, sentence

drafts = Table(
    "drafts",
    metadata,
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("saved_at", Instant, nullable=False),
    Column("saved_by", String, nullable=False),
)


@dataclass(frozen=True)
class Draft:
    """The state in which a drawing was last saved."""

    kind: str
    key: str
    version: int
    content: bytes
    saved_at: datetime
    saved_by: str


def find(connection: Connection, kind: str, key: str) -> Draft | None:
    """Return the draft of a key, or None."""
    row = connection.execute(select(drafts).where(drafts.c.kind == kind, drafts.c.key == key)).one_or_none()
    return None if row is None else Draft(**row._mapping)


def save(db: Database, kind: str, key: str, content: bytes, *, seen: int, actor: str) -> Draft:
    """Save a draft over the version that was seen (0: there was none).

    Raises `Conflict` where somebody else has saved in between; nothing is overwritten then.
    """
    draft = Draft(kind, key, seen + 1, content, clock.now(), actor)
    with db.write() as connection:
        current = find(connection, kind, key)
        if (current.version if current else 0) != seen:
            raise Overtaken(sentence("Expected to save over version {seen} of the draft, but {who} saved version {version} in between. "
                                    "Open it again and redo your change."), seen=seen, who=current.saved_by if current else "-",
                           version=current.version if current else 0)
        if current is None:
            connection.execute(drafts.insert().values(**draft.__dict__))
        else:
            connection.execute(drafts.update().where(drafts.c.kind == kind, drafts.c.key == key).values(**draft.__dict__))
    return draft


def discard(connection: Connection, kind: str, key: str) -> None:
    """Drop a draft."""
    connection.execute(drafts.delete().where(drafts.c.kind == kind, drafts.c.key == key))


def published(connection: Connection, draft: Draft) -> None:
    """Drop a draft that has been published, unless somebody has saved it again meanwhile."""
    same = (drafts.c.kind == draft.kind) & (drafts.c.key == draft.key) & (drafts.c.version == draft.version)
    connection.execute(drafts.delete().where(same))
