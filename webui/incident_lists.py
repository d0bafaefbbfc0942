"""Incidents as the page lists them: each with its step and process by name, what may be filtered by, and how many are open."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g
from sqlalchemy import Connection

from kesu.engine import definitions, incidents, instances, jobs, outlines, packages
from kesu.engine.incidents import Incident
from kesu.engine.outlines import Label
from kesu.webui.context import database, me
from kesu.webui.history_words import name_of
from kesu.webui.incident_words import effect, kind_word

MAY_SEE = ("owner", "manager", "auditor")
MAY_ACT = ("owner", "manager")
PAGE = 50

Labels = dict[str, Label]


@dataclass(frozen=True)
class Row:
    """One incident with the names of what it is about; `attempts` counts how often a job was tried."""

    incident: Incident
    process: str
    where: str
    attempts: int

    @property
    def kind(self) -> str:
        """Say what kind it is."""
        return kind_word(self.incident.kind)


@dataclass(frozen=True)
class Wish:
    """What the reader filters by, as it stands in the address."""

    kind: str = ""
    key: str = ""
    element: str = ""
    settled: bool = False
    before: int | None = None

    @property
    def narrows(self) -> bool:
        """Say whether anything is left out."""
        return bool(self.kind or self.key or self.element)


def init(app: Flask) -> None:
    """Give templates the number of open incidents, for those who may act."""
    app.jinja_env.globals.update(open_incidents=open_incidents)
    app.jinja_env.filters["map_effect"] = _effects


def open_incidents() -> int:
    """Count the open incidents, for those who may settle them; none for everybody else."""
    person = me()
    if person is None or g.get("degraded") or not person.is_in(*MAY_ACT):
        return 0
    with database().read() as connection:
        return incidents.count_open(connection)


def rows(connection: Connection, wish: Wish) -> list[Row]:
    """Return the incidents that fit, the latest first; one more than a page holds where there are more."""
    found = incidents.listed(connection, kind=wish.kind or None, definition_key=wish.key or None, element_id=wish.element or None,
                             only_open=not wish.settled, before=wish.before, limit=PAGE + 1)
    return named(connection, found)


def named(connection: Connection, found: list[Incident]) -> list[Row]:
    """Return these incidents with the names of their steps and processes."""
    labels: dict[int, Labels] = {}
    names = _newest_labels(connection, {incident.definition_key for incident in found if incident.definition_key})
    return [_row(connection, incident, labels, names) for incident in found]


def choices(connection: Connection) -> dict[str, list[tuple[str, str]]]:
    """Return what can be filtered by, with how many are open: kinds, processes, steps."""
    tallied = incidents.tallied(connection)
    labels = _newest_labels(connection, {key for _, key, _, _ in tallied if key})
    return {
        "kind": _counted((kind, kind_word(kind), count) for kind, _, _, count in tallied),
        "key": _counted((key, name_of(key, labels), count) for _, key, _, count in tallied if key),
        "element": _counted((element, name_of(element, labels), count) for _, _, element, count in tallied if element),
    }


def _effects(found: list[Incident], act: str) -> list[str]:
    return list(dict.fromkeys(effect(incident, act) for incident in found))


def _row(connection: Connection, incident: Incident, labels: dict[int, Labels], names: Labels) -> Row:
    known: Labels = {}
    if incident.instance_id is not None:
        package_id = instances.find(connection, incident.instance_id).package_id
        if package_id not in labels:
            labels[package_id] = package_labels(connection, package_id)
        known = labels[package_id]
    job = jobs.find(connection, incident.job_id) if incident.job_id is not None else None
    where = name_of(incident.element_id, known) or (job.topic if job else "")
    return Row(incident, name_of(incident.definition_key, names), where, job.attempts if job else 0)


def package_labels(connection: Connection, package_id: int) -> Labels:
    """Return what everything in the diagrams of a package is called."""
    package = packages.load(database(), connection, package_id)
    found: Labels = {}
    for resource_id in package.pins["bpmn"].values():
        found |= outlines.labels(package.contents[resource_id])
    return found


def _newest_labels(connection: Connection, keys: set[str]) -> Labels:
    found: Labels = {}
    for key in keys:
        found |= outlines.labels(definitions.diagram(connection, definitions.latest(connection, key)))
    return found


def _counted(found: Any) -> list[tuple[str, str]]:
    words: dict[str, str] = {}
    counts: dict[str, int] = {}
    for value, word, count in found:
        words[value], counts[value] = word, counts.get(value, 0) + count
    return [(value, f"{words[value]} ({counts[value]})") for value in sorted(counts, key=lambda value: -counts[value])]
