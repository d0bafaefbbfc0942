"""A diagram in words: its flow nodes in the order in which a token would meet them, each with its settings.

The list twin of the drawing. Reads the file as it is, published or not, so that a draft and a refused diagram can be shown too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from kesu.engine.spiff.documents import read
from kesu.engine.spiff.names import BPMN

_PREFIX = f"{{{BPMN}}}"
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
TASKS = frozenset({"task", "userTask", "serviceTask", "sendTask", "receiveTask", "manualTask", "scriptTask", "businessRuleTask"})
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
FLOW_NODES = SCOPES | TASKS | GATEWAYS | EVENTS | {"callActivity"}


@dataclass(frozen=True)
class Label:
    """What something in a diagram is called, and of which BPMN kind it is."""

    kind: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Exit:
    """A sequence flow out of a node: where to, under which condition."""

    id: str
    target: str
    name: str
    condition: str | None
    is_default: bool


@dataclass(frozen=True)
class Node:
    """A flow node in words. `trigger` is the kind of event (timer, message...), `depth` how deep in sub-processes it stands."""

    id: str
    kind: str
    trigger: str | None
    name: str
    name_en: str
    explanation: str
    lane: str | None
    attached_to: str | None
    depth: int
    settings: dict[str, dict[str, str]] = field(default_factory=dict)
    exits: tuple[Exit, ...] = ()


def outline(xml: bytes) -> list[Node]:
    """Return the flow nodes of every process of a diagram, in the order of flow.

    Raises `Invalid` where the file is not harmless BPMN.
    """
    root = read(xml)
    lanes = {ref.text: lane.get("name") or lane.get("id")
             for lane in root.iter(f"{_PREFIX}lane") for ref in lane.findall(f"{_PREFIX}flowNodeRef")}
    return [node for process in root.iter(f"{_PREFIX}process") for node in _scope(process, lanes, 0)]


def labels(xml: bytes) -> dict[str, Label]:
    """Return the kind and both names of everything in a diagram that has an id."""
    named = (element for element in read(xml).iter() if element.get("id") and str(element.tag).startswith(_PREFIX))
    return {element.get("id", ""): Label(_local(element), *_names(element)) for element in named}


def english(text: str | None) -> tuple[str, str]:
    """Split a documentation text into the English name (first line) and the explanation."""
    first, _, rest = (text or "").strip().partition("\n")
    return first.strip(), rest.strip()


def _scope(scope: etree._Element, lanes: dict[str | None, str | None], depth: int) -> Iterator[Node]:
    exits: dict[str, list[Exit]] = {}
    for flow in scope.findall(f"{_PREFIX}sequenceFlow"):
        exits.setdefault(flow.get("sourceRef", ""), []).append(_exit(flow))
    for element in _in_order(scope, exits):
        yield _node(element, lanes, depth, exits.get(element.get("id", ""), []))
        if _local(element) in SCOPES:
            yield from _scope(element, lanes, depth + 1)


def _in_order(scope: etree._Element, exits: dict[str, list[Exit]]) -> list[etree._Element]:
    nodes = {child.get("id", ""): child for child in scope if _local(child) in FLOW_NODES}
    entered = {way.target for ways in exits.values() for way in ways}
    attached: dict[str, list[str]] = {}
    for identity, node in nodes.items():
        attached.setdefault(node.get("attachedToRef", ""), []).append(identity)
    first = [identity for identity, node in nodes.items() if identity not in entered and not node.get("attachedToRef")]
    seen: dict[str, None] = {}
    todo = [*first, *nodes]
    while todo:
        identity = todo.pop(0)
        if identity in seen or identity not in nodes:
            continue
        seen[identity] = None
        todo[:0] = [*attached.get(identity, []), *(way.target for way in exits.get(identity, []))]
    return [nodes[identity] for identity in seen]


def _node(element: etree._Element, lanes: dict[str | None, str | None], depth: int, ways: list[Exit]) -> Node:
    name, name_en = _names(element)
    default = element.get("default")
    return Node(
        id=element.get("id", ""), kind=_local(element), trigger=_trigger(element), name=name, name_en=name_en,
        explanation=english(element.findtext(f"{_PREFIX}documentation"))[1], lane=lanes.get(element.get("id")),
        attached_to=element.get("attachedToRef"), depth=depth, settings=_settings(element),
        exits=tuple(Exit(way.id, way.target, way.name, way.condition, way.id == default) for way in ways),
    )


def _names(element: etree._Element) -> tuple[str, str]:
    name = " ".join((element.get("name") or "").split())
    return name, english(element.findtext(f"{_PREFIX}documentation"))[0] or name


def _exit(flow: etree._Element) -> Exit:
    condition = (flow.findtext(f"{_PREFIX}conditionExpression") or "").strip() or None
    return Exit(flow.get("id", ""), flow.get("targetRef", ""), flow.get("name") or "", condition, False)


def _trigger(element: etree._Element) -> str | None:
    kinds = (_local(child) for child in element if _local(child).endswith("EventDefinition"))
    return next((kind.removesuffix("EventDefinition") for kind in kinds), None)


def _settings(element: etree._Element) -> dict[str, dict[str, str]]:
    found = {_local(child): {str(name): str(value) for name, value in child.attrib.items()} | _body(child)
             for child in element.iterfind(f"{_PREFIX}extensionElements/*")}
    for timer in element.iterfind(f"{_PREFIX}timerEventDefinition/*"):
        found["timer"] = {_local(timer): (timer.text or "").strip()}
    return found


def _body(element: etree._Element) -> dict[str, str]:
    text = (element.text or "").strip()
    return {"text": text} if text else {}


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
