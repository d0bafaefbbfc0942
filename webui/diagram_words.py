"""BPMN in the reader's words: what an element is, what a setting says. Unknown things keep their own name."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from kesu.engine.outlines import Node
from kesu.webui.element_kinds import KINDS
from kesu.webui.setting_values import said_value

TRIGGERS = {
    "timer": lazy_gettext("time"),
    "message": lazy_gettext("message"),
    "signal": lazy_gettext("signal"),
    "error": lazy_gettext("error"),
    "escalation": lazy_gettext("escalation"),
    "conditional": lazy_gettext("condition"),
    "terminate": lazy_gettext("ends everything"),
    "link": lazy_gettext("link"),
    "compensate": lazy_gettext("compensation"),
    "cancel": lazy_gettext("cancel"),
}
SETTINGS = {
    "name": lazy_gettext("Name"),
    "type": lazy_gettext("Kind"),
    "documentation": lazy_gettext("English name and explanation"),
    "assignment/@assignee": lazy_gettext("One person"),
    "assignment/@candidateGroups": lazy_gettext("Departments and roles"),
    "assignment/@candidateUsers": lazy_gettext("Several people"),
    "assignment/@headOf": lazy_gettext("The head of"),
    "assignment/@fourEyes": lazy_gettext("Not the person who did"),
    "assignment/@initiatorsDepartment": lazy_gettext("The head of the initiator's department"),
    "assignment/@levelsUp": lazy_gettext("So many levels above"),
    "assignment/@leastLoaded": lazy_gettext("Whoever has the least to do of"),
    "assignment/@ifNobody": lazy_gettext("Where there is nobody"),
    "moves/@sameApprover": lazy_gettext("Who has approved before"),
    "moves/@alwaysAsk": lazy_gettext("Always ask here"),
    "ballot/@mode": lazy_gettext("Rule of the vote"),
    "ballot/@threshold": lazy_gettext("Needed to pass"),
    "ballot/@voters": lazy_gettext("Voters"),
    "ballot/@groups": lazy_gettext("Voting groups"),
    "ballot/@weights": lazy_gettext("Weights"),
    "ballot/@onNo": lazy_gettext("When somebody says no"),
    "moves/@allow": lazy_gettext("Allowed moves"),
    "moves/@reject": lazy_gettext("A rejection goes to"),
    "moves/@afterwards": lazy_gettext("After a rejection"),
    "deadline/@kind": lazy_gettext("Clock of the case"),
    "deadline/@duration": lazy_gettext("Time allowed"),
    "deadline/@due": lazy_gettext("Due at"),
    "deadline/@warn": lazy_gettext("Warn this long before"),
    "deadline/@onTimeout": lazy_gettext("When it is late"),
    "form/@key": lazy_gettext("Form"),
    "outcome/@variable": lazy_gettext("Answer kept in"),
    "conditionExpression": lazy_gettext("Condition"),
    "condition": lazy_gettext("Condition"),
    "script": lazy_gettext("Variables worked out"),
    "serviceTaskOperator/@id": lazy_gettext("Action"),
    "serviceTaskOperator/@resultVariable": lazy_gettext("Result kept in"),
    "calledDecisionId": lazy_gettext("Decision table"),
    "calledDecisionId/text": lazy_gettext("Decision table"),
    "calledElement": lazy_gettext("Called process"),
    "default": lazy_gettext("Way taken when no other is"),
    "sourceRef": lazy_gettext("From"),
    "targetRef": lazy_gettext("To"),
    "attachedToRef": lazy_gettext("Attached to"),
    "cancelActivity": lazy_gettext("Ends the step it is attached to"),
    "flowNodeRef": lazy_gettext("Steps in the lane"),
    "timeDuration": lazy_gettext("Happens after"),
    "timeDate": lazy_gettext("Happens at"),
    "timeCycle": lazy_gettext("Happens again every"),
    "isExecutable": lazy_gettext("Executable"),
    "timer/@timeDuration": lazy_gettext("Happens after"),
    "timer/@timeDate": lazy_gettext("Happens at"),
    "timer/@timeCycle": lazy_gettext("Happens again every"),
}


def init(app: Flask) -> None:
    """Give templates the words."""
    app.jinja_env.globals.update(kind_of=kind_of, said_settings=said_settings, said_path=said_path, element_word=element_word)


def element_word(kind: str) -> str:
    """Say what an element of this BPMN kind is."""
    return str(KINDS.get(kind, kind))


def kind_of(node: Node) -> str:
    """Say what a node is, with its trigger."""
    return f"{element_word(node.kind)} ({TRIGGERS.get(node.trigger, node.trigger)})" if node.trigger else element_word(node.kind)


def said_settings(settings: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Say the settings of a node: pairs of a word and its value, in the order of the file."""
    found = [
        (f"{part}/@{name}" if name != "text" else part, str(value))
        for part, attributes in settings.items()
        for name, value in attributes.items()
    ]
    return [(said_path(path), said_value(path, value)) for path, value in found]


def said_path(path: str) -> str:
    """Say which detail of an element a path means."""
    if path in SETTINGS:
        return str(SETTINGS[path])
    if parameter := re.search(r"parameter\[([^\]]+)\]/@value$", path):
        return _("Parameter %(name)s", name=parameter[1])
    last = path.rpartition("/")[2]
    plain = re.sub(r"\[\d+\]$", "", last)
    return str(SETTINGS.get(plain, path))
