"""Reading a file that anyone may have sent: no DTD, no entities, no network, bounded size, depth and number of elements."""

from typing import Final

from lxml import etree

from kesu.engine.errors import Invalid, sentence
from kesu.engine.spiff.names import BPMN
from kesu.engine.spiff.problems import Problem, invalid

BOOLEANS: Final = frozenset(
    "isExecutable isClosed cancelActivity isInterrupting parallelMultiple triggeredByEvent isForCompensation instantiate isSequential "
    "testBefore cancelRemainingInstances waitForCompletion isImmediate isCollection isUnlimited".split()
)
YES_AND_NO: Final = {"1": "true", "0": "false", "true": "true", "false": "false"}
MAX_BYTES: Final = 5_000_000
MAX_DEPTH: Final = 100
MAX_ELEMENTS: Final = 200_000


def read(xml: bytes) -> etree._Element:
    """Return the `definitions` element of a BPMN file.

    Raises `Invalid` with one sentence for anything that is not well-formed, harmless BPMN 2.0.
    """
    _check_size(xml)
    root = _parse(xml)
    _check_tree(root)
    if root.tag != f"{{{BPMN}}}definitions":
        raise _refusal(
            "not_bpmn",
            sentence("Expected a BPMN 2.0 file whose outermost element is definitions, but it is {tag}."),
            tag=str(root.tag)[:100],
        )
    _say_yes_and_no_alike(root)
    return root


def _say_yes_and_no_alike(root: etree._Element) -> None:
    """The schema knows two spellings of yes and no (true, 1); from here on there is one."""
    for element in root.iter(f"{{{BPMN}}}*"):
        for name, value in element.attrib.items():
            if name in BOOLEANS and (plain := str(value).strip()) in YES_AND_NO:
                element.set(name, YES_AND_NO[plain])


def _check_size(xml: bytes) -> None:
    if not xml.strip():
        raise _refusal("empty", sentence("Expected a BPMN file, but it is empty."))
    if len(xml) > MAX_BYTES:
        raise _refusal("too_big", sentence("The file has {size} bytes; at most {limit} are read."), size=len(xml), limit=MAX_BYTES)


def _parse(xml: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise _refusal("not_xml", sentence("The file is not well-formed XML: {reason}."), reason=str(wrong)[:200]) from wrong
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refusal("doctype", sentence("The file declares a document type (DOCTYPE); BPMN needs none, and it is refused for safety."))
    return root


def _check_tree(root: etree._Element) -> None:
    count, level = 0, [root]
    for _ in range(MAX_DEPTH):
        if not level:
            return
        count += len(level)
        if count > MAX_ELEMENTS:
            raise _refusal("too_many", sentence("The file has more than {limit} elements."), limit=MAX_ELEMENTS)
        level = [inner for element in level for inner in element]
    raise _refusal("too_deep", sentence("Elements are nested more than {limit} deep."), limit=MAX_DEPTH)


def _refusal(rule: str, message: str, /, **values: object) -> Invalid:
    return invalid([Problem(None, rule, message, dict(values))])
