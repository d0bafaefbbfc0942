"""Bytes to elements, safely: no document type, no entities, no network, bounded size and depth; only DMN's namespaces."""

from collections.abc import Iterator

from lxml import etree

from kesu.rules.errors import Problem, RuleError
from kesu.rules.limits import XML_DEPTH, XML_SIZE

Element = etree._Element
_VERSIONS = {
    "http://www.omg.org/spec/DMN/20130901": "1.0",
    "http://www.omg.org/spec/DMN/20151101": "1.1",
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",
}


def read_root(xml: bytes | str) -> Element:
    """Return the definitions element of a DMN file; raises RuleError if it is none."""
    data = _bytes(xml)
    if len(data) > XML_SIZE:
        raise _refusal(f"the file is larger than {XML_SIZE} bytes")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _refusal("the file has a document type or entities, which are not read")
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal(f"the file is not well-formed XML: {error}") from None
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise _refusal("the file has a document type, which is not read")
    _check(root)
    return root


def children(element: Element, *names: str) -> Iterator[Element]:
    """Yield the children of DMN's own namespace with one of these names, or all of them."""
    space = _namespace(element)
    for child in element:
        if isinstance(child.tag, str) and _namespace(child) == space and (not names or local_name(child) in names):
            yield child


def child(element: Element, *names: str) -> Element | None:
    """Return the first child with one of these names."""
    return next(children(element, *names), None)


def text_of(element: Element | None) -> str:
    """Return the text of an element, without white space at its ends; "" if there is none."""
    return "".join(map(str, element.itertext())).strip() if element is not None else ""


def child_text(element: Element | None, name: str = "text") -> str:
    """Return the text of a child."""
    return text_of(child(element, name)) if element is not None else ""


def local_name(element: Element) -> str:
    """Return the name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip


def _bytes(xml: bytes | str) -> bytes:
    if isinstance(xml, str):
        try:
            return _without_declared_encoding(xml).encode("utf-8")
        except UnicodeEncodeError:
            raise _refusal("the file holds characters that are none") from None
    if not isinstance(xml, (bytes, bytearray, memoryview)):
        raise _refusal(f"expected the file as bytes or a string, but got a {type(xml).__name__}")
    return bytes(xml)


def _without_declared_encoding(xml: str) -> str:
    xml = xml.lstrip("\ufeff \t\r\n")
    return xml.partition("?>")[2] if xml.startswith("<?xml") else xml


def _check(root: Element) -> None:
    space = _namespace(root)
    if space not in _VERSIONS or local_name(root) != "definitions":
        raise _refusal(f"expected the definitions of DMN 1.1 to 1.5, but found {root.tag}")
    level = [root]
    for _ in range(XML_DEPTH):
        level = [below for element in level for below in element]
        if not level:
            return
    raise _refusal(f"the file has elements nested more than {XML_DEPTH} deep")


def _namespace(element: Element) -> str:
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def _refusal(message: str) -> RuleError:
    return RuleError(message, [Problem(message, "xml")])
