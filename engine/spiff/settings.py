"""What the extension elements of a node say: our own, SpiffWorkflow's, Camunda 7's and 8's where they mean the same.

Each reader answers for one dialect; ours wins over the others. Values stay text: a leading `=` is FEEL, all else literal.
"""

from collections.abc import Callable
from typing import Any, Final

from lxml import etree

from kesu.engine.spiff import performers
from kesu.engine.spiff.names import KESU, SEVENS, SPIFF, ZEEBE, bpmn, text
from kesu.engine.spiff.performers import form_key, own

Settings = dict[str, dict[str, Any]]
_EXTENDED: Final = bpmn("extensionElements")
_OURS: Final = ("assignment", "ballot", "moves", "deadline", "form", "outcome", "correlation", "received")


def read(element: etree._Element) -> Settings:
    """Return all settings of a node, by kind, keys exactly as the attributes are called in the diagram."""
    found: Settings = {}
    is_extended = element.find(_EXTENDED) is not None
    for reader in (_zeebe, _camunda, _spiff, _kesu) if is_extended else (_camunda,):
        for kind, values in reader(element).items():
            found[kind] = {**found.get(kind, {}), **values}
    return found


def extension(element: etree._Element, namespace: str, tag: str) -> etree._Element | None:
    """Return the first extension element of this name directly in a node."""
    return next(iter(extensions(element, namespace, tag)), None)


def extensions(element: etree._Element, namespace: str, tag: str) -> list[etree._Element]:
    """Return the extension elements of this name directly in a node."""
    return element.findall(f"{bpmn('extensionElements')}/{{{namespace}}}{tag}")


def pairs(element: etree._Element, namespace: str, tag: str) -> list[tuple[str, str]]:
    """Return (target, source) of a Camunda 8 mapping inside zeebe:ioMapping, sources as FEEL."""
    mapping = extension(element, namespace, "ioMapping")
    inner = [] if mapping is None else mapping.findall(f"{{{namespace}}}{tag}")
    return [(m.get("target") or "", (m.get("source") or "").lstrip("=").strip()) for m in inner]


def _kesu(element: etree._Element) -> Settings:
    found: Settings = {}
    for kind in _OURS:
        inner = extension(element, KESU, kind)
        if inner is not None:
            found[kind] = {str(name): str(value) for name, value in inner.attrib.items()}
    return found


def _spiff(element: etree._Element) -> Settings:
    found: Settings = {}
    operator = extension(element, SPIFF, "serviceTaskOperator")
    if operator is not None:
        inner = operator.findall(f"{{{SPIFF}}}parameters/{{{SPIFF}}}parameter")
        found["service"] = {
            "topic": operator.get("id"),
            "result_variable": operator.get("resultVariable") or None,
            "retries": None,
            "parameters": {p.get("id"): p.get("value") or "null" for p in inner},
        }
    called = extension(element, SPIFF, "calledDecisionId")
    if called is not None and text(called):
        found["decision"] = {"id": text(called), "result": called.get("resultVariable")}
    properties = extension(element, SPIFF, "properties")
    for prop in [] if properties is None else list(properties):
        if prop.get("name") == "formJsonSchemaFilename" and prop.get("value"):
            found["form"] = {"key": str(prop.get("value")).removesuffix(".json").removesuffix("-schema")}
    return found


def _camunda(element: etree._Element) -> Settings:
    found: Settings = performers.as_settings(element)
    if own(element, "type") == "external" and own(element, "topic"):
        found["service"] = {
            "topic": own(element, "topic"), "result_variable": None, "retries": None, "parameters": _inputs(element),
        }  # fmt: skip
    if decision := own(element, "decisionRef"):
        found["decision"] = {"id": decision, "result": own(element, "resultVariable")}
    return found


def _inputs(element: etree._Element) -> dict[str, str]:
    found = [
        parameter
        for space in SEVENS
        for mapping in extensions(element, space, "inputOutput")
        for parameter in mapping.findall(f"{{{space}}}inputParameter")
    ]
    return {str(each.get("name")): _feel_of(text(each)) for each in found if len(each) == 0}


def _feel_of(value: str | None) -> str:
    if value is None:
        return "null"
    return value if value.startswith("${") else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _zeebe(element: etree._Element) -> Settings:
    found: Settings = {}
    for tag, (kind, make) in _ZEEBE.items():
        inner = extension(element, ZEEBE, tag)
        if inner is not None:
            values = make(inner)
            if kind == "service":
                values["parameters"] = dict(pairs(element, ZEEBE, "input"))
            found[kind] = values
    return found


def _attributes(inner: etree._Element) -> dict[str, Any]:
    return {str(name): str(value) for name, value in inner.attrib.items()}


_ZEEBE: Final[dict[str, tuple[str, Callable[[etree._Element], dict[str, Any]]]]] = {
    "assignmentDefinition": ("assignment", _attributes),
    "formDefinition": (
        "form",
        lambda e: {"key": e.get("formId") or e.get("externalReference") or form_key(e.get("formKey") or "")},
    ),
    "taskDefinition": (
        "service",
        lambda e: {"topic": e.get("type"), "result_variable": None, "retries": e.get("retries"), "parameters": {}},
    ),
    "calledDecision": ("decision", lambda e: {"id": e.get("decisionId"), "result": e.get("resultVariable")}),
    "script": ("script", lambda e: {"expression": e.get("expression"), "result": e.get("resultVariable")}),
    "taskSchedule": ("deadline", lambda e: {"due": e.get("dueDate")} if e.get("dueDate") else {}),
    "calledElement": ("call", lambda e: {"key": e.get("processId")}),
    "loopCharacteristics": ("repetition", _attributes),
}
