"""What an instance runs on: the exact diagrams, decisions and forms that were the latest when it started, pinned for its life.

A package is stored once however many instances share it; its compiled form is kept in memory, never with an instance.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, select
from sqlalchemy.exc import IntegrityError

from kesu import rules
from kesu.engine import deadlines, decision_imports, definitions, forms, resources, spiff
from kesu.engine.database import Database, Json, metadata
from kesu.engine.definitions import Definition
from kesu.engine.errors import NotFound, Rejected, sentence
from kesu.engine.resources import DMN, FORM

IMPORTS = "dmn_imports"  # among the pins: the DMN files that pinned ones import, by namespace
KEPT = 200  # compiled packages in memory, a database

packages = Table(
    "packages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("definition_id", Integer, ForeignKey("definitions.id"), nullable=False),
    Column("checksum", String(64), nullable=False, unique=True),
    Column("pins", Json, nullable=False),
)


@dataclass
class Package:
    """A compiled package: immutable in meaning, shared by every instance and thread."""

    id: int
    definition: Definition
    pins: dict[str, dict[str, int]]
    contents: dict[int, bytes] = field(repr=False)

    @cached_property
    def model(self) -> spiff.Model:
        """The executable model of the process and of every process it calls."""
        sources = {str(identity): self.contents[identity] for identity in dict.fromkeys(self.pins["bpmn"].values())}
        return spiff.compile_diagrams(sources, self.definition.key)

    def form(self, key: str) -> forms.Form:
        """Return a pinned form. Raises `NotFound`."""
        return forms.read(self._content(FORM, key))

    def decide(self, decision: str, context: Mapping[str, Any], now: datetime) -> tuple[Any, list[Any]]:
        """Evaluate a pinned decision; return its value and the rules that fired."""
        imports = [self.contents[identity] for identity in self.pins.get(IMPORTS, {}).values()]
        result = rules.load_decisions(self._content(DMN, decision), imports).evaluate(decision, context, now=now, zone=now.tzinfo)
        return result.value, list(result.fired)

    def has_decision(self, decision: str) -> bool:
        """Say whether a decision is pinned."""
        return decision in self.pins.get(DMN, {})

    def _content(self, kind: str, name: str) -> bytes:
        if name not in self.pins[kind]:
            raise NotFound(sentence("Expected {kind} {name} among what this case was started with, but it is not there."), kind=kind, name=name)
        return self.contents[self.pins[kind][name]]


# Per database: what a package id means, and which package a key means while the generation stands still.
_compiled: WeakKeyDictionary[Database, dict[int, Package]] = WeakKeyDictionary()
_newest: WeakKeyDictionary[Database, dict[str, tuple[int, int]]] = WeakKeyDictionary()


def forget() -> None:
    """Drop everything compiled, as a fresh process would have it."""
    _compiled.clear()
    _newest.clear()


def load(db: Database, connection: Connection, package_id: int) -> Package:
    """Return a package, compiled at most once a process."""
    compiled = _compiled.setdefault(db, {})
    if package_id not in compiled:
        if len(compiled) > KEPT:
            compiled.clear()
        row = connection.execute(select(packages).where(packages.c.id == package_id)).one()
        contents = {identity: resources.find(connection, identity).content for pins in row.pins.values() for identity in pins.values()}
        compiled[package_id] = Package(row.id, definitions.by_id(connection, row.definition_id), row.pins, contents)
    return compiled[package_id]


def newest(db: Database, key: str) -> int:
    """Return the id of the package that an instance started now would run on; raises `NotFound` or `Rejected`."""
    newest = _newest.setdefault(db, {})
    with db.read() as connection:
        generation = resources.generation(connection)
        known = newest.get(key)
        if known and known[0] == generation:
            return known[1]
        definition = definitions.latest(connection, key)
        pins = _pins(connection, definition)
    package_id = _store(db, definition, pins)
    newest[key] = generation, package_id
    return package_id


def _pins(connection: Connection, definition: Definition) -> dict[str, dict[str, int]]:
    pins: dict[str, dict[str, int]] = {"bpmn": {}, DMN: {}, FORM: {}}
    todo = [definition]
    while todo:
        current = todo.pop()
        if current.key in pins["bpmn"]:
            continue
        pins["bpmn"][current.key] = current.resource_id
        for kind, names in ((DMN, current.needs["decisions"]), (FORM, current.needs["forms"])):
            pins[kind].update({name: _offering(connection, current, kind, name) for name in names})
        todo += _called(connection, current)
    for name in deadlines.current().decisions:
        if (identity := resources.offering(connection, DMN, name)) is not None:
            pins[DMN].setdefault(name, identity)
    imports = _imports(connection, pins[DMN].values())
    return {**pins, IMPORTS: imports} if imports else pins


def _imports(connection: Connection, pinned: Iterable[int]) -> dict[str, int]:
    known = decision_imports.published(connection)
    contents = {space: content for space, (_, content) in known.items()}
    wanted = {space for identity in set(pinned) for space in decision_imports.imported(resources.find(connection, identity).content, contents)}
    return {space: known[space][0] for space in sorted(wanted)}


def _called(connection: Connection, definition: Definition) -> list[Definition]:
    if definition.needs.get("computed_call"):
        return definitions.all_latest(connection)
    wanted = set(definition.needs["processes"])
    if missing := wanted - definitions.known_keys(connection):  # global tasks and the like stand in the file that calls them
        wanted -= missing & spiff.declared(definitions.diagram(connection, definition))
    return [definitions.latest(connection, key) for key in sorted(wanted)]


def _offering(connection: Connection, definition: Definition, kind: str, name: str) -> int:
    identity = resources.offering(connection, kind, name)
    if identity is None:
        raise Rejected(sentence("Process {key} needs {kind} {name}, which is not published."), key=definition.key, kind=kind, name=name)
    return identity


def _store(db: Database, definition: Definition, pins: dict[str, dict[str, int]]) -> int:
    checksum = hashlib.sha256(json.dumps([definition.id, pins], sort_keys=True).encode()).hexdigest()
    values = {"definition_id": definition.id, "checksum": checksum, "pins": pins}
    try:
        with db.write() as connection:
            known = _known(connection, checksum)
            return known or int(connection.execute(packages.insert().values(**values).returning(packages.c.id)).scalar_one())
    except IntegrityError:  # somebody started the first instance on the same package at the same moment: theirs is ours
        with db.read() as connection:
            return _known(connection, checksum) or 0


def _known(connection: Connection, checksum: str) -> int | None:
    return connection.execute(select(packages.c.id).where(packages.c.checksum == checksum)).scalar()
