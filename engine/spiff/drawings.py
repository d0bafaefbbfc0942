"""What is drawn in one process, turned into task specs and the ways between them.

What the standard lets a file leave out (ids, start and end events, events inline or by reference, links instead of flows) is
settled here, without changing the meaning; what cannot be run right is noted as a problem.
"""

from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from kesu.engine.errors import sentence
from kesu.engine.spiff import activities, catching, containers, mappings, repeating, settings, shapes
from kesu.engine.spiff.definitions import Definitions
from kesu.engine.spiff.files import CHOREOGRAPHY, FLOW_NODES, File, documentation, lane_settings
from kesu.engine.spiff.models import Element, Flow
from kesu.engine.spiff.names import child, children, local, reference, text
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.triggers import Trigger
from kesu.engine.spiff.vocabularies import PEOPLE_OF

if TYPE_CHECKING:
    from kesu.engine.spiff.building import Building


_NAMES_SOMEBODY: Final = (
    "assignee", "candidateGroups", "candidateUsers", "headOf", "levelsUp", "initiatorsDepartment", "leastLoaded",
)  # fmt: skip


class Drawing:
    """One process of one file being read."""

    def __init__(self, building: "Building", file: File, process_id: str, element: etree._Element) -> None:
        self.building = building
        self.file = file
        self.process_id = process_id
        self.problems = building.problems
        self.lanes = file.lanes(element)
        self.definitions = Definitions(file, building.problems)

    def content(self, content: containers.Content, parent: etree._Element, parent_id: str | None, lane: etree._Element | None = None) -> None:
        """Read what is drawn directly in a process or sub-process, then what is inside of that."""
        nodes: dict[str, Node] = {}
        drawn = [e for e in parent if local(e) in FLOW_NODES]
        for element in drawn:
            nodes[element.get("id") or ""] = self.node(element, parent_id, self.lanes.get(element.get("id") or "", lane))
        self._refuse_choreography(parent)
        self._flows(parent, nodes)
        self._links(parent, nodes)
        self._boundaries(drawn, nodes)
        self._compensation(parent, drawn, nodes)
        self._data(content, parent)
        self._starts(content, drawn, nodes, parent_id)

    def node(self, element: etree._Element, parent_id: str | None, lane: etree._Element | None) -> Node:
        """Make the task spec of a flow node, wrapped if it is done several times."""
        self.building.reading = element.get("id")
        described = self.describe(element, parent_id, lane)
        key = self.building.key(self.process_id, described.id)
        self.building.elements[key] = described
        self.building.keys.setdefault((self.process_id, described.id), key)
        node = shapes.KINDS[local(element)](self, element, described, key)
        mappings.read(self, element, node)
        node = repeating.wrap(self, element, node)
        self.building.sources.append((node, element, self.file))
        self.building.nodes.setdefault(described.id, node)
        return node

    def make(self, kind: type[Any], element: Element, key: str, suffix: str = "") -> Any:
        """Make one task spec."""
        return kind(self.building.spec, key + suffix, element, key)

    def describe(self, element: etree._Element, parent_id: str | None, lane: etree._Element | None) -> Element:
        """Return the element as drawn, with its settings."""
        found = settings.read(element)
        for sent in children(element, "messageEventDefinition"):
            found = {**settings.read(sent), **found}
        if lane is not None:
            found["lane"] = lane_settings(lane)
            found = _as_the_lane_says(element, found)
        events = [local(e).removesuffix("EventDefinition") for e in element if local(e).endswith("EventDefinition")]
        for ref in children(element, "eventDefinitionRef"):
            definition = self.file.find(text(ref))
            events += [local(definition).removesuffix("EventDefinition")] if definition is not None else []
        return Element(
            element.get("id") or "",
            local(element),
            element.get("name") or "",
            self.process_id,
            lane=(lane.get("name") or lane.get("id")) if lane is not None else None,
            documentation=documentation(element),
            parent=parent_id,
            attached_to=reference(element.get("attachedToRef")),
            events=tuple(events),
            settings=found,
            interrupting=element.get("cancelActivity") != "false" and element.get("isInterrupting") != "false",
        )

    def feel(self, element: etree._Element, source: str | None) -> str | None:
        """Return an expression as FEEL, or note the problem."""
        return self.definitions.feel(element, source)

    def _flows(self, parent: etree._Element, nodes: dict[str, Node]) -> None:
        for element in children(parent, "sequenceFlow"):
            ends = [reference(element.get(end)) for end in ("sourceRef", "targetRef")]
            missing = [end or "(nothing)" for end in ends if end not in nodes]
            if missing:
                self.problems.error(
                    element.get("id"),
                    "dangling_flow",
                    sentence("The sequence flow {flow} leads from or to {missing}, which is not in the same process or sub-process."),
                    flow=element.get("id"),
                    missing=", ".join(missing),
                )
                continue
            self._flow(element, nodes[ends[0] or ""], nodes[ends[1] or ""])

    def _flow(self, element: etree._Element, source: Node, target: Node) -> None:
        drawn = self.file.by_id[source.element.id]
        condition = child(element, "conditionExpression")
        language = (condition.get("language") or "feel").lower() if condition is not None else "feel"
        if "feel" not in language and "juel" not in language:
            self.problems.error(
                element.get("id"),
                "foreign_language",
                sentence("The condition of {flow} is written in {language}; only FEEL is run."),
                flow=element.get("id"),
                language=language,
            )
        flow = Flow(
            element.get("id") or "",
            source.element.id,
            target.element.id,
            element.get("name") or "",
            self.feel(element, text(condition)),
            reference(drawn.get("default")) == element.get("id"),
        )
        _join(source, target, flow)
        self.building.flows[self.building.key(self.process_id, flow.id) if flow.id in self.building.flows else flow.id] = flow

    def _links(self, parent: etree._Element, nodes: dict[str, Node]) -> None:
        ends = {name: n for n in nodes.values() if n.element.kind == "intermediateCatchEvent" for name in _link_names(n)}
        for node in nodes.values():
            if node.element.kind != "intermediateThrowEvent":
                continue
            for name in _link_names(node):
                if name not in ends:
                    self.problems.error(
                        node.element.id,
                        "link_without_end",
                        sentence("{element}: no link {link} catches it here."),
                        element=node.element.id,
                        link=name,
                    )
                    continue
                target = ends[name]
                flow = Flow(f"{node.element.id}>{target.element.id}", node.element.id, target.element.id)
                _join(node, target, flow)
                self.building.flows[flow.id] = flow

    def _boundaries(self, drawn: list[etree._Element], nodes: dict[str, Node]) -> None:
        for element in drawn:
            if local(element) != "boundaryEvent":
                continue
            event, host = nodes[element.get("id") or ""], nodes.get(reference(element.get("attachedToRef")) or "")
            if not isinstance(host, activities.Activity):
                self.problems.error(
                    element.get("id"),
                    "boundary_without_activity",
                    sentence("The boundary event {element} is not attached to an activity beside it."),
                    element=event.element.id,
                )
            elif not any(t.kind == "compensate" for t in getattr(event, "triggers", [])):
                host.boundaries.append(event)

    def _compensation(self, parent: etree._Element, drawn: list[etree._Element], nodes: dict[str, Node]) -> None:
        ways = {reference(a.get("sourceRef")): reference(a.get("targetRef")) for a in children(parent, "association")}
        for element in drawn:
            event = nodes[element.get("id") or ""]
            if local(element) != "boundaryEvent" or not any(t.kind == "compensate" for t in getattr(event, "triggers", [])):
                continue
            host, handler = nodes.get(event.element.attached_to or ""), nodes.get(ways.get(event.element.id) or "")
            if handler is None:
                self.problems.error(
                    event.element.id,
                    "compensation_without_handler",
                    sentence("{element}: which activity undoes this? No association leads from the event to one."),
                    element=event.element.id,
                )
            elif host is not None:
                host.work.compensation = handler

    def _data(self, content: containers.Content, parent: etree._Element) -> None:
        content.local = [name for tag in ("dataObject", "property") for e in children(parent, tag) if (name := e.get("name") or e.get("id"))]

    def _starts(self, content: containers.Content, drawn: list[etree._Element], nodes: dict[str, Node], parent_id: str | None) -> None:
        implicit: list[Node] = []
        for element in drawn:
            node = nodes[element.get("id") or ""]
            if local(element) == "startEvent":
                (content.by_trigger if getattr(node, "triggers", []) else content.starts).append(node)
            elif getattr(node.work, "by_event", False):
                self._event_start(content, element, node, nodes)
            elif not node.incoming and element.get("instantiate") == "true":
                _begin_with(content, element, node)
            elif not node.incoming and local(element) != "boundaryEvent" and element.get("isForCompensation") != "true" and not _is_link_catch(node):
                implicit.append(node)
        if not content.starts and not content.by_trigger:
            content.starts = implicit
        elif implicit:
            for node in implicit:
                self.problems.error(
                    node.element.id,
                    "unreachable",
                    sentence("{element}: nothing leads here, and there is a start event to begin at; draw a flow to it or remove it."),
                    element=node.element.name or node.element.id,
                )
        if parent_id is not None and content.by_trigger and not content.starts:
            content.starts = content.by_trigger

    def _event_start(self, content: containers.Content, element: etree._Element, handler: Node, nodes: dict[str, Node]) -> None:
        self.building.reading = element.get("id")
        starts = children(element, "startEvent")
        triggers: list[Trigger] = [t for s in starts for t in self.definitions.of(s)]
        if len(starts) != 1 or not triggers:
            self.problems.error(
                element.get("id"),
                "event_sub_process_start",
                sentence("The event sub-process {element} needs exactly one start event, and that one needs a trigger."),
                element=element.get("id"),
            )
            return
        if triggers[0].kind == "compensate":
            content.undo = handler
            return
        key = self.building.keys[self.process_id, starts[0].get("id") or ""]
        if f"{key}!" in self.building.spec.task_specs:
            return  # an id used twice, which is refused with all else
        armed: catching.EventStart = self.make(catching.EventStart, self.building.elements[key], key, "!")
        armed.triggers, armed.handler = triggers, handler
        armed.interrupting = starts[0].get("isInterrupting") != "false"
        content.event_starts.append(armed)

    def _refuse_choreography(self, parent: etree._Element) -> None:
        for element in parent:
            if local(element) in CHOREOGRAPHY:
                self.problems.error(
                    element.get("id"),
                    "not_executable",
                    sentence("{element}: {kind} is not something an engine can run."),
                    element=element.get("id"),
                    kind=local(element),
                )


