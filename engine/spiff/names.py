"""The namespaces that diagrams speak, and how to say a qualified name in each."""

from typing import Final

from lxml import etree

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
KESU: Final = "urn:kesu:bpmn:1"
SPIFF: Final = "http://spiffworkflow.org/bpmn/schema/1.0/core"
CAMUNDA: Final = "http://camunda.org/schema/1.0/bpmn"
ZEEBE: Final = "http://camunda.org/schema/zeebe/1.0"
FLOWABLE: Final = "http://flowable.org/bpmn"
ACTIVITI: Final = "http://activiti.org/bpmn"
SEVENS: Final = (CAMUNDA, FLOWABLE, ACTIVITI)  # they spring from one engine and write the same
PREFIXES: Final = {"bpmn": BPMN, "kesu": KESU, "spiff": SPIFF, "camunda": CAMUNDA, "zeebe": ZEEBE}


def bpmn(tag: str) -> str:
    """Return the qualified name of a BPMN tag."""
    return f"{{{BPMN}}}{tag}"


def local(element: etree._Element) -> str:
    """Return the tag without its namespace; empty for anything that is not BPMN."""
    tag = element.tag
    if not isinstance(tag, str) or not tag.startswith(f"{{{BPMN}}}"):
        return ""
    return tag[len(BPMN) + 2 :]


def reference(value: str | None) -> str | None:
    """Strip a QName reference to the plain id (`ns:Message_1` is `Message_1`)."""
    if not value or not value.strip():
        return None
    return value.strip().rsplit(":", 1)[-1]


def text(element: etree._Element | None) -> str | None:
    """Return the trimmed text of an element, None where there is none."""
    if element is None:
        return None
    found = "".join(str(part) for part in element.itertext()).strip()
    return found or None


def child(element: etree._Element, tag: str) -> etree._Element | None:
    """Return the first BPMN child with this tag."""
    return element.find(bpmn(tag))


def children(element: etree._Element, tag: str) -> list[etree._Element]:
    """Return all BPMN children with this tag."""
    return element.findall(bpmn(tag))
