"""What changed between two diagrams, in meaning: moving a box is no change, another time limit is, with before and after.

An element is whatever a diagram names by id; its expressions, event definitions, documentation and extension elements are
its details, told as path and text.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from kesu.engine.outlines import english
from kesu.engine.spiff.documents import read
from kesu.engine.spiff.names import BPMN

_PREFIX = f"{{{BPMN}}}"
DETAILS = frozenset({
    "documentation", "extensionElements", "conditionExpression", "script", "text", "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics", "ioSpecification", "dataInputAssociation", "dataOutputAssociation", "property", "flowNodeRef",
    "correlationPropertyRetrievalExpression", "condition",
})
NAMING = frozenset({"name", "type", "documentation"})  # of an element that is new its name and kind stand above its details
DRAWN = frozenset({"incoming", "outgoing"})
ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True)
class Difference:
    """One detail of an element: its path (`name`, `assignment/@candidateGroups`), its text before and after (None: none)."""

    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Change:
    """An element that was added, removed or changed."""

    element: str
    kind: str
    type: str
    name: str
    name_en: str
    differences: tuple[Difference, ...] = ()


def compare(before: bytes, after: bytes) -> list[Change]:
    """Return what changed, in the order of the later file, what is gone last. Layout counts for nothing.

    Raises `Invalid` where a file is not harmless BPMN.
    """
    old, new = _elements(before), _elements(after)
    kept = [_changed(identity, old.get(identity), element) for identity, element in new.items()]
    gone = [_told(identity, REMOVED, element) for identity, element in old.items() if identity not in new]
    return [change for change in kept if change] + gone


def _elements(xml: bytes) -> dict[str, etree._Element]:
    return {element.get("id", ""): element for element in _walk(read(xml))}


def _walk(parent: etree._Element) -> Iterator[etree._Element]:
    for child in parent:
        if str(child.tag).startswith(_PREFIX) and not _is_detail(child):
            if child.get("id"):
                yield child
            yield from _walk(child)


def _is_detail(element: etree._Element) -> bool:
    local = _local(element)
    return local in DETAILS or local in DRAWN or local.endswith("EventDefinition")


def _changed(identity: str, old: etree._Element | None, new: etree._Element) -> Change | None:
    after = _facts(new)
    if old is None:
        return _told(identity, ADDED, new, tuple(Difference(path, None, text) for path, text in after.items() if path not in NAMING and text))
    before = _facts(old)
    paths = [*after, *(path for path in before if path not in after)]
    told = [Difference(path, before.get(path), after.get(path)) for path in paths]
    differences = tuple(difference for difference in told if difference.before != difference.after)
    return _told(identity, CHANGED, new, differences) if differences else None


def _told(identity: str, kind: str, element: etree._Element, differences: tuple[Difference, ...] = ()) -> Change:
    name = " ".join((element.get("name") or "").split())
    name_en = english(element.findtext(f"{_PREFIX}documentation"))[0] or name
    return Change(identity, kind, _local(element), name, name_en, differences)


def _facts(element: etree._Element) -> dict[str, str]:
    facts = {"type": _local(element)} | {str(name): str(value) for name, value in element.attrib.items() if name != "id"}
    for child in element:
        if _is_detail(child) and _local(child) not in DRAWN:
            _tell(child, "", facts)
    return facts


def _tell(detail: etree._Element, above: str, facts: dict[str, str]) -> None:
    path = above + ("" if _local(detail) == "extensionElements" else _free(_step(detail), above, facts))
    if text := (detail.text or "").strip():
        facts[path] = text
    for name, value in detail.attrib.items():
        local = str(name).rpartition("}")[2]
        if not (local == "id" and str(detail.tag).startswith(_PREFIX)) and local != "type":
            facts[f"{path}/@{local}"] = str(value)
    for child in detail:
        _tell(child, f"{path}/" if path else "", facts)
    if not text and not detail.attrib and not len(detail):
        facts.setdefault(path, "")


def _step(detail: etree._Element) -> str:
    # several parameters of one service task are told apart by their own id
    key = detail.get("id") if _local(detail) in ("parameter", "property", "input", "output") else None
    return f"{_local(detail)}[{key}]" if key else _local(detail)


def _free(step: str, above: str, facts: dict[str, str]) -> str:
    taken, number = step, 1
    while any(path == above + taken or path.startswith(f"{above}{taken}/") for path in facts):
        number += 1
        taken = f"{step}[{number}]"
    return taken


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
