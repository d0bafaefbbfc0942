"""What a diagram may not leave open: the questions that an engine would otherwise answer by guessing."""

from kesu.engine.errors import sentence
from kesu.engine.spiff.building import Building
from kesu.engine.spiff.containers import AdHocSubProcess, Container
from kesu.engine.spiff.files import File
from kesu.engine.spiff.gateways import ComplexGateway, EventGateway, ExclusiveGateway, InclusiveGateway
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.problems import Problems


def ids(file: File, problems: Problems) -> None:
    """Refuse ids that are used twice in one file."""
    for number in file.twice:
        problems.error(number, "duplicate_id", sentence("The id {id} is used twice in the file."), id=number)


def diagram(building: Building, problems: Problems) -> None:
    """Look at every node of a specification."""
    for node, _, _ in building.sources:
        _branches(node, problems)
        _events(node, problems)
        _service(node, problems)


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
    if (
        node.element.kind in ("intermediateCatchEvent", "boundaryEvent")
        and not getattr(node, "triggers", [])
        and not node.element.events
    ):
        problems.error(
            node.element.id,
            "event_without_trigger",
            sentence("{element}: what does the event wait for? It has no trigger."),
            element=node.element.name or node.element.id,
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
        problems.error(
            node.element.id,
            "ad_hoc_without_end",
            sentence("{element}: when is the ad-hoc sub-process done? It has no completion condition."),
            element=node.element.name or node.element.id,
        )
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
