"""Before publishing: variables that look misspelt, beside everything that the diagram, its forms and its decisions name."""

from collections.abc import Iterator

from sqlalchemy import Connection

from kesu import rules
from kesu.engine import forms, resources, spiff
from kesu.engine.resources import DMN, FORM


def variable_problems(connection: Connection, xml: bytes) -> list[spiff.Problem]:
    """Return a warning for every variable that is read once, set nowhere, and a slip away from a name that is known."""
    return spiff.misspelt(xml, set(_known(connection, spiff.called(xml))))


def _known(connection: Connection, needs: spiff.Called) -> Iterator[str]:
    for content in _contents(connection, FORM, needs.forms):
        yield from (each.key for each in forms.read(content).fields)
    for content in _contents(connection, DMN, needs.decisions):
        yield from rules.load_decisions(content).variables


def _contents(connection: Connection, kind: str, names: frozenset[str]) -> Iterator[bytes]:
    for identity in {resources.offering(connection, kind, name) for name in names} - {None}:
        yield resources.find(connection, identity or 0).content
