"""What speaks against what a diagram says to us: an unknown tag, attribute, word, value or step, each at its element.

Asked at Check and on publishing only. What is published already goes on as it is; its owner is shown the same findings.
"""

from collections.abc import Collection, Iterator
from typing import Any, Final

from lxml import etree

from kesu.engine.errors import sentence
from kesu.engine.spiff import constants
from kesu.engine.spiff.closest import closest
from kesu.engine.spiff.extensions import BY_TAG, PLACES, Holds, attributes
from kesu.engine.spiff.files import File
from kesu.engine.spiff.names import KESU, bpmn, local
from kesu.engine.spiff.problems import Problem

TAG: Final = sentence("{element}: there is no setting kesu:{name}. Expected one of {known}.")
TAG_MEANT: Final = sentence("{element}: there is no setting kesu:{name}. Is kesu:{meant} meant?")
ATTRIBUTE: Final = sentence("{element}: kesu:{tag} has nothing called {name}. Expected one of {known}.")
ATTRIBUTE_MEANT: Final = sentence("{element}: kesu:{tag} has nothing called {name}. Is {meant} meant?")
WORD: Final = sentence("{element}: expected one of {known} for {tag} {name}, but got {value}.")
WORD_MEANT: Final = sentence("{element}: expected one of {known} for {tag} {name}, but got {value}. Is {meant} meant?")
STEP: Final = sentence("{element}: {tag} {name} names the step {value}, but there is no such step for people here.")
STEP_MEANT: Final = sentence(
    "{element}: {tag} {name} names the step {value}, but there is no such step for people here. Is {meant} meant?"
)
PLACE: Final = sentence("{element}: kesu:{tag} means nothing at {place}. It belongs to one of {known}.")
UNREAD: Final = sentence("{element}: {name} of kesu:{tag} means nothing at {place}.")
TWICE: Final = sentence("{element}: kesu:{tag} stands there {count} times; only one can hold.")
OUTSIDE: Final = sentence("{element}: kesu:{tag} has to stand directly within extensionElements, or nothing reads it.")
CONTENT: Final = sentence("{element}: kesu:{tag} says all it has to say in attributes; what stands inside is not read.")
LOOSE: Final = sentence("{element}: kesu:{name} is no attribute of an element; write it as one of {known} inside.")
VALUES: Final = {
    "duration": sentence("{element}: expected a duration such as PT24H or P7D for {tag} {name}, but got {value}."),
    "time": sentence(
        "{element}: expected a date, a date and time, a duration such as PT24H, or FEEL after a = for {tag} {name}, "
        "but got {value}."
    ),
    "count": sentence("{element}: expected a whole number from 0 to 99 for {tag} {name}, but got {value}."),
    "number": sentence("{element}: expected a number above 0 for {tag} {name}, but got {value}."),
    "variable": sentence("{element}: expected the name of a variable for {tag} {name}, but got {value}."),
    "typed_variables": sentence(
        "{element}: expected variables with their types (text, number, boolean, date, list or any), such as "
        "satisfied: boolean, score: number, for {tag} {name}, but got {value}."
    ),
    "constant": sentence("{element}: {tag} {name} cannot be computed; expected a plain value, but got {value}."),
    "feel": sentence("{element}: {tag} {name} is not FEEL: {value}: {reason}"),
}
VALUES["expression"] = VALUES["feel"]
SHARE: Final = sentence("{element}: expected at most 100 per cent for {tag} {name}, but got {value}.")
VOTES: Final = sentence("{element}: how many votes are needed? Expected a whole number from 1 for {tag} threshold, but got {value}.")
RULES: Final = {("ballot", "mode"): "unknown_rule", ("ballot", "threshold"): "bad_threshold"}
_HUMAN: Final = frozenset({"userTask", "manualTask", "task"})


def problems(file: File) -> Iterator[Problem]:
    """Yield what is wrong with everything in our namespace, in the order of the file."""
    people = frozenset(key for key, element in file.by_id.items() if local(element) in _HUMAN)
    for element in file.root.iter(etree.Element):
        name = _ours(element.tag)
        if name is not None:
            yield from _Extension(element, name, people).problems()
        for attribute in element.attrib:
            loose = _ours(attribute)
            if loose is not None:
                known = ", ".join(f"kesu:{tag}" for tag in BY_TAG)
                yield _at(element, "unknown_setting", LOOSE, {"name": loose, "known": known})


