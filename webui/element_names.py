"""What the elements of a diagram are called, for sentences and comparisons that know them by id only; never the bare id of something drawn.

A flow without a name is the way from one step to another; anything else without a name is said by its kind.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from lxml import etree

from kesu.engine.errors import Invalid
from kesu.engine.outlines import english
from kesu.engine.spiff.documents import read
from kesu.engine.spiff.names import BPMN
from kesu.webui.diagram_words import element_word
from kesu.webui.languages import language, own_half

_PREFIX = f"{{{BPMN}}}"


def element_names(*files: bytes) -> dict[str, str]:
    """Return what everything with an id in these diagrams is called, the last file first; nothing for what is no BPMN."""
    found: dict[str, str] = {}
    for content in files:
        try:
            root = read(content)
        except Invalid:
            continue
        elements = {each.get("id", ""): each for each in root.iter(f"{_PREFIX}*") if each.get("id")}
        found |= {identity: _called(each, elements) for identity, each in elements.items()}
    return found


def in_names(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a sentence with every element by its name: ids alone, in lists, and as `a, b`."""
    return {name: _named(value, names) for name, value in values.items()}


def _named(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list | tuple):
        return ", ".join(str(_named(each, names)) for each in value)
    if not isinstance(value, str):
        return value
    parts = value.split(", ")
    return names.get(value) or (", ".join(names[part] for part in parts) if all(part in names for part in parts) else value)


def _called(element: etree._Element, elements: Mapping[str, etree._Element]) -> str:
    own = _own(element)
    if own or not str(element.tag).endswith(("sequenceFlow", "messageFlow", "association")):
        return own or element_word(str(element.tag).rpartition("}")[2])
    ends = [elements.get(element.get(end, "")) for end in ("sourceRef", "targetRef")]
    source, target = (_("an unknown step") if end is None else _own(end) or element_word(str(end.tag).rpartition("}")[2]) for end in ends)
    return _("the way from %(source)s to %(target)s", source=source, target=target)


def _own(element: etree._Element) -> str:
    name = own_half(" ".join((element.get("name") or "").split()))
    said = english(element.findtext(f"{_PREFIX}documentation"))[0]
    return name if language() == "zh" or not said else said
