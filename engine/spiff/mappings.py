"""Reading which variables an activity takes in and gives back: Camunda's mappings, and the standard's data associations."""

from typing import TYPE_CHECKING

from lxml import etree

from kesu.engine.errors import sentence
from kesu.engine.spiff import activities, containers
from kesu.engine.spiff.names import SEVENS, ZEEBE, bpmn, child, children, reference, text
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.settings import extensions, pairs

if TYPE_CHECKING:
    from kesu.engine.spiff.drawings import Drawing

Pairs = list[tuple[str, str]]


def read(drawing: "Drawing", element: etree._Element, node: Node) -> None:
    """Set what an activity takes in and gives back."""
    if isinstance(node, containers.CallActivity):
        _call(drawing, element, node)
    elif isinstance(node, activities.Activity) and not isinstance(node, containers.Container):
        node.local_in = _feel(drawing, element, _inputs(element))
        node.local_out = _feel(drawing, element, _outputs(element))
        _associations(drawing, element, node)


def _call(drawing: "Drawing", element: etree._Element, node: containers.CallActivity) -> None:
    inputs, outputs = (_camunda(element, way) + pairs(element, ZEEBE, f"{way}put") for way in ("in", "out"))
    node.taken_in = _feel(drawing, element, inputs) if inputs else None
    node.given_back = _feel(drawing, element, outputs) if outputs else None
    node.takes_all = not inputs or _all(element, "in")
    node.gives_all = not outputs or _all(element, "out")


def _inputs(element: etree._Element) -> Pairs:
    return pairs(element, ZEEBE, "input") + _parameters(element, "input")


def _outputs(element: etree._Element) -> Pairs:
    return pairs(element, ZEEBE, "output") + _parameters(element, "output")


def _parameters(element: etree._Element, way: str) -> Pairs:
    inner = bpmn("extensionElements")
    found = [
        each
        for space in SEVENS
        for each in element.findall(f"{inner}/{{{space}}}inputOutput/{{{space}}}{way}Parameter")
    ]
    return [(p.get("name") or "", _literal(text(p))) for p in found if len(p) == 0]


def _literal(value: str | None) -> str:
    if value is None:
        return "null"
    return value if value.startswith(("${", "#{")) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _camunda(element: etree._Element, way: str) -> Pairs:
    found = [each for space in SEVENS for each in extensions(element, space, way)]
    return [(m.get("target") or "", m.get("source") or m.get("sourceExpression") or "") for m in found if m.get("target")]


def _all(element: etree._Element, way: str) -> bool:
    found = [each for space in SEVENS for each in extensions(element, space, way)]
    return any(m.get("variables") == "all" for m in found)


def _feel(drawing: "Drawing", element: etree._Element, mapped: Pairs) -> Pairs:
    return [(name, drawing.feel(element, source) or "null") for name, source in mapped]


def _associations(drawing: "Drawing", element: etree._Element, node: activities.Activity) -> None:
    for kind, ways in (("dataInputAssociation", node.copies_in), ("dataOutputAssociation", node.copies_out)):
        for association in children(element, kind):
            if child(association, "transformation") is not None or child(association, "assignment") is not None:
                drawing.problems.error(
                    node.element.id,
                    "data_mapping",
                    sentence("{element}: a data association computes something; write that as a script in FEEL instead."),
                    element=node.element.id,
                )
            source, target = (text(child(association, ref)) for ref in ("sourceRef", "targetRef"))
            ways.append((_names(drawing, source), _names(drawing, target)))


def _names(drawing: "Drawing", value: str | None) -> tuple[str, ...]:
    """The names under which a data element may be known as a variable, the likeliest first."""
    element = drawing.file.find(value)
    if element is None:
        return (reference(value) or "",)
    if element.tag in (bpmn("dataInput"), bpmn("dataOutput")):
        return tuple(n for n in (element.get("name"), element.get("id")) if n)
    return (drawing.file.variable(value) or "",)