class _Extension:
    """One element of our namespace where it stands."""

    def __init__(self, element: etree._Element, tag: str, people: Collection[str]) -> None:
        self.element, self.tag, self.people = element, tag, people
        around = element.getparent()
        self.is_in_place = around is not None and around.tag == bpmn("extensionElements")
        holder = around.getparent() if self.is_in_place and around is not None else around
        self.holder = element if holder is None else holder

    def problems(self) -> Iterator[Problem]:
        if self.tag not in BY_TAG:
            yield self._unknown("unknown_setting", TAG, TAG_MEANT, BY_TAG, name=self.tag)
            return
        if not self.is_in_place:
            yield self._problem("misplaced_setting", OUTSIDE)
        yield from self._place()
        if len(self.element) or (self.element.text or "").strip():
            yield self._problem("unread_setting", CONTENT)
        for name, value in self.element.attrib.items():
            yield from self._attribute(str(name), str(value))
        if self.tag == "ballot":
            yield from self._threshold(self.element.get("mode"), (self.element.get("threshold") or "").strip())

    def _threshold(self, mode: str | None, value: str) -> Iterator[Problem]:
        is_number = bool(value) and constants.expected(Holds("number"), value) is None
        if mode in ("percent", "weighted") and is_number and float(value) > 100:
            yield self._problem("bad_threshold", SHARE, name="threshold", value=value)
        if mode == "count" and (not value or is_number and not value.isdigit()):
            yield self._problem("bad_threshold", VOTES, value=value or "-")

    def _place(self) -> Iterator[Problem]:
        place, places = local(self.holder), PLACES[self.tag]
        if place == "messageEventDefinition":
            return
        if place not in places:
            yield self._problem("misplaced_setting", PLACE, place=place or "-", known=", ".join(places))
            return
        alike = self.element.getparent().findall(self.element.tag)  # type: ignore[union-attr]
        if len(alike) > 1 and alike[0] is self.element and self.tag != "correlation":
            yield self._problem("setting_twice", TWICE, count=len(alike))
        read = places[place]
        for name in self.element.attrib if read is not None else ():
            if name not in read and name in attributes(BY_TAG[self.tag]):  # type: ignore[operator]
                yield self._problem("unread_setting", UNREAD, name=str(name), place=place)

    def _attribute(self, name: str, value: str) -> Iterator[Problem]:
        known = attributes(BY_TAG[self.tag])
        if name not in known:
            yield self._unknown("unknown_setting", ATTRIBUTE, ATTRIBUTE_MEANT, known, name=name)
        elif value.strip():
            yield from self._value(name, value, known[name])

    def _value(self, name: str, value: str, holds: Holds) -> Iterator[Problem]:
        wrong = constants.expected(holds, value)
        if wrong is not None:
            reason = constants.feel_fault(value) or "" if wrong in ("feel", "expression") else ""
            rule = RULES.get((self.tag, name), "bad_value")
            yield self._problem(rule, VALUES[wrong], name=name, value=value[:100], reason=reason)
        elif holds.kind == "word" and value not in holds.words:
            rule = RULES.get((self.tag, name), "unknown_word")
            yield self._unknown(rule, WORD, WORD_MEANT, holds.words, name=name, value=value)
        elif holds.kind == "words":
            for each in _listed(value):
                if each not in holds.words:
                    yield self._unknown("unknown_word", WORD, WORD_MEANT, holds.words, name=name, value=each)
        elif holds.kind in ("tasks", "targets"):
            known = {*holds.words, *self._steps()}
            for each in _listed(value):
                if each not in known:
                    yield self._unknown("unknown_step", STEP, STEP_MEANT, known, name=name, value=each)

    def _steps(self) -> Collection[str]:
        """The steps of people that a case can have been through here: those of the same process, and all where one calls."""
        process = next((each for each in self.holder.iterancestors(bpmn("process"))), None)
        if process is None or next(process.getroottree().getroot().iter(bpmn("callActivity")), None) is not None:
            return self.people
        return {each.get("id") or "" for each in process.iter(etree.Element) if local(each) in _HUMAN}

    def _unknown(self, rule: str, plain: str, better: str, known: Collection[str], **values: Any) -> Problem:
        meant = closest(str(values.get("value", values["name"])), known)
        told = {**values, "known": ", ".join(known), "tag": self.tag}
        return self._problem(rule, plain if meant is None else better, **told, meant=meant)

    def _problem(self, rule: str, message: str, **values: Any) -> Problem:
        return _at(self.holder, rule, message, {"tag": self.tag, **values})


def _at(element: etree._Element, rule: str, message: str, values: dict[str, Any]) -> Problem:
    place = next((each for each in (element, *element.iterancestors()) if each.get("id")), element)
    return Problem(place.get("id"), rule, message, {"element": place.get("name") or place.get("id") or "-", **values})


def _ours(name: Any) -> str | None:
    prefix = f"{{{KESU}}}"
    return name[len(prefix) :] if isinstance(name, str) and name.startswith(prefix) else None


def _listed(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]
