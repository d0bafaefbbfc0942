"""Whom a message that nobody waits for yet could be meant for: running instances whose diagram catches it, known by what it says."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from kesu.engine import packages
from kesu.engine.database import Database
from kesu.engine.instances import ENDED, instances
from kesu.engine.spiff import Element
from kesu.engine.spiff.catching import Catching
from kesu.engine.values import plain


def possible(db: Database, connection: Connection, name: str, correlation: Mapping[str, Any]) -> list[Element]:
    """Return the events of running instances that may come to wait for this message; none where nobody ever can.

    An event that names its own correlation may come to any value; one that does not takes what is about the instance's business key.
    """
    running = instances.c.state.not_in(ENDED)
    found: list[Element] = []
    for package_id in connection.execute(select(instances.c.package_id).where(running).distinct()).scalars().all():
        catching = _catching(packages.load(db, connection, package_id).model, name)
        if catching and (any(own for _, own in catching) or _is_about_one(connection, package_id, correlation)):
            found += [element for element, _ in catching]
    return found


def _catching(model: Any, name: str) -> list[tuple[Element, bool]]:
    """Return the elements that catch a message, and whether each names its correlation itself."""
    specs = (spec for spec in model.spec.task_specs.values() if isinstance(spec, Catching))
    return [(spec.element, bool(trigger.correlation)) for spec in specs for trigger in spec.triggers
            if trigger.kind == "message" and trigger.name == name]


def _is_about_one(connection: Connection, package_id: int, correlation: Mapping[str, Any]) -> bool:
    running = (instances.c.package_id == package_id) & instances.c.state.not_in(ENDED)
    keys = [str(plain(value)) for value in correlation.values()]
    about = instances.c.business_key.in_(keys) if keys else instances.c.business_key.is_(None)
    return connection.execute(select(instances.c.id).where(running, about).limit(1)).first() is not None
