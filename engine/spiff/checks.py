"""What a diagram may not leave open: the questions that an engine would otherwise answer by guessing."""

import re
from typing import Final

from lxml import etree

from kesu.engine.errors import sentence
from kesu.engine.spiff import timers
from kesu.engine.spiff.building import Building
from kesu.engine.spiff.containers import AdHocSubProcess, Container
from kesu.engine.spiff.files import File
from kesu.engine.spiff.gateways import ComplexGateway, EventGateway, ExclusiveGateway, InclusiveGateway
from kesu.engine.spiff.names import bpmn
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.problems import Problems
from kesu.engine.spiff.triggers import Trigger

_ID: Final = re.compile(r"[\w.\-·]+\Z")
_WAITED: Final = frozenset({"message", "signal", "timer", "conditional"})
_ALLOWED: Final[dict[str, frozenset[str]]] = {
    "startEvent": _WAITED,
    "the start of a sub-process": frozenset(),
    "the start of an event sub-process": _WAITED | {"error", "escalation", "compensate"},
    "intermediateCatchEvent": _WAITED | {"link"},
    "intermediateThrowEvent": frozenset({"message", "signal", "escalation", "compensate", "link"}),
    "boundaryEvent": _WAITED | {"error", "escalation", "compensate", "cancel"},
    "endEvent": frozenset({"message", "signal", "error", "escalation", "compensate", "cancel", "terminate"}),
}
_CODE: Final = frozenset({"executionListener", "taskListener", "preScript", "postScript", "connector"})


def ids(file: File, problems: Problems) -> None:
    """Refuse ids that are used twice in one file."""
    for number in file.twice:
        problems.error(number, "duplicate_id", sentence("The id {id} is used twice in the file."), id=number)
    for number in file.by_id:
        if not _ID.match(number):
            problems.error(number, "bad_id", sentence("The id {id} holds characters that an id cannot have."), id=number[:100])


def diagram(building: Building, problems: Problems) -> None:
    """Look at every node of a specification."""
    for node, element, _ in building.sources:
        _branches(node, problems)
        _twins(node, problems)
        _events(node, problems)
        _triggers(node, building, problems)
        _service(node, problems)
        _foreign_code(node, element, problems)


def _branches(node: Node, problems: Problems) -> None:
    if isinstance(node, (ExclusiveGateway, InclusiveGateway, ComplexGateway)) and len(node.flows) > 1:
        for flow in node.flows:
            if flow.condition is None and not flow.default:
                problems.error(
                    node.element.id,
                    "branch_without_condition",
                    sentence("{element}: when is the way {flow} to {target} taken? It has no condition and is not the default."),
                    element=node.element.name or node.element.id,
                    flow=flow.name or flow.id,
                    target=flow.target,
                )
    if isinstance(node, ComplexGateway) and len(node.incoming) > 1 and node.activation is None:
        problems.error(
            node.element.id,
            "activation_missing",
            sentence("{element}: when does it go on? A complex gateway that joins flows needs an activation condition."),
            element=node.element.id,
        )


def _twins(node: Node, problems: Problems) -> None:
    """Two flows to the same place lie on each other in a drawing, and from an activity both are taken."""
    seen: dict[str, str] = {}
    for flow in node.flows:
        first = seen.setdefault(flow.target, flow.name or flow.id)
        if first != (flow.name or flow.id):
            problems.warning(node.element.id, "same_flow_twice", sentence(
                "{element}: two flows lead to {target} ({first} and {second}). Was one of them meant to lead elsewhere?"),
                element=node.element.name or node.element.id, target=flow.target, first=first, second=flow.name or flow.id)


def _events(node: Node, problems: Problems) -> None:
    if isinstance(node, EventGateway):
        if len(node.flows) < 2:
            problems.error(
                node.element.id,
                "event_gateway",
                sentence("{element}: an event-based gateway needs at least two events behind it."),
                element=node.element.id,
            )
        for target in node.targets.values():
            if target.element.kind not in ("intermediateCatchEvent", "receiveTask"):
                problems.error(
                    node.element.id,
                    "event_gateway",
                    sentence("{element}: {target} behind the event-based gateway is no event that waits."),
                    element=node.element.id,
                    target=target.element.id,
                )
    if node.element.kind in ("intermediateCatchEvent", "boundaryEvent") and not getattr(node, "triggers", []) and not node.element.events:
        problems.error(
            node.element.id,
            "event_without_trigger",
            sentence("{element}: what does the event wait for? It has no trigger."),
            element=node.element.name or node.element.id,
        )


