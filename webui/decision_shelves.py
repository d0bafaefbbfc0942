"""Decision tables as owners see them: the version in force, a draft, which processes ask them; a table drawn in words; a trial."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from sqlalchemy import Connection, select

from kesu import rules
from kesu.engine import clock, deadlines, definitions, drafts, resources
from kesu.engine.database import Database
from kesu.engine.definitions import Definition
from kesu.engine.drafts import Draft
from kesu.engine.errors import Invalid, NotFound, sentence
from kesu.engine.resources import DMN, Resource
from kesu.rules.dmn.model import DecisionTable

TEXT, NUMBER, YES_NO = "string", "number", "boolean"


@dataclass(frozen=True)
class Shelf:
    """One DMN file: its newest version (None: only a draft so far), its draft, the decisions in it, the processes that ask them."""

    key: str
    newest: Resource | None
    draft: Draft | None
    name: str
    decisions: dict[str, str]
    askers: list[Definition]
    limits: bool  # whether the time limits of tasks come from it


@dataclass(frozen=True)
class Input:
    """A value a trial asks for: its name, what the column that asks for it is headed, its type, and the texts that cells speak of."""

    name: str
    label: str
    type: str
    offered: tuple[str, ...]

    def choices(self) -> list[tuple[str, str]]:
        """Return the offered texts as the options of a list."""
        return [(each, each) for each in self.offered]


def all_tables(connection: Connection) -> list[Shelf]:
    """Return every DMN file that is published or drafted, by key."""
    published = set(connection.execute(select(resources.resources.c.key).where(resources.resources.c.kind == DMN)).scalars())
    drafted = set(connection.execute(select(drafts.drafts.c.key).where(drafts.drafts.c.kind == DMN)).scalars())
    return [shelf(connection, key) for key in sorted(published | drafted)]


def shelf(connection: Connection, key: str) -> Shelf:
    """Return one DMN file. Raises `NotFound`."""
    newest, draft = resources.latest(connection, DMN, key), drafts.find(connection, DMN, key)
    if newest is None and draft is None:
        raise NotFound(sentence("Expected the key of a decision table, but there is none called {key}."), key=key)
    model = read(newest.content if newest else draft.content if draft else b"").model
    names = {node.id: node.name for node in model.nodes.values() if node.kind == "decision"}
    askers = [each for each in definitions.all_latest(connection) if set(each.needs["decisions"]) & set(names)]
    return Shelf(key, newest, draft, model.name or key, names, askers, bool(set(deadlines.current().decisions) & set(names)))


def of_process(connection: Connection, definition: Definition) -> list[Shelf]:
    """Return the DMN files that a process asks, and those that its time limits come from."""
    return [each for each in all_tables(connection) if each.limits or definition.key in [asker.key for asker in each.askers]]


def read(xml: bytes) -> rules.Decisions:
    """Read a DMN file by itself. Raises `Invalid` where it is none."""
    try:
        return rules.load_decisions(xml)
    except rules.RuleError as error:
        raise Invalid(sentence("The decision table cannot be read: {reason}"), error.problems, reason=str(error)) from error


def tables(xml: bytes) -> dict[str, DecisionTable]:
    """Return the decision tables of a file, by the id of their decision."""
    nodes = read(xml).model.nodes.values()
    return {node.id: node.logic for node in nodes if node.kind == "decision" and isinstance(node.logic, DecisionTable)}


def inputs(xml: bytes) -> list[Input]:
    """Return what a trial of this file asks for, in the order of the file."""
    nodes = read(xml).model.nodes.values()
    labels = {clause.expression.text.strip(): clause.label for table in tables(xml).values() for clause in table.inputs if clause.label}
    return [Input(node.name, labels.get(node.name, node.name), node.type_ref or "Any", _offered(xml, node.name))
            for node in nodes if node.kind == "input"]


def _zone(db: Database) -> tzinfo:
    with db.read() as connection:
        return deadlines.current().company_zone(connection)


def try_out(db: Database, xml: bytes, decision: str, given: Mapping[str, str]) -> rules.Result:
    """Evaluate a decision of this file with what somebody typed. Raises `Invalid` where a value or the table does not hold."""
    decisions = definitions.decisions_of(db, xml)
    context = {each.name: _value(each, given.get(each.name, "")) for each in inputs(xml)}
    try:
        return decisions.evaluate(decision, context, now=clock.now(), zone=_zone(db))
    except rules.RuleError as error:
        raise Invalid(sentence("The table gives no answer to this: {reason}"), error.problems, reason=str(error)) from error


def _offered(xml: bytes, name: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for table in tables(xml).values():
        for clause in table.inputs:
            if clause.allowed is not None and clause.expression.text.strip() == name:
                found |= dict.fromkeys(part.strip().strip('"') for part in clause.allowed.text.split(","))
    return tuple(found)


def _value(wanted: Input, text: str) -> Any:
    text = text.strip()
    if text == "":
        return None
    if wanted.type == TEXT:
        return text
    try:
        return rules.evaluate(text, {})
    except rules.RuleError as error:
        raise Invalid(sentence("Expected {name} as a FEEL value such as 12, true or date(\"2026-03-02\"), but got {text}."), error.problems,
                      name=wanted.name, text=text) from error
