"""The processes that are measured, in the dialect of whoever runs them: the same nodes and flows, only settings and conditions differ.

P1: a service task (a script elsewhere), a user task, a choice, a second user task. P2: one user task, rejected again and again. P3: a
countersign: one vote of N people with us, N parallel instances of a user task elsewhere.
"""

from dataclasses import dataclass, field

HEAD = ('<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kesu="urn:kesu:bpmn:1" '
        'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'id="file" targetNamespace="t"><b:process id="{key}" name="{key}" isExecutable="true">{nodes}{flows}</b:process></b:definitions>')
TOPIC = "weigh"


@dataclass(frozen=True)
class Dialect:
    """How one engine writes what BPMN leaves open."""

    service: str
    approved: str
    again: str
    language: str = ""
    inner: dict[str, str] = field(default_factory=dict)


KESU = Dialect(
    f'<b:serviceTask id="weigh" name="weigh"><b:extensionElements><spiffworkflow:serviceTaskOperator id="{TOPIC}" resultVariable=""/>'
    "</b:extensionElements></b:serviceTask>", "approved = true", "again = true", "",
    {"check": '<kesu:assignment candidateGroups="quality"/>', "answer": '<kesu:assignment candidateGroups="agents"/>',
     "work": '<kesu:assignment candidateGroups="quality"/>'})
SPIFF = Dialect('<b:scriptTask id="weigh" name="weigh"><b:script>weight = 3</b:script></b:scriptTask>', "approved == True", "again == True")
NODE = Dialect('<b:scriptTask id="weigh" name="weigh" scriptFormat="javascript"><b:script>this.environment.variables.weight = 3; next();</b:script>'
               "</b:scriptTask>", "${environment.variables.approved}", "${environment.variables.again}")


def p1(dialect: Dialect = KESU, key: str = "p1") -> bytes:
    """Two user tasks and a service task."""
    nodes = (_node("startEvent", "start"), dialect.service, _user(dialect, "check"), _choice("refused"), _user(dialect, "answer"),
             _node("endEvent", "end"), _node("endEvent", "no"))
    flows = (_flow("a", "start", "weigh"), _flow("b", "weigh", "check"), _flow("c", "check", "choice"), _flow("refused", "choice", "no"),
             _flow("d", "choice", "answer", dialect.approved, dialect.language), _flow("e", "answer", "end"))
    return _file(key, nodes, flows)


def p2(dialect: Dialect = KESU, key: str = "p2") -> bytes:
    """A rejection loop: the same user task again and again."""
    nodes = (_node("startEvent", "start"), _user(dialect, "work"), _choice("enough"), _node("endEvent", "end"))
    flows = (_flow("a", "start", "work"), _flow("b", "work", "choice"), _flow("enough", "choice", "end"),
             _flow("c", "choice", "work", dialect.again, dialect.language))
    return _file(key, nodes, flows)


def p3(voters: int, key: str = "p3") -> bytes:
    """A countersign: everybody has to say yes."""
    names = ",".join(f"voter{number}" for number in range(voters))
    vote = f'<b:userTask id="sign" name="sign">{_settings(f"""<kesu:ballot mode="all" voters="{names}"/>""")}</b:userTask>'
    return _file(key, (_node("startEvent", "start"), vote, _node("endEvent", "end")), (_flow("a", "start", "sign"), _flow("b", "sign", "end")))


def p3_parallel(voters: int, key: str = "p3") -> bytes:
    """The countersign of engines without votes: parallel instances of one user task."""
    many = (f'<b:userTask id="sign" name="sign"><b:multiInstanceLoopCharacteristics isSequential="false"><b:loopCardinality '
            f'xsi:type="b:tFormalExpression">{voters}</b:loopCardinality></b:multiInstanceLoopCharacteristics></b:userTask>')
    return _file(key, (_node("startEvent", "start"), many, _node("endEvent", "end")), (_flow("a", "start", "sign"), _flow("b", "sign", "end")))


def timed(key: str = "timed") -> bytes:
    """A timer of a day, then a user task."""
    timer = ('<b:intermediateCatchEvent id="wait" name="wait"><b:timerEventDefinition><b:timeDuration xsi:type="b:tFormalExpression">'
             'P1D</b:timeDuration></b:timerEventDefinition></b:intermediateCatchEvent>')
    nodes = (_node("startEvent", "start"), timer, _user(KESU, "check"), _node("endEvent", "end"))
    return _file(key, nodes, (_flow("a", "start", "wait"), _flow("b", "wait", "check"), _flow("c", "check", "end")))


def _file(key: str, nodes: tuple[str, ...], flows: tuple[str, ...]) -> bytes:
    return HEAD.format(key=key, nodes="".join(nodes), flows="".join(flows)).encode()


def _node(kind: str, name: str) -> str:
    return f'<b:{kind} id="{name}" name="{name}"/>'


def _choice(default: str) -> str:
    return f'<b:exclusiveGateway id="choice" name="choice" default="{default}"/>'


def _user(dialect: Dialect, name: str) -> str:
    return f'<b:userTask id="{name}" name="{name}">{_settings(dialect.inner.get(name, ""))}</b:userTask>'


def _settings(elements: str) -> str:
    return f"<b:extensionElements>{elements}</b:extensionElements>" if elements else ""


def _flow(name: str, source: str, target: str, condition: str = "", language: str = "") -> str:
    said = f'<b:conditionExpression xsi:type="b:tFormalExpression"{language}>{condition}</b:conditionExpression>' if condition else ""
    return f'<b:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{said}</b:sequenceFlow>'
