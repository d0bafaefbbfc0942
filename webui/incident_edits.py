"""The variables that a stuck step sees, as somebody edits them: text stays text, everything else is written as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from kesu.engine import instances, values
from kesu.engine.errors import Invalid, Rejected, sentence
from kesu.engine.incidents import Incident
from kesu.engine.runtime.steps import Step
from kesu.engine.values import TAG
from kesu.webui.context import database, signed_in

NEW, WAS = "v.", "was."  # before the name of a variable: as it is wished, as it was when the page was loaded


@dataclass(frozen=True)
class Entry:
    """A variable in a box: its text, whether that is JSON, and whether the chosen cases differ in it."""

    name: str
    text: str
    is_json: bool
    differs: bool = False


def entries(connection: Connection, chosen: list[Incident]) -> list[Entry]:
    """Return the variables that all these incidents' steps see and that can be written by hand."""
    seen = [_visible(connection, incident) for incident in chosen if incident.instance_id is not None]
    if not seen or len(seen) < len(chosen):
        return []
    shared = [name for name in seen[0] if all(name in each for each in seen)]
    return [_entry(name, [each[name] for each in seen]) for name in sorted(shared)]


def wishes(sent: Mapping[str, str]) -> dict[str, Any]:
    """Return the variables that were changed on the page. Raises `Invalid` where a value cannot be read."""
    names = [key.removeprefix(NEW) for key in sent if key.startswith(NEW)]
    return {name: _read(name, sent[NEW + name], sent.get(f"json.{name}") == "1") for name in names
            if _flat(sent[NEW + name]) != _flat(sent.get(WAS + name, ""))}


def _visible(connection: Connection, incident: Incident) -> dict[str, Any]:
    step = Step.load(database(), connection, instances.find(connection, incident.instance_id or 0), actor=signed_in().login)
    try:
        found = step.run.variables(incident.activity_id)
    except Rejected:  # the step is gone: what the case as a whole knows is all there is
        found = step.run.variables()
    return {name: plain for name, value in found.items() if not (isinstance(plain := values.plain(value), dict) and TAG in plain)}


def _entry(name: str, found: list[Any]) -> Entry:
    differs = any(value != found[0] for value in found)
    is_json = not all(isinstance(value, str) for value in found)
    text = "" if differs else json.dumps(found[0], ensure_ascii=False) if is_json else str(found[0])
    return Entry(name, text, is_json, differs)


def _read(name: str, text: str, is_json: bool) -> Any:
    if not is_json:
        return _flat(text)
    try:
        return values.lively(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise Invalid(sentence('Expected the variable {name} as JSON: text in "quotes", a number, true, false or null.'), name=name) from error


def _flat(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
