"""Who does a task, as other tools and the standard say it: turned into our own words where it means the same.

- `humanPerformer` and `performer` are one person, `potentialOwner` are candidates: `user(kermit), group(quality)` as Activiti
  writes it, else the name of a group, or an expression; a `resourceRef` means the group called like the resource.
- Attributes of Camunda 7, Flowable and Activiti: `assignee`, `candidateUsers`, `candidateGroups`, `formKey`, `formRef`, `dueDate`.
  The variable that `initiator` of a start event names is who started the process.

What is none of this is not read here, and `unread` tells it.
"""

import re
from typing import Any, Final

from lxml import etree

from kesu.engine.spiff import constants
from kesu.engine.spiff.names import SEVENS, bpmn, child, children, reference, text

_NAMED: Final = re.compile(r"\s*(user|group)\s*\(([^()]*)\)\s*")
_ROLES: Final = {"humanPerformer": "assignee", "performer": "assignee", "potentialOwner": "candidateGroups"}
_PREFIXES: Final = ("embedded:app:forms/", "camunda-forms:deployment:", "camunda-forms:/forms/", "app:forms/")


def own(element: etree._Element, name: str) -> str | None:
    """Return an attribute of Camunda 7 or its kin, None where it is missing or empty."""
    if not any(str(key).startswith("{") for key in element.attrib):
        return None
    return next((value for space in SEVENS if (value := (element.get(f"{{{space}}}{name}") or "").strip())), None)


def assignment(element: etree._Element) -> dict[str, str]:
    """Return who does a task by the standard's roles and by these tools' attributes; the latter win."""
    found: dict[str, list[str]] = {}
    for role, key in _ROLES.items():
        for each in children(element, role):
            for kind, name in _role(each, key):
                found.setdefault(kind, []).append(name)
    said = {kind: ",".join(names) for kind, names in found.items()}
    for key in ("assignee", "candidateGroups", "candidateUsers"):
        if value := own(element, key):
            said[key] = seven(value, element)
    return said


def form(element: etree._Element) -> str | None:
    """Return the form of a task by these tools' attributes."""
    found = own(element, "formKey") or own(element, "formRef")
    return None if found is None else form_key(found)


def deadline(element: etree._Element) -> dict[str, str]:
    """Return when a task is due: a duration counts from its entry, anything else is a time."""
    value = own(element, "dueDate")
    if value is None:
        return {}
    return {"duration": value} if constants.is_duration(value) else {"due": seven(value, element)}


def seven(value: str, element: etree._Element) -> str:
    """Return a value with its `${...}` as FEEL after a `=`; the variable of the initiator is called so here."""
    found = re.fullmatch(r"[$#]\{(.*)\}", value.strip(), re.S)
    if found is None:
        return value
    inner = found.group(1).strip()
    return "=initiator" if inner in _initiators(element) else "=" + inner


def form_key(value: str) -> str:
    """Return the key of a form out of the spellings of Camunda."""
    for prefix in _PREFIXES:
        value = value.removeprefix(prefix)
    return value.removesuffix(".form").removesuffix(".html")


def _initiators(element: etree._Element) -> set[str]:
    process = next(element.iterancestors(bpmn("process")), None)
    starts = [] if process is None else children(process, "startEvent")
    return {name for start in starts if (name := own(start, "initiator"))}


def _role(role: etree._Element, key: str) -> list[tuple[str, str]]:
    expression = child(role, "resourceAssignmentExpression")
    said = text(expression) if expression is not None else None
    if said is None:
        name = _resource(role)
        return [(key, name)] if name else []
    if said.startswith(("=", "${", "#{")):
        return [(key, seven(said, role))]
    return [pair for part in said.split(",") if part.strip() for pair in _named(part, key)]


def _resource(role: etree._Element) -> str | None:
    """The name of the resource that a role refers to, else the role's own name."""
    wanted = reference(text(child(role, "resourceRef")))
    root = role.getroottree().getroot()
    found = next((each for each in root.findall(bpmn("resource")) if each.get("id") == wanted), None)
    return (found.get("name") or found.get("id")) if found is not None else role.get("name")


def _named(part: str, key: str) -> list[tuple[str, str]]:
    found = _NAMED.fullmatch(part)
    if found is None:
        return [(key, part.strip())]
    kind, name = found.group(1), found.group(2).strip()
    return [(("candidateUsers" if kind == "user" else "candidateGroups") if key != "assignee" else key, name)]


def as_settings(element: etree._Element) -> dict[str, dict[str, Any]]:
    """Return all of it under our own kinds; what is not said is not there."""
    if not len(element) and not any(str(name).startswith("{") for name in element.attrib):
        return {}
    key = form(element)
    found: dict[str, dict[str, Any]] = {"assignment": assignment(element), "deadline": deadline(element)}
    if key is not None:
        found["form"] = {"key": key}
    return {kind: values for kind, values in found.items() if values}
