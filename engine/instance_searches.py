"""Finding process instances: by part of the case reference, by process and version, by state; the newest first, page by page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from kesu.engine.incidents import incidents
from kesu.engine.instances import instances


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty parts do not narrow. `before` is the id that ended the page before."""

    text: str = ""
    key: str = ""
    version: int | None = None
    state: str = ""
    before: int | None = None


@dataclass(frozen=True)
class Found:
    """An instance as a list shows it; `has_incident` says whether it stands still for want of a person."""

    id: int
    definition_key: str
    definition_version: int
    business_key: str | None
    state: str
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    has_incident: bool


def search(connection: Connection, wanted: Wanted, *, limit: int) -> list[Found]:
    """Return the instances that fit, the newest first."""
    shown = instances.c
    stuck = select(incidents.c.id).where(incidents.c.instance_id == shown.id, incidents.c.resolved_at.is_(None)).exists()
    columns = (shown.id, shown.definition_key, shown.definition_version, shown.business_key, shown.state, shown.started_at,
               shown.started_by, shown.ended_at)
    query = select(*columns, stuck.label("has_incident")).order_by(shown.id.desc()).limit(limit)
    narrowings = [
        (wanted.text, shown.business_key.icontains(wanted.text, autoescape=True)),
        (wanted.key, shown.definition_key == wanted.key),
        (wanted.version, shown.definition_version == wanted.version),
        (wanted.state, shown.state == wanted.state),
        (wanted.before, shown.id < (wanted.before or 0)),
    ]
    return [Found(**row._mapping) for row in connection.execute(query.where(*[part for wish, part in narrowings if wish]))]
