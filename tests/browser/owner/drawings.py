"""A drawing for a diagram that has none: nodes in a row, flows as straight lines."""

from lxml import etree

from kesu.engine import outlines

NAMESPACES = ('xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
              'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"')


def drawn(xml: bytes) -> bytes:
    """Return the diagram with a drawing added."""
    nodes = outlines.outline(xml)
    process = etree.fromstring(xml).find("{*}process").get("id")
    at = {node.id: 160 + 180 * number for number, node in enumerate(nodes)}
    shapes = "".join(_shape(node, at[node.id]) for node in nodes)
    edges = "".join(_edge(way.id, at[node.id], at[way.target]) for node in nodes for way in node.exits)
    plane = f'<bpmndi:BPMNPlane id="plane" bpmnElement="{process}">{shapes}{edges}</bpmndi:BPMNPlane>'
    drawing = f'<bpmndi:BPMNDiagram {NAMESPACES} id="drawing">{plane}</bpmndi:BPMNDiagram>'
    return xml.replace(b"</b:definitions>", drawing.encode() + b"</b:definitions>")


def _shape(node: outlines.Node, x: int) -> str:
    width, height = (100, 80) if node.kind in outlines.TASKS else (50, 50) if node.kind in outlines.GATEWAYS else (36, 36)
    bounds = f'<dc:Bounds x="{x}" y="{200 - height // 2}" width="{width}" height="{height}"/>'
    return f'<bpmndi:BPMNShape id="{node.id}_shape" bpmnElement="{node.id}">{bounds}</bpmndi:BPMNShape>'


def _edge(flow: str, start: int, end: int) -> str:
    return (f'<bpmndi:BPMNEdge id="{flow}_edge" bpmnElement="{flow}"><di:waypoint x="{start + 40}" y="200"/><di:waypoint x="{end}" y="200"/>'
            "</bpmndi:BPMNEdge>")
