"""Small diagrams in one line each: nodes as `name=kind`, flows as `source target [condition]`."""

from xml.sax.saxutils import escape, quoteattr

NAMESPACES = ('xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kesu="urn:kesu:bpmn:1" '
              'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"')
SHORT = {"start": "startEvent", "end": "endEvent", "user": "userTask", "service": "serviceTask", "script": "scriptTask", "xor": "exclusiveGateway",
         "and": "parallelGateway", "or": "inclusiveGateway", "rule": "businessRuleTask"}


def diagram(flows: str, *, key: str = "p", inner: dict[str, str] | None = None, attributes: dict[str, str] | None = None, extra: str = "",
            outside: str = "") -> bytes:
    """Build a process (a condition belongs to the last flow of its line): `flows` is, line by line,
    `start:s user:a xor:g`, `g end:e [decision = "yes"]`: the kind stands before each name once."""
    kinds: dict[str, str] = {}
    drawn = []
    for number, line in enumerate(part for part in flows.replace("\n", ";").split(";") if part.strip()):
        path, _, condition = line.partition("[")
        names = [_declared(kinds, word) for word in path.split()]
        drawn += [_flow(f"f{number}_{i}", source, target, condition.rstrip().removesuffix("]") if i == len(names) - 2 else "")
                  for i, (source, target) in enumerate(zip(names, names[1:], strict=False))]
    nodes = "".join(f'<b:{kind} id="{name}" name="{name}" {(attributes or {}).get(name, "")}>{(inner or {}).get(name, "")}</b:{kind}>'
                    for name, kind in kinds.items())
    return (f'<b:definitions {NAMESPACES} id="d" targetNamespace="t">{outside}<b:process id={quoteattr(key)} name={quoteattr(key)} '
            f'isExecutable="true">{nodes}{"".join(drawn)}{extra}</b:process></b:definitions>').encode()


def extension(*elements: str) -> str:
    """Wrap extension elements."""
    return f"<b:extensionElements>{''.join(elements)}</b:extensionElements>"


def _declared(kinds: dict[str, str], word: str) -> str:
    kind, _, name = word.rpartition(":")
    if kind:
        kinds[name] = SHORT.get(kind, kind)
    return name


def _flow(name: str, source: str, target: str, condition: str) -> str:
    inner = f'<b:conditionExpression xsi:type="b:tFormalExpression">{escape(condition.strip())}</b:conditionExpression>' if condition.strip() else ""
    return f'<b:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}</b:sequenceFlow>'