def _as_the_lane_says(element: etree._Element, found: settings.Settings) -> settings.Settings:
    """A task of people that names nobody itself is done by whom its lane names."""
    own, groups = found.get("assignment", {}), found["lane"].get("candidateGroups")
    if not groups or local(element) not in PEOPLE_OF or "ballot" in found or any(own.get(name) for name in _NAMES_SOMEBODY):
        return found
    return {**found, "assignment": {**own, "candidateGroups": groups}}


def _begin_with(content: containers.Content, element: etree._Element, node: Node) -> None:
    """Let a process begin with a receive task, or with the events behind a gateway: any of them, or all together."""
    behind = [node] if getattr(node, "triggers", []) else list(node.targets.values())
    content.by_trigger += behind
    if element.get("eventGatewayType") == "Parallel":
        content.together.append(behind)


def _join(source: Node, target: Node, flow: Flow) -> None:
    source.connect(target)
    source.flows.append(flow)
    source.targets[target.element.id] = target
    target.incoming.append(flow)


def _link_names(node: Node) -> list[str]:
    return [t.name or "" for t in getattr(node, "triggers", []) if t.kind == "link"]


def _is_link_catch(node: Node) -> bool:
    return node.element.kind == "intermediateCatchEvent" and bool(_link_names(node))
