"""A walk over every element and attribute of a file: what nobody reads is told, as an error where it has an effect.

What only looks (the drawing, colours) is no finding. What other tools note without an effect is told once for the file.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from kesu.engine.errors import sentence
from kesu.engine.spiff import constants, timers
from kesu.engine.spiff import vocabularies as known
from kesu.engine.spiff.extensions import Holds
from kesu.engine.spiff.files import File
from kesu.engine.spiff.names import ACTIVITI, BPMN, CAMUNDA, FLOWABLE, KESU, SPIFF, ZEEBE, bpmn, local, reference, text
from kesu.engine.spiff.performers import seven
from kesu.engine.spiff.problems import Problem
from kesu.engine.spiff.triggers import TimerKind

ATTRIBUTE: Final = sentence(
    "{element}: {name} of another engine ({value}) is not read here, so it would be lost. Say it in our own settings, or take it out."
)
ELEMENT: Final = sentence(
    "{element}: {name} of another engine is not read here, so it would be lost. Say it in our own settings, or take it out."
)
MAPPING: Final = sentence("{element}: {name} is not read at {place}, so the values would be lost. Map them in a script or a task beside it.")
PARAMETER: Final = sentence("{element}: the parameter {name} is a list, a map or a script of another engine and is not read. Write it in FEEL.")
ROLE: Final = sentence("{element}: {name} is not read at {place}, so nobody would be asked by it. Name who does it in our own settings.")
TIMES: Final = sentence("{element}: the timer says {names} at once; only one of them can hold.")
NO_EFFECT: Final = sentence("Not used here, and kept in the file as it is: {names}.")
NEARLY_OURS: Final = sentence("{element}: {name} stands in the namespace {space}, which is not ours; write urn:kesu:bpmn:1.")
DEFAULT: Final = sentence("{element}: the default way {value} is none of its ways on.")
TRIGGER: Final = sentence("{element}: {name} means nothing inside of {place}. Draw an event for it.")
COMPUTED: Final = sentence(
    "{element}: {name} is computed ({value}), which is not done here. Give it a fixed name, and tell cases apart by a correlation key."
)
BAD: Final = sentence("{element}: {name} cannot be read ({value}): {reason}.")
CONDITION: Final = sentence("{element}: its condition is not asked, because all ways out of a {place} are taken.")
_CONDITION: Final = bpmn("conditionExpression")
_SEVENS: Final = {CAMUNDA: "camunda", FLOWABLE: "flowable", ACTIVITI: "activiti"}
_TIMES: Final[dict[str, TimerKind]] = {"timeDuration": "duration", "timeDate": "date", "timeCycle": "cycle"}
_MAPPINGS: Final = frozenset({"ioMapping", "inputOutput"})
_ASSOCIATIONS: Final = frozenset({"dataInputAssociation", "dataOutputAssociation"})


def problems(file: File) -> Iterator[Problem]:
    """Yield a problem for everything that has an effect and is not read, in the order of the file, and one note for the rest."""
    idle: dict[str, None] = {}
    for element in file.root.iter(etree.Element):
        space, name = _parts(element.tag)
        if space == BPMN:
            yield from _standard(element, name)
            yield from _references(file, element)
        elif space in _SEVENS:
            yield from _of_sevens(element, space, name, idle)
        elif space == ZEEBE:
            yield from _of_zeebe(element, name, idle)
        elif space == SPIFF:
            yield from _of_spiff(element, name, idle)
        elif space != KESU and space not in known.DRAWN:
            yield from _foreign(element, space, name, idle)
        if space not in known.DRAWN:
            yield from _attributes(element, idle)
    if idle:
        names = ", ".join(list(idle)[:20]) + (" …" if len(idle) > 20 else "")
        yield Problem(None, "unread_note", NO_EFFECT, {"names": names}, "note")


def _standard(element: etree._Element, name: str) -> Iterator[Problem]:
    holder = element.getparent()
    place = "" if holder is None else local(holder)
    if name in _ASSOCIATIONS and place not in known.MAPPED:
        yield _at(element, "unread_mapping", MAPPING, name=name, place=place)
    if name in known.ROLES and (place not in known.PEOPLE_OF or name in known.UNREAD_ROLES):
        severity = "error" if place in (*known.PEOPLE_OF, "process") else "warning"
        yield _at(element, "unread_assignment", ROLE, name=name, place=place, severity=severity)
    if name == "resourceParameterBinding":
        yield _at(element, "unread_assignment", ROLE, name=name, place=place)
    if name == "timerEventDefinition":
        times = [local(each) for each in element if local(each).startswith("time")]
        if len(times) > 1:
            yield _at(element, "several_times", TIMES, names=", ".join(times))
        yield from _constant_time(element)
    if name.endswith("EventDefinition") and not place.lower().endswith(("event", "definitions", "definition", "characteristics")):
        yield _at(element, "misplaced_trigger", TRIGGER, name=name, place=place)


def _constant_time(timer: etree._Element) -> Iterator[Problem]:
    """A time that is computed out of nothing is the same in every case, so it is looked at here."""
    for each in timer:
        kind = _TIMES.get(local(each))
        value = (text(each) or "").strip("\"'")
        if kind is not None and value.startswith("=") and constants.is_constant(value) and timers.fault(kind, value):
            yield _at(timer, "bad_timer", BAD, name=local(each), value=value[:60], reason="it gives no such time")


def _references(file: File, element: etree._Element) -> Iterator[Problem]:
    if local(element) == "sequenceFlow" and element.find(_CONDITION) is not None:
        source = file.find(element.get("sourceRef"))
        if source is not None and local(source) in ("parallelGateway", "eventBasedGateway"):
            yield _at(element, "unread_condition", CONDITION, place=local(source), severity="warning")
    wanted = element.get("default")
    if wanted and local(element) != "dataObject":
        flow = file.find(wanted)
        if flow is None or reference(flow.get("sourceRef")) != element.get("id"):
            yield _at(element, "unknown_default", DEFAULT, value=wanted)
    for kind in ("message", "signal", "error", "escalation"):
        found = file.find(element.get(f"{kind}Ref"))
        for key in ("name", f"{kind}Code") if found is not None else ():
            value = (found.get(key) or "").strip()  # type: ignore[union-attr]
            if value.startswith("=") or "${" in value or "#{" in value:
                yield _at(element, "computed_name", COMPUTED, name=f"{kind} {key}", value=value[:60])


def _of_sevens(element: etree._Element, space: str, name: str, idle: dict[str, None]) -> Iterator[Problem]:
    prefix, place = _SEVENS[space], local(_holder(element))
    if name in known.CODE:
        return
    if name in known.SEVEN_ELEMENTS_NO_EFFECT:
        idle[f"{prefix}:{name}"] = None
    elif name in ("inputParameter", "outputParameter"):
        if len(element):
            yield _at(element, "unread_parameter", PARAMETER, name=element.get("name") or "-")
    elif name in _MAPPINGS and place not in known.MAPPED:
        yield _at(element, "unread_mapping", MAPPING, name=f"{prefix}:{name}", place=place)
    elif name in ("in", "out") and (place != known.CALLING or element.get("businessKey")):
        yield _at(element, "unread_mapping", MAPPING, name=f"{prefix}:{name}", place=place)
    elif name not in known.SEVEN_ELEMENTS_READ and not _is_inner(element):
        yield _at(element, "unread_setting", ELEMENT, name=f"{prefix}:{name}")


def _of_zeebe(element: etree._Element, name: str, idle: dict[str, None]) -> Iterator[Problem]:
    place = local(_holder(element))
    if name in known.ZEEBE_NO_EFFECT or _is_inside(element, known.ZEEBE_NO_EFFECT):
        idle[f"zeebe:{name}"] = None
    elif name in _MAPPINGS and place not in known.MAPPED and place != known.CALLING:
        yield _at(element, "unread_mapping", MAPPING, name=f"zeebe:{name}", place=place)
    elif name not in known.ZEEBE_READ:
        if not _is_inner(element):
            yield _at(element, "unread_setting", ELEMENT, name=f"zeebe:{name}")
    else:
        yield from _zeebe_value(element, name)
        for key, value in element.attrib.items():
            if key not in known.ZEEBE_READ[name] and not _is_default(str(key), str(value)):
                yield _at(element, "unread_setting", ATTRIBUTE, name=f"zeebe:{name} {str(key)}", value=str(value)[:60])


def _zeebe_value(element: etree._Element, name: str) -> Iterator[Problem]:
    retries, due = element.get("retries"), element.get("dueDate")
    if name == "taskDefinition" and retries and not retries.startswith("=") and not re.fullmatch(r"[1-9]\d?", retries):
        yield _at(element, "bad_value", BAD, name="zeebe:retries", value=retries, reason="expected a number from 1 to 99")
    if name == "taskSchedule" and due and constants.expected(Holds("time", feel=True), due):
        yield _at(element, "bad_value", BAD, name="zeebe:dueDate", value=due, reason="it is no date, time or duration")


def _of_spiff(element: etree._Element, name: str, idle: dict[str, None]) -> Iterator[Problem]:
    if name in known.SPIFF_NO_EFFECT:
        idle[f"spiffworkflow:{name}"] = None
    elif name == "property" and element.get("name") not in ("formJsonSchemaFilename", "formUiSchemaFilename"):
        idle[f"spiffworkflow:{element.get('name')}"] = None
    elif name not in known.SPIFF_READ | known.CODE:
        yield _at(element, "unread_setting", ELEMENT, name=f"spiffworkflow:{name}", severity="warning")


def _foreign(element: etree._Element, space: str, name: str, idle: dict[str, None]) -> Iterator[Problem]:
    if "kesu" in space.lower() or element.prefix == "kesu":
        yield _at(element, "nearly_our_namespace", NEARLY_OURS, name=name, space=space or "-")
    elif space:
        idle[f"{element.prefix or space}:{name}"] = None


def _attributes(element: etree._Element, idle: dict[str, None]) -> Iterator[Problem]:
    for attribute, value in element.attrib.items():
        space, name = _parts(attribute)
        if space in _SEVENS:
            yield from _seven_attribute(element, f"{_SEVENS[space]}:{name}", name, str(value), idle)
        elif space == ZEEBE:
            if name not in known.ZEEBE_ATTRIBUTES_NO_EFFECT:
                yield _at(element, "unread_setting", ATTRIBUTE, name=f"zeebe:{name}", value=str(value)[:60])
        elif space and "kesu" in space.lower() and space != KESU:
            yield _at(element, "nearly_our_namespace", NEARLY_OURS, name=name, space=space)
        elif space and space not in known.DRAWN and space not in known.SPOKEN:
            idle[f"{_prefix(element, space)}:{name}"] = None


def _seven_attribute(element: etree._Element, shown: str, name: str, value: str, idle: dict[str, None]) -> Iterator[Problem]:
    if name in known.SEVEN_NO_EFFECT:
        idle[shown] = None
    elif not value.strip() or _is_default(name, value) or (name in known.SEVEN_CODE and local(element) in known.SERVED):
        return
    elif name not in known.SEVEN_READ or not _is_read_here(element, name, value):
        yield _at(element, "unread_setting", ATTRIBUTE, name=shown, value=value[:60])
    elif reason := _fault(element, name, value):
        yield _at(element, "bad_value", BAD, name=shown, value=value[:60], reason=reason)


def _fault(element: etree._Element, name: str, value: str) -> str | None:
    """Say why a value of another engine cannot be read; None where it can."""
    said = seven(value, element)
    if said.startswith("="):
        return constants.feel_fault(value)  # as it is written there: a call of a method is not FEEL
    if "${" in said or "#{" in said:
        return "an expression has to be the whole value"
    return "it is no date, time or duration" if name == "dueDate" and not constants.is_time(said) else None


def _is_read_here(element: etree._Element, name: str, value: str) -> bool:
    """Whether an attribute is read at this element: who, when and which form at what people do, the initiator at a start."""
    place = local(element)
    if name in ("assignee", "candidateGroups", "candidateUsers", "dueDate"):
        return place in known.PEOPLE_OF
    if name in ("formKey", "formRef"):
        return place in known.PEOPLE_OF
    if name == "initiator":
        return place == "startEvent"
    return name != "type" or value == "external"


def _is_default(name: str, value: str) -> bool:
    """Whether a setting says what holds here anyway: the newest version is called, nothing is waited for."""
    return (name, value) in {
        ("calledElementBinding", "latest"), ("decisionRefBinding", "latest"), ("formRefBinding", "latest"), ("bindingType", "latest"),
        ("mapDecisionResult", "singleEntry"), ("terminateAll", "false"), ("triggerable", "false"), ("sameDeployment", "false"),
        ("propagateAllChildVariables", "true"), ("propagateAllParentVariables", "true"), ("inheritVariables", "true"),
    } or name == "resultVariableName"  # fmt: skip


def _holder(element: etree._Element) -> etree._Element:
    """The BPMN element that an extension belongs to."""
    for each in element.iterancestors():
        if local(each) and local(each) != "extensionElements":
            return each
    return element


def _is_inner(element: etree._Element) -> bool:
    """Whether an extension stands inside another one, which has been told already."""
    around = element.getparent()
    return around is not None and not local(around)


def _is_inside(element: etree._Element, names: Any) -> bool:
    return any(_parts(each.tag)[1] in names for each in element.iterancestors() if not local(each))


def _parts(name: Any) -> tuple[str, str]:
    found = etree.QName(name) if isinstance(name, str) else None
    return ("", "") if found is None else (found.namespace or "", found.localname)


def _prefix(element: etree._Element, space: str) -> str:
    return next((prefix for prefix, uri in element.nsmap.items() if uri == space and prefix), space)


def _at(element: etree._Element, rule: str, message: str, *, severity: str = "error", **values: Any) -> Problem:
    place = next((each for each in (element, *element.iterancestors()) if local(each) and each.get("id")), element)
    return Problem(place.get("id"), rule, message, {"element": place.get("name") or place.get("id") or "-", **values}, severity)