def _triggers(node: Node, building: Building, problems: Problems) -> None:
    place = node.element.kind if node.element.kind != "startEvent" else _start_place(node, building)
    for trigger in getattr(node, "triggers", []):
        if place in _ALLOWED and trigger.kind not in _ALLOWED[place]:
            problems.error(
                node.element.id,
                "event_kind",
                sentence("{element}: {kind} is nothing that {place} can have."),
                element=node.element.name or node.element.id,
                kind=trigger.kind,
                place=place,
            )
        if place == "startEvent":
            _beginning(node, trigger, problems)
        if trigger.kind == "cancel":
            _cancel(node, building, problems)
        if trigger.kind == "compensate" and not trigger.wait:
            problems.warning(node.element.id, "compensation_waits", sentence(
                "{element}: the way on is taken when the compensation is done, though the diagram says not to wait for it."),
                element=node.element.name or node.element.id)


def _beginning(node: Node, trigger: Trigger, problems: Problems) -> None:
    """What starts a process looks at no case: there is none yet."""
    element = node.element.name or node.element.id
    if sum(each.kind == "timer" for each in getattr(node, "triggers", ())) > 1:
        problems.error(node.element.id, "start_timers", sentence("{element}: a start event can have one timer; draw a start event for each."),
                       element=element)
    if trigger.kind == "conditional":
        problems.error(node.element.id, "start_condition", sentence(
            "{element}: before a process has started there is no data that its condition could look at. Start it by a message, a signal or a "
            "timer, and ask the condition at a gateway behind that."), element=element)
    text = trigger.expression or ""
    if trigger.timer and text.startswith("=") and timers.fault(trigger.timer, text):
        problems.error(node.element.id, "start_time", sentence(
            "{element}: {text} gives no time before the process has started; a start timer can read no variables."), element=element, text=text)


def _start_place(node: Node, building: Building) -> str:
    around = building.nodes.get(node.element.parent or "")
    if around is None:
        return "startEvent"
    return "the start of an event sub-process" if getattr(around.work, "by_event", False) else "the start of a sub-process"


def _cancel(node: Node, building: Building, problems: Problems) -> None:
    host = node.element.parent if node.element.kind == "endEvent" else node.element.attached_to
    around = building.nodes.get(host or "")
    left = around is not None and any(t.kind == "cancel" for b in around.boundaries for t in getattr(b, "triggers", []))
    if around is None or around.element.kind != "transaction" or not left:
        problems.error(
            node.element.id,
            "cancel_outside_transaction",
            sentence("{element}: cancel needs a transaction around it, and a cancel boundary event on that to leave by."),
            element=node.element.name or node.element.id,
        )


def _foreign_code(node: Node, element: etree._Element, problems: Problems) -> None:
    extensions = element.find(bpmn("extensionElements"))
    for inner in [] if extensions is None else extensions.iter():
        name = etree.QName(inner).localname if isinstance(inner.tag, str) else ""
        if name in _CODE:
            problems.error(
                node.element.id,
                "foreign_code",
                sentence("{element}: {name} is code of another engine and is not run here."),
                element=node.element.name or node.element.id,
                name=name,
            )


def _service(node: Node, problems: Problems) -> None:
    inner = node.work
    if inner.wait == "service" and not inner.element.settings.get("service", {}).get("topic"):
        problems.error(
            node.element.id,
            "handler_missing",
            sentence("{element}: which handler does this? The service task names none."),
            element=node.element.name or node.element.id,
        )
    if isinstance(inner, AdHocSubProcess) and inner.until is None:
        problems.error(node.element.id, "ad_hoc_without_end", sentence(
            "{element}: when is the ad-hoc sub-process done? It has no completion condition; write false if all of its activities must be done."),
            element=node.element.name or node.element.id)
    if (
        isinstance(inner, Container)
        and inner.element.kind in ("subProcess", "transaction", "adHocSubProcess")
        and not inner.content.starts
        and not inner.content.by_trigger
    ):
        problems.warning(
            node.element.id,
            "empty_sub_process",
            sentence("{element}: the sub-process is empty and passes at once."),
            element=node.element.name or node.element.id,
        )
