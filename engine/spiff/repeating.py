"""Reading the loop characteristics of an activity, and how many tokens it takes and gives."""

from typing import TYPE_CHECKING, Any

from lxml import etree

from kesu.engine.errors import sentence
from kesu.engine.spiff import activities, repetitions
from kesu.engine.spiff.names import ZEEBE, child, reference, text
from kesu.engine.spiff.nodes import Node
from kesu.engine.spiff.performers import own
from kesu.engine.spiff.settings import extension

if TYPE_CHECKING:
    from kesu.engine.spiff.drawings import Drawing


def wrap(drawing: "Drawing", element: etree._Element, node: Node) -> Node:
    """Return the node itself, or the repetition of it that its loop characteristics ask for."""
    _quantities(drawing, element, node)
    several, loop = child(element, "multiInstanceLoopCharacteristics"), child(element, "standardLoopCharacteristics")
    if several is not None:
        found = _multi_instance(drawing, element, several)
        if isinstance(node, activities.HumanTask) and "ballot" in node.element.settings:
            _note_ballot(node, found)
            return node
        return _around(drawing, node, found)
    return node if loop is None else _around(drawing, node, _loop(drawing, element, loop))


def _quantities(drawing: "Drawing", element: etree._Element, node: Node) -> None:
    for attribute in ("startQuantity", "completionQuantity"):
        value = element.get(attribute)
        if value is None:
            continue
        if not value.strip().isdigit() or not 0 < int(value) <= 100:
            drawing.problems.error(
                node.element.id,
                "bad_quantity",
                sentence("{element}: {attribute} must be a number from 1 to 100, not {value}."),
                element=node.element.id,
                attribute=attribute,
                value=value,
            )
        elif attribute == "startQuantity":
            node.start_quantity = int(value)
        else:
            node.completion_quantity = int(value)


def _around(drawing: "Drawing", node: Node, values: dict[str, Any]) -> Node:
    key = node.name
    kind = repetitions.MultiInstance if "behaviour" in values else repetitions.Loop
    drawing.building.spec.task_specs[key + "*"] = drawing.building.spec.task_specs.pop(key)
    node.name = key + "*"
    outer: Any = drawing.make(kind, node.element, key)
    outer.each = node
    outer.start_quantity, outer.completion_quantity = node.start_quantity, node.completion_quantity
    node.start_quantity = node.completion_quantity = 1
    for name, value in values.items():
        setattr(outer, name, value)
    return outer  # type: ignore[no-any-return]


def _multi_instance(drawing: "Drawing", element: etree._Element, several: etree._Element) -> dict[str, Any]:
    found = {**_standard(drawing, several), **_vendor(drawing, element, several)}
    found["sequential"] = several.get("isSequential") == "true"
    found["until"] = drawing.feel(element, text(child(several, "completionCondition")))
    found["behaviour"] = _behaviour(drawing, element, several)
    if not found.get("collection") and not found.get("cardinality"):
        drawing.problems.error(
            element.get("id"),
            "instances_missing",
            sentence("{element}: for which items, or how many times? The multi-instance marker names neither a list nor a number."),
            element=element.get("name") or element.get("id"),
        )
    number = (found.get("cardinality") or "").strip()
    if number.startswith("-") and number[1:].strip().isdigit():
        drawing.problems.error(
            element.get("id"),
            "bad_cardinality",
            sentence("{element}: {value} instances make no sense."),
            element=element.get("id"),
            value=number,
        )
    return found


def _standard(drawing: "Drawing", several: etree._Element) -> dict[str, Any]:
    file, element = drawing.file, several.getparent()
    assert element is not None
    data_in, data_out = text(child(several, "loopDataInputRef")), text(child(several, "loopDataOutputRef"))
    item, output_item = child(several, "inputDataItem"), child(several, "outputDataItem")
    return {
        "cardinality": drawing.feel(element, text(child(several, "loopCardinality"))),
        "collection": _spelled(file.variable(data_in)) if data_in else None,
        "item": (item.get("name") or item.get("id")) if item is not None else None,
        "output": file.variable(data_out) if data_out else None,
        "output_item": (output_item.get("name") or output_item.get("id")) if output_item is not None else None,
        "output_expression": None,
    }


def _vendor(drawing: "Drawing", element: etree._Element, several: etree._Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    zeebe = extension(several, ZEEBE, "loopCharacteristics")
    if zeebe is not None:
        found = {
            "collection": drawing.feel(element, zeebe.get("inputCollection")),
            "item": zeebe.get("inputElement"),
            "output": zeebe.get("outputCollection"),
            "output_expression": drawing.feel(element, zeebe.get("outputElement")),
        }
    collection = own(several, "collection")
    if collection:
        found = {"collection": drawing.feel(element, collection), "item": own(several, "elementVariable")}
    return {key: value for key, value in found.items() if value}


def _behaviour(drawing: "Drawing", element: etree._Element, several: etree._Element) -> tuple[str, Any]:
    kind = several.get("behavior") or "All"
    if kind == "All":
        return kind, None
    definition = drawing.file.find(several.get("oneBehaviorEventRef" if kind == "One" else "noneBehaviorEventRef"))
    if kind == "Complex" or definition is None:
        drawing.problems.error(
            element.get("id"),
            "behaviour",
            sentence("{element}: the multi-instance behaviour {kind} is not run here, or names no event."),
            element=element.get("id"),
            kind=kind,
        )
        return kind, None
    return kind, drawing.definitions.read(element, definition)


def _loop(drawing: "Drawing", element: etree._Element, loop: etree._Element) -> dict[str, Any]:
    maximum = loop.get("loopMaximum")
    if maximum is not None and not maximum.strip().isdigit():
        drawing.problems.error(
            element.get("id"),
            "bad_loop_maximum",
            sentence("{element}: the loop maximum {value} is not a number from 0."),
            element=element.get("id"),
            value=maximum,
        )
        maximum = None
    condition = drawing.feel(element, text(child(loop, "loopCondition")))
    if condition is None and maximum is None:
        drawing.problems.error(
            element.get("id"),
            "endless_loop",
            sentence("{element}: while what, or how often? The loop has neither a condition nor a maximum."),
            element=element.get("name") or element.get("id"),
        )
    return {
        "condition": condition,
        "maximum": None if maximum is None else int(maximum),
        "test_before": loop.get("testBefore") == "true",
    }


def _note_ballot(node: Node, found: dict[str, Any]) -> None:
    kept = {key: value for key, value in found.items() if value and key not in ("behaviour",)}
    node.element.settings["repetition"] = kept  # type: ignore[index]


def _spelled(name: str | None) -> str | None:
    return name if name is None else reference(name)
