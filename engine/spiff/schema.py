"""The schema of BPMN 2.0 (BPMN20.xsd of the OMG): what a file says against it, weighed by whether its meaning is certain.

An unknown element or value has no meaning: an error. What only stands in another order, or misses what nothing here needs, is
understood all the same: a note. The schema is read from the installed SpiffWorkflow, which ships it unchanged.
"""

import importlib.util
import pathlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from lxml import etree

from kesu.engine.errors import sentence
from kesu.engine.spiff.closest import closest
from kesu.engine.spiff.documents import BOOLEANS
from kesu.engine.spiff.files import File
from kesu.engine.spiff.names import BPMN, local
from kesu.engine.spiff.problems import Problem

TAG: Final = sentence("{element}: BPMN has no {name}.")
TAG_MEANT: Final = sentence("{element}: BPMN has no {name}. Is {meant} meant?")
ATTRIBUTE: Final = sentence("{element}: {place} of BPMN has nothing called {name}.")
ATTRIBUTE_MEANT: Final = sentence("{element}: {place} of BPMN has nothing called {name}. Is {meant} meant?")
VALUE: Final = sentence("{element}: {name} of {place} cannot be {value}; expected {known}.")
LOOSE: Final = sentence("{element}: not quite BPMN, but understood: {reason}.")
MOST: Final = 100  # so many findings of the schema are told
_ATTRIBUTE: Final = re.compile(r"attribute '([^']+)': ?(.*)")
_XSD: Final = "{http://www.w3.org/2001/XMLSchema}"


def problems(file: File) -> Iterator[Problem]:
    """Yield what a file says against the schema: unknown names and values as errors, the rest as notes."""
    schema = _schema()
    if schema.validate(file.root):
        return
    for number, entry in enumerate(schema.error_log):  # type: ignore[arg-type, var-annotated]
        if number >= MOST:
            return
        yield from _weighed(_element(file, entry), entry.message)


def _weighed(element: etree._Element, message: str) -> Iterator[Problem]:
    place = local(element)
    if not place:
        return
    if place not in _elements():
        yield _named(element, "unknown_element", TAG, TAG_MEANT, place, _elements())
    elif found := _ATTRIBUTE.search(message):
        yield from _attribute(element, place, found.group(1), message)
    elif "not allowed" not in message or "anguage" not in message:
        yield _at(element, "loose_bpmn", LOOSE, {"reason": _plain(message)}, "note")


def _attribute(element: etree._Element, place: str, name: str, message: str) -> Iterator[Problem]:
    if name.startswith("{"):
        return
    value = element.get(name)
    if "is not allowed" in message:
        meant = closest(name, _attributes())
        severity = "error" if meant is not None else "note"
        told = {"name": name, "place": place, "meant": meant}
        yield _at(element, "unknown_attribute", ATTRIBUTE if meant is None else ATTRIBUTE_MEANT, told, severity)
    elif value is not None and name in BOOLEANS:
        yield _at(element, "bad_value", VALUE, {"name": name, "place": place, "value": value[:60], "known": "true, false"})
    elif value is not None and (words := re.search(r"set \{([^}]*)\}", message)):
        yield _at(element, "bad_value", VALUE, {"name": name, "place": place, "value": value[:60], "known": words.group(1)})
    else:
        yield _at(element, "loose_bpmn", LOOSE, {"reason": _plain(message)}, "note")


def _named(element: etree._Element, rule: str, plain: str, better: str, name: str, known: Any) -> Problem:
    meant = closest(name, known)
    return _at(element, rule, plain if meant is None else better, {"name": name, "meant": meant})


def _plain(message: str) -> str:
    return message.replace(f"{{{BPMN}}}", "")[:300].rstrip(".")


def _element(file: File, entry: Any) -> etree._Element:
    try:
        found = file.root.getroottree().xpath(entry.path, namespaces={k: v for k, v in file.root.nsmap.items() if k})
    except etree.XPathError:
        found = []
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, etree._Element) else file.root


def _at(element: etree._Element, rule: str, message: str, values: dict[str, Any], severity: str = "error") -> Problem:
    place = next((each for each in (element, *element.iterancestors()) if local(each) and each.get("id")), element)
    return Problem(place.get("id"), rule, message, {"element": place.get("name") or place.get("id") or "-", **values}, severity)


def _folder() -> pathlib.Path:
    found = importlib.util.find_spec("SpiffWorkflow")
    assert found is not None and found.submodule_search_locations
    return pathlib.Path(found.submodule_search_locations[0]) / "bpmn" / "parser" / "schema"


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(_folder() / "BPMN20.xsd")))


@lru_cache(maxsize=1)
def _semantic() -> etree._Element:
    return etree.parse(str(_folder() / "Semantic.xsd")).getroot()


@lru_cache(maxsize=1)
def _elements() -> frozenset[str]:
    found = {each.get("name") or "" for each in _semantic().iter(f"{_XSD}element") if each.get("name")}
    return frozenset(found | {"definitions", "import"})


@lru_cache(maxsize=1)
def _attributes() -> frozenset[str]:
    return frozenset(each.get("name") or "" for each in _semantic().iter(f"{_XSD}attribute") if each.get("name"))
