"""Before publishing: variables that look misspelt or that nothing sets, beside all that the diagram, its forms, its decisions and handlers name."""

from collections.abc import Iterator

from sqlalchemy import Connection

from kesu import rules
from kesu.engine import forms, resources, service_tasks, spiff
from kesu.engine.resources import DMN, FORM


def variable_problems(connection: Connection, xml: bytes) -> list[spiff.Problem]:
    """Return a warning for every variable that is read once, set nowhere and a slip away from a known name, or that no condition can know.

    A function that does not exist is an error.
    """
    needs = spiff.called(xml)
    known = set(_known(connection, needs))
    slips = spiff.misspelt(xml, known)
    uncallable = spiff.uncallable(xml)
    told = {problem.values["name"] for problem in [*slips, *uncallable]}
    handlers = _set_by_handlers(needs)
    others = [] if handlers is None else spiff.unset(xml, known | handlers)
    return [*uncallable, *slips, *(problem for problem in others if problem.values["name"] not in told)]


def _set_by_handlers(needs: spiff.Called) -> set[str] | None:
    """Return what the handlers and processes that a diagram calls may set; None where that is unknown."""
    registry = service_tasks.registry()
    if needs.processes or needs.computed or any(topic not in registry for topic in needs.topics):
        return None
    sets = [registry.find(topic).sets for topic in needs.topics]
    return None if any(each is None for each in sets) else {name for each in sets for name in each or ()}


def _known(connection: Connection, needs: spiff.Called) -> Iterator[str]:
    for content in _contents(connection, FORM, needs.forms):
        yield from (each.key for each in forms.read(content).fields)
    for content in _contents(connection, DMN, needs.decisions):
        yield from rules.load_decisions(content).variables


def _contents(connection: Connection, kind: str, names: frozenset[str]) -> Iterator[bytes]:
    for identity in {resources.offering(connection, kind, name) for name in names} - {None}:
        yield resources.find(connection, identity or 0).content
