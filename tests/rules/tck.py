"""Reading the cases of the DMN Technology Compatibility Kit, and comparing what came out with what was expected."""

import pathlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lxml import etree

from kesu.rules import RuleError, load_decisions
from kesu.rules.feel import temporal

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_READERS = {
    "string": str,
    "boolean": lambda text: text.strip() in ("true", "1"),
    "date": temporal.parse_date,
    "time": temporal.parse_time,
    "dateTime": temporal.parse_datetime,
    "duration": temporal.parse_duration,
}


@dataclass(frozen=True)
class Case:
    """One expected result of one test case."""

    id: str
    model: pathlib.Path
    node: str
    inputs: dict[str, Any]
    expected: Any
    may_fail: bool


@dataclass
class TckCase:
    """A test case of the kit with all its results; it passes when every one does."""

    id: str
    results: list[Case] = field(default_factory=list)


def cases(folder: pathlib.Path) -> Iterator[TckCase]:
    """Yield every test case below a folder of the kit."""
    for path in sorted(folder.glob("*/*.xml")):
        root = etree.parse(path).getroot()
        model = path.parent / _texts(root, "modelName")[0]
        for element in _children(root, "testCase"):
            yield _case(element, path, model)


def run(case: Case) -> str | None:
    """Evaluate a case; returns what is wrong, or None."""
    try:
        value = load_decisions(case.model.read_bytes(), _imports(case.model)).evaluate(case.node, case.inputs, now=NOW).value
    except RuleError as error:
        return None if case.may_fail else f"{case.node}: raised {error}"
    return None if same(value, case.expected) else f"{case.node}: expected {case.expected!r}, got {value!r}"


def same(value: Any, expected: Any) -> bool:
    """Compare as the kit does: numbers to eight places, contexts by their expected entries."""
    if isinstance(expected, Decimal) and isinstance(value, Decimal):
        return abs(value - expected) <= Decimal("1e-8") * max(1, abs(expected))
    if isinstance(expected, Mapping) and isinstance(value, Mapping):
        return expected.keys() == value.keys() and all(same(value[key], expected[key]) for key in expected)
    if isinstance(expected, list) and isinstance(value, list):
        return len(expected) == len(value) and all(map(same, value, expected))
    return type(value) is type(expected) and value == expected


NOW = temporal.parse_datetime("2026-03-02T09:00:00@Asia/Shanghai")


def _case(element: etree._Element, path: pathlib.Path, model: pathlib.Path) -> TckCase:
    case_id = f"{path.parent.name}/{path.stem.rpartition('-')[2]}/{element.get('id')}"
    inputs = {node.get("name"): _value(node) for node in _children(element, "inputNode")}
    service = element.get("invocableName") if element.get("type") == "decisionService" else None
    results = [
        Case(case_id, model, service or node.get("name"), inputs, _expected(node), node.get("errorResult") == "true")
        for node in _children(element, "resultNode")
    ]
    return TckCase(case_id, results)


def _expected(node: etree._Element) -> Any:
    expected = next(_children(node, "expected"), None)
    return None if expected is None else _value(expected)


def _value(element: etree._Element) -> Any:
    components = list(_children(element, "component"))
    if components:
        return {one.get("name"): _value(one) for one in components}
    listed = next(_children(element, "list"), None)
    if listed is not None:
        return [] if listed.get(_NIL) == "true" else [_value(item) for item in _children(listed, "item")]
    value = next(_children(element, "value"), None)
    return None if value is None or value.get(_NIL) == "true" else _simple(value)


def _simple(value: etree._Element) -> Any:
    kind = (value.get(_TYPE) or "xsd:string").rpartition(":")[2]
    text = value.text or ""
    return _READERS.get(kind, lambda digits: Decimal(digits.strip()))(text)


def _imports(model: pathlib.Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(model.parent.glob("*.dmn")) if path != model]


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in element if isinstance(child.tag, str) and etree.QName(child).localname == name)


def _texts(element: etree._Element, name: str) -> list[str]:
    return [(child.text or "").strip() for child in _children(element, name)]
