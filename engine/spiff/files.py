"""The files of a package: which processes they hold, and where every id, message, signal, error and lane is declared."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lxml import etree

from kesu.engine.spiff import documents, settings
from kesu.engine.spiff.names import bpmn, child, children, local, reference, text

GLOBAL_TASKS: Final = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}


class File:
    """One parsed BPMN file."""

    def __init__(self, name: str, xml: bytes) -> None:
        self.name = name
        self.root = documents.read(xml)
        self.by_id: dict[str, etree._Element] = {}
        self.twice: list[str] = []
        for element in self.root.iter():
            number = element.get("id")
            if number and local(element):
                if number in self.by_id:
                    self.twice.append(number)
                self.by_id.setdefault(number, element)
        self._key_ids()

    def find(self, value: str | None) -> etree._Element | None:
        """Return the element a reference means."""
        wanted = reference(value)
        return None if wanted is None else self.by_id.get(wanted)

    def processes(self) -> Iterator[tuple[str, etree._Element]]:
        """Yield every process and global task of the file with its id."""
        for element in self.root:
            if local(element) == "process" or local(element) in GLOBAL_TASKS:
                yield element.get("id") or f"process_in_{self.name}", element

    def lanes(self, process: etree._Element) -> dict[str, etree._Element]:
        """Return the innermost lane of every flow node that stands in one."""
        found: dict[str, etree._Element] = {}
        for outer in process.findall(f".//{bpmn('lane')}"):  # document order: an inner lane comes after the one around it
            for node in children(outer, "flowNodeRef"):
                found[text(node) or ""] = outer
        return found

    def variable(self, value: str | None) -> str | None:
        """Return the name of the variable that a data reference means: data objects, properties and stores are variables."""
        element = self.find(value)
        for _ in range(20):
            if element is None:
                return reference(value)
            tag = local(element)
            if tag == "dataObjectReference":
                following = self.find(element.get("dataObjectRef"))
            elif tag == "dataStoreReference":
                following = self.find(element.get("dataStoreRef"))
            elif tag in ("dataInput", "dataOutput"):
                following = self._associated(element, tag)
            else:
                following = None
            if following is None:
                return element.get("name") or element.get("id")
            element = following
        return reference(value)

    def correlation(self, message: str) -> dict[str, str]:
        """Return FEEL by key for what identifies the receiver of a message, from the standard's correlation properties."""
        found: dict[str, str] = {}
        bindings = {
            reference(b.get("correlationPropertyRef")): text(child(b, "dataPath")) for b in self.root.iter(bpmn("correlationPropertyBinding"))
        }
        for prop in self.root.iter(bpmn("correlationProperty")):
            for retrieval in children(prop, "correlationPropertyRetrievalExpression"):
                if reference(retrieval.get("messageRef")) == message:
                    key = prop.get("name") or prop.get("id") or ""
                    found[key] = bindings.get(prop.get("id")) or text(child(retrieval, "messagePath")) or key
        return found

    def participant(self, process_id: str) -> etree._Element | None:
        """Return the pool that stands for a process."""
        return next((p for p in self.root.iter(bpmn("participant")) if reference(p.get("processRef")) == process_id), None)

    def _associated(self, element: etree._Element, tag: str) -> etree._Element | None:
        own, kind = element.get("id"), "dataInputAssociation" if tag == "dataInput" else "dataOutputAssociation"
        near, far = ("targetRef", "sourceRef") if tag == "dataInput" else ("sourceRef", "targetRef")
        for association in self.root.iter(bpmn(kind)):
            if reference(text(child(association, near))) == own:
                return self.find(text(child(association, far)))
        return None

    def _key_ids(self) -> None:
        """Sequence flows and nodes may legally lack an id; they get one that depends only on their place in the file."""
        for number, element in enumerate(self.root.iter()):
            if not element.get("id") and (local(element) == "sequenceFlow" or is_flow_node(element)):
                element.set("id", f"{local(element)}_{number}")
                self.by_id[element.get("id") or ""] = element


def open_all(sources: Mapping[str, bytes]) -> list[File]:
    """Read every file of a package.

    Raises `Invalid` for the first that cannot be read at all.
    """
    return [File(name, xml) for name, xml in sources.items()]


def documentation(element: etree._Element) -> str:
    """Return the text of a node's documentation."""
    return "\n".join(t for d in children(element, "documentation") if (t := text(d)))


def lane_settings(lane: etree._Element) -> dict[str, Any]:
    """Return what a lane says of the tasks in it."""
    return {"id": lane.get("id"), "name": lane.get("name"), **settings.read(lane).get("assignment", {})}


def is_flow_node(element: etree._Element) -> bool:
    """Whether an element is something that tokens pass through."""
    tag = local(element)
    return tag in FLOW_NODES or tag in CHOREOGRAPHY


FLOW_NODES: Final = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "scriptTask",
        "businessRuleTask",
        "subProcess",
        "transaction",
        "adHocSubProcess",
        "callActivity",
        "exclusiveGateway",
        "inclusiveGateway",
        "parallelGateway",
        "complexGateway",
        "eventBasedGateway",
    }
)
CHOREOGRAPHY: Final = frozenset({"choreographyTask", "callChoreography", "subChoreography", "implicitThrowEvent", "event"})
