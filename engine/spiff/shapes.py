"""One maker for each kind of flow node: which task spec it becomes, and what it reads from the file."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from lxml import etree

from kesu.engine.errors import sentence
from kesu.engine.spiff import activities, catching, containers, gateways, throwing
from kesu.engine.spiff.models import Element
from kesu.engine.spiff.names import child, reference, text
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.performers import own

if TYPE_CHECKING:
    from kesu.engine.spiff.drawings import Drawing

Maker = Callable[["Drawing", etree._Element, Element, str], Node]


def _start(drawing: "Drawing", element: etree._Element, described: Element, key: str) -> Node:
    node: throwing.Start = drawing.make(throwing.Start, described, key)
    node.triggers = drawing.definitions.of(element)
    return node


def _throwing(drawing: "Drawing", element: etree._Element, described: Element, key: str) -> Node:
    if "service" in described.settings:  # Camunda sends a message by the handler named on the event
        return _service(drawing, element, described, key)
    node: throwing.Throwing = drawing.make(throwing.Throwing, described, key)
    node.triggers = drawing.definitions.of(element)
    return node


def _catching(drawing: "Drawing", element: etree._Element, described: Element, key: str) -> Node:
    triggers = drawing.definitions.of(element)
    if all(t.kind == "link" for t in triggers):
        passing: throwing.Throwing = drawing.make(throwing.Throwing, described, key)
        passing.triggers = triggers
        return passing
    node: catching.Catching = drawing.make(catching.Catching, described, key)
    node.triggers, node.all_of = triggers, element.get("parallelMultiple") == "true"
    return node


def _boundary(drawing: "Drawing", element: etree._Element, described: Element, key: str) -> Node:
    node: catching.Boundary = drawing.make(catching.Boundary, described, key)
    node.triggers, node.all_of = drawing.definitions.of(element), element.get("parallelMultiple") == "true"
    node.interrupting = described.interrupting or any(t.kind in ("error", "cancel") for t in node.triggers)
    return node


def _plain(kind: type[Node]) -> Maker:
    return lambda drawing, element, described, key: drawing.make(kind, described, key)


def _complex(drawing: "Drawing", element: etree._Element, described: Element, key: str) -> Node:
    node: gateways.ComplexGateway = drawing.make(gateways.ComplexGateway, described, key)
    node.activation = drawing.feel(element, text(child(element, "activationCondition")))
    return node


def _human(drawing: "Drawing", element: etree._Element, described: Element, key: str) -> Node:
    node: activities.HumanTask = drawing.make(activities.HumanTask, described, key)
    return node


def _service(drawing: "Drawing", element: etree._Element, described: Element, key: str) -> Node:
    service = described.settings.get("service", {})
    service["parameters"] = {name: drawing.feel(element, source) or "null" for name, source in service.get("parameters", {}).items()}
    return drawing.make(activities.ServiceTask, described, key)  # type: ignore[no-any-return]


def _send(drawing: "Drawing", element: etree._Element, described: Element, key: str) -> Node:
    if "service" in described.settings:
        return _service(drawing, element, described, key)
    node: activities.SendTask = drawing.make(activities.SendTask, described, key)
    trigger = drawing.definitions.message(element, element.get("messageRef"))
    node.triggers = [trigger] if trigger else []
    return node


def _receive(drawing: "Drawing", element: etree._Element, described: Element, key: str) -> Node:
    node: activities.ReceiveTask = drawing.make(activities.ReceiveTask, described, key)
    trigger = drawing.definitions.message(element, element.get("messageRef"))
    node.triggers = [trigger] if trigger else []
    return node


def _script(drawing: "Drawing", element: etree._Element, described: Element, key: str) -> Node:
    if "service" in described.settings:
        return _service(drawing, element, described, key)
    node: activities.ScriptTask = drawing.make(activities.ScriptTask, described, key)
    said = described.settings.get("script", {})
    language = (element.get("scriptFormat") or "feel").lower()
    if not said and "feel" not in language:
        drawing.problems.error(
            described.id,
            "foreign_language",
            sentence("{element}: the script is written in {language}; only FEEL is run."),
            element=described.name or described.id,
            language=language,
        )
    source = said.get("expression") or text(child(element, "script"))
    if source is None:
        drawing.problems.error(
            described.id,
            "script_missing",
            sentence("{element}: what shall the script do? There is none."),
            element=described.name or described.id,
        )
    node.script = drawing.feel(element, source) or "{}"
    node.result = said.get("result") or own(element, "resultVariable")
    return node


def _rule(drawing: "Drawing", element: etree._Element, described: Element, key: str) -> Node:
    if "service" in described.settings and "decision" not in described.settings:
        return _service(drawing, element, described, key)
    node: activities.BusinessRuleTask = drawing.make(activities.BusinessRuleTask, described, key)
    decision = described.settings.get("decision", {})
    if not decision.get("id"):
        drawing.problems.error(
            described.id,
            "decision_missing",
            sentence("{element}: which decision? The business rule task names none."),
            element=described.name or described.id,
        )
    node.decision, node.result = decision.get("id") or "", decision.get("result")
    return node


def _sub_process(drawing: "Drawing", element: etree._Element, described: Element, key: str) -> Node:
    node: containers.SubProcess = drawing.make(containers.SubProcess, described, key)
    node.by_event = element.get("triggeredByEvent") == "true"
    drawing.content(node.content, element, described.id, drawing.lanes.get(described.id))
    if node.by_event:
        node.content.starts = node.content.starts or node.content.by_trigger
    return node


def _ad_hoc(drawing: "Drawing", element: etree._Element, described: Element, key: str) -> Node:
    node: containers.AdHocSubProcess = drawing.make(containers.AdHocSubProcess, described, key)
    drawing.content(node.content, element, described.id, drawing.lanes.get(described.id))
    node.sequential = element.get("ordering") == "Sequential"
    node.until = drawing.feel(element, text(child(element, "completionCondition")))
    node.cancel_rest = element.get("cancelRemainingInstances") != "false"
    return node


def _call(drawing: "Drawing", element: etree._Element, described: Element, key: str) -> Node:
    node: containers.CallActivity = drawing.make(containers.CallActivity, described, key)
    called = described.settings.get("call", {}).get("key") or element.get("calledElement")
    if not called:
        drawing.problems.error(
            described.id,
            "called_process_missing",
            sentence("{element}: which process shall be called? None is named."),
            element=described.name or described.id,
        )
    node.called = _called_key(drawing, element, called or "")
    drawing.building.calls.append(node)
    return node


def _called_key(drawing: "Drawing", element: etree._Element, called: str) -> str:
    if called.startswith(("=", "${", "#{")):
        return "=" + (drawing.feel(element, called) or "null")
    return reference(called) or ""


KINDS: Final[dict[str, Maker]] = {
    "startEvent": _start,
    "endEvent": _throwing,
    "intermediateThrowEvent": _throwing,
    "intermediateCatchEvent": _catching,
    "boundaryEvent": _boundary,
    "task": _human,
    "userTask": _human,
    "manualTask": _human,
    "serviceTask": _service,
    "sendTask": _send,
    "receiveTask": _receive,
    "scriptTask": _script,
    "businessRuleTask": _rule,
    "subProcess": _sub_process,
    "transaction": _sub_process,
    "adHocSubProcess": _ad_hoc,
    "callActivity": _call,
    "exclusiveGateway": _plain(gateways.ExclusiveGateway),
    "inclusiveGateway": _plain(gateways.InclusiveGateway),
    "parallelGateway": _plain(gateways.ParallelGateway),
    "complexGateway": _complex,
    "eventBasedGateway": _plain(gateways.EventGateway),
}
