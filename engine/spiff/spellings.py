"""Variables that are probably misspelt: read in one place only, set nowhere in the diagram, and one slip away from a name that it knows.

FEEL says null for a variable that is not there, so a slip of the pen would silently send every case the other way. Handlers and starters
may set what no diagram shows; that is why a name alone is no offence, and why this is a warning.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Final

from lxml import etree

from kesu.engine.errors import sentence
from kesu.engine.spiff.documents import read
from kesu.engine.spiff.expressions import calls_nothing, feel, names_in
from kesu.engine.spiff.names import bpmn
from kesu.engine.spiff.problems import Problem

CLOSE: Final = 0.82  # share of equal letters (difflib); shorter names than SHORT are too close to everything
SHORT: Final = 4
MANY, FEW = 2_000, 100  # so many names to be close to, and so many slips: more are not looked at, for time
MISSPELT: Final = sentence("{element} reads {name}, which nothing in this diagram sets. Is {other} meant?")
UNSET: Final = sentence("{element} asks for {name}, which nothing in this diagram sets: unless it comes with the start or a message, the "
                        "condition has no answer, and every case stops there.")
UNCALLABLE: Final = sentence("{element} calls {name}(), but there is no such function: its value would always be null.")
SAID: Final = {"misspelt_variable": MISSPELT, "unset_variable": UNSET, "unknown_function": UNCALLABLE}
GIVEN: Final = frozenset({"loopCounter", "numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances",
                          "numberOfTerminatedInstances", "activationCount", "outcome"})  # what the engine itself sets
_CONDITIONS: Final = frozenset(bpmn(tag) for tag in ("conditionExpression", "loopCondition", "completionCondition", "activationCondition"))
_EXPRESSIONS: Final = frozenset(bpmn(tag) for tag in ("condition", "loopCardinality", "script")) | _CONDITIONS
_SETS: Final = re.compile(r"\b([^\W\d]\w*)\s*:(?!=)")  # an entry of a context
_WORD: Final = re.compile(r"[^\W\d]\w*\Z")


def misspelt(xml: bytes, fields: Collection[str] = ()) -> list[Problem]:
    """Return a warning for every variable that looks misspelt; `fields` are the names that the diagram's forms fill."""
    root = read(xml)
    places = list(_reads(root))
    often = Counter(name for _, names in places for name in names)
    known = {*fields, *_set_names(root), *(name for name, count in often.items() if count > 1)}
    if len(known) > MANY:
        return []
    slips = [(element, name) for element, names in places for name in sorted(names - known) if len(name) >= SHORT]
    return [_problem(element, name, other[0]) for element, name in slips[:FEW]
            if (other := _near(name, known | often.keys()))]


def unset(xml: bytes, known: Collection[str] = ()) -> list[Problem]:
    """Return a warning for every condition on a variable that neither the diagram nor `known` (forms, tables, handlers) sets.

    A test whether it is there (`name = null`) is an answer in itself, and is left alone.
    """
    root = read(xml)
    given = {*known, *GIVEN, *_set_names(root)}
    return [_problem(element, name, rule="unset_variable") for element, names in _reads(root) if element.tag in _CONDITIONS
            for name in sorted(names - given) if not re.search(rf"\b{re.escape(name)}\s*!?=\s*null\b", element.text or "")]


def uncallable(xml: bytes) -> list[Problem]:
    """Return an error for every expression that calls a function that FEEL does not have."""
    return [_problem(element, name, rule="unknown_function") for element, text in _expressions(read(xml))
            for name in sorted(calls_nothing(text))]


def _reads(root: etree._Element) -> Iterator[tuple[etree._Element, frozenset[str]]]:
    for element, text in _expressions(root):
        if names := names_in(text):
            yield element, names


def _expressions(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    for element in root.iter(etree.Element):
        texts = [str(value) for value in element.attrib.values() if str(value).startswith("=")]
        if element.tag in _EXPRESSIONS or str(element.text or "").startswith("="):
            texts.append(str(element.text or ""))
        yield from ((element, found) for text in texts if (found := _feel(text)))


def _feel(text: str) -> str | None:
    try:
        return feel(text)
    except ValueError:
        return None


def _set_names(root: etree._Element) -> Iterator[str]:
    for element in root.iter(etree.Element):
        yield from (str(value) for value in element.attrib.values() if _WORD.match(str(value)))
        if element.tag == bpmn("script"):
            yield from _SETS.findall(element.text or "")


def _near(name: str, known: Collection[str]) -> list[str]:
    others = [other for other in known if _stem(other) != _stem(name)]
    return get_close_matches(name, others, n=1, cutoff=CLOSE)


def _stem(name: str) -> str:
    """Leave away what tells one from several and one of a row from the next: such names are alike on purpose."""
    return name.rstrip("s0123456789")


def _problem(place: etree._Element, name: str, other: str = "", rule: str = "misspelt_variable") -> Problem:
    element = next((each for each in [place, *place.iterancestors()] if each.get("id")), place)
    values = {"element": element.get("name") or element.get("id") or "-", "name": name, **({"other": other} if other else {})}
    return Problem(element.get("id"), rule, SAID[rule], values, "error" if rule == "unknown_function" else "warning")
