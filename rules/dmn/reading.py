"""Elements to model. Attributes and elements that DMN 1.1 to 1.5 name differently are read alike."""

from collections.abc import Callable
from typing import Any

from kesu.rules.dmn import model
from kesu.rules.dmn.boxed_reading import read_boxed, read_entry, read_text
from kesu.rules.dmn.xml import Element, child, child_text, children, local_name, read_root
from kesu.rules.errors import Problem, RuleError
from kesu.rules.feel.cursor import Cursor
from kesu.rules.feel.names import NameTable
from kesu.rules.feel.tree import ContextType, FunctionType, ListType, TypeNode
from kesu.rules.feel.types import canonical


def read_model(xml: bytes | str) -> model.Model:
    """Read a DMN file; raises RuleError if it is none."""
    root = read_root(xml)
    nodes = [read(element) for element in children(root) if (read := _READERS.get(local_name(element)))]
    types = [_item_definition(element) for element in children(root, "itemDefinition")]
    return model.Model(
        name=root.get("name", ""),
        namespace=root.get("namespace", ""),
        nodes=_by_id(nodes),
        types={definition.name: definition for definition in types},
        imports=tuple(_import(element) for element in children(root, "import")),
        language=root.get("expressionLanguage"),
    )


def _by_id(nodes: list[model.Node]) -> dict[str, model.Node]:
    by_id: dict[str, model.Node] = {}
    for node in nodes:
        if node.id in by_id:
            message = f"the id {node.id!r} is given twice"
            raise RuleError(message, [Problem(message, "duplicate_id", node.id)])
        by_id[node.id] = node
    return by_id


def _import(element: Element) -> model.Import:
    return model.Import(element.get("name", ""), element.get("namespace", ""))


def _node(element: Element, kind: str, logic: model.Boxed | None, **more: Any) -> model.Node:
    variable = child(element, "variable")
    name = element.get("name", "")
    return model.Node(
        kind=kind,
        id=element.get("id") or name,
        name=name,
        variable=(variable.get("name") if variable is not None else None) or name,
        type_ref=variable.get("typeRef") if variable is not None else None,
        logic=logic,
        requirements=tuple(_requirements(element)),
        **more,
    )


def _input(element: Element) -> model.Node:
    return _node(element, "input", None)


def _decision(element: Element) -> model.Node:
    return _node(element, "decision", read_boxed(element))


def _knowledge(element: Element) -> model.Node:
    logic = child(element, "encapsulatedLogic")
    if logic is None:
        return _node(element, "knowledge", None)
    parameters = tuple(read_entry(parameter) for parameter in children(logic, "formalParameter"))
    kind = logic.get("kind", "FEEL")
    function = model.BoxedFunction(logic.get("id") or element.get("id"), None, kind, parameters, read_boxed(logic))
    return _node(element, "knowledge", function)


def _service(element: Element) -> model.Node:
    def references(name: str) -> tuple[str, ...]:
        return tuple(one.get("href", "") for one in children(element, name))

    return _node(
        element, "service", None,
        outputs=references("outputDecision"), encapsulated=references("encapsulatedDecision"),
        input_decisions=references("inputDecision"), input_data=references("inputData"),
    )  # fmt: skip


def _requirements(element: Element) -> list[model.Requirement]:
    found = []
    for requirement in children(element, "informationRequirement", "knowledgeRequirement"):
        for one in children(requirement, "requiredInput", "requiredDecision", "requiredKnowledge"):
            kind = local_name(one).removeprefix("required").lower()
            found.append(model.Requirement(kind, one.get("href", "")))
    return found


def _item_definition(element: Element) -> model.ItemDefinition:
    components = tuple(_item_definition(one) for one in children(element, "itemComponent"))
    base = child_text(element, "typeRef") or element.get("typeRef") or None
    collection = element.get("isCollection") == "true"
    function = child(element, "functionItem")
    kind = _function_type(function) if function is not None else _type(base, components)
    allowed = child(element, "allowedValues", "typeConstraint")
    return model.ItemDefinition(
        name=element.get("name", ""),
        type=ListType(0, "list", kind) if collection else kind,
        allowed=None if allowed is None else read_text(allowed),
        components=components,
        collection=collection,
        base=base,
    )


def _type(base: str | None, components: tuple[model.ItemDefinition, ...]) -> TypeNode:
    if components:
        return ContextType(0, "context", tuple((one.name, one.type) for one in components))
    return type_reference(base)


def _function_type(element: Element) -> FunctionType:
    parameters = tuple(type_reference(one.get("typeRef")) for one in children(element, "parameters"))
    return FunctionType(0, "function", parameters, type_reference(element.get("outputTypeRef")))


def type_reference(text: str | None) -> TypeNode:
    """Read a typeRef: the name of a type, with or without prefix, or a type as FEEL writes it."""
    if not text:
        return TypeNode(0, "Any")
    if "<" not in text:
        return TypeNode(0, canonical(text) if text.startswith(("feel:", "feel.")) else text)
    try:
        return Cursor(text, NameTable(()), True).type()
    except RuleError:
        return TypeNode(0, text)


_READERS: dict[str, Callable[[Element], model.Node]] = {
    "inputData": _input,
    "decision": _decision,
    "businessKnowledgeModel": _knowledge,
    "decisionService": _service,
}
