"""Playing diagrams in tests: a host with a clock that is turned, a way to write small diagrams, and a player."""

from datetime import UTC, datetime, timedelta
from typing import Any

from kesu.engine.spiff import Model, Run, Wait, compile_diagrams

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kesu="urn:kesu:bpmn:1" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions_1" targetNamespace="t">'
)


class Clockwork:
    """A host whose time stands still and whose decisions are given."""

    def __init__(self, decisions: dict[str, Any] | None = None) -> None:
        self.time = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
        self.decisions = decisions or {}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def now(self) -> datetime:
        """The standing time."""
        return self.time

    def decide(self, decision_id: str, context: Any) -> tuple[Any, Any]:
        """The given value; rule 1 fired."""
        self.asked.append((decision_id, dict(context)))
        value = self.decisions[decision_id]
        return (value(context) if callable(value) else value), [1]


class Player:
    """Plays one instance, saved and restored between every two steps."""

    def __init__(
        self,
        model: Model,
        variables: dict[str, Any] | None = None,
        host: Clockwork | None = None,
        at: str | None = None,
        keep: bool = False,
    ) -> None:
        self.model, self.host, self.keep = model, host or Clockwork(), keep
        self.happened: list[Any] = []
        self.run = Run.start(model, variables or {}, self.host, at)
        self.settle()

    def settle(self) -> "Player":
        """Advance, then save, forget and restore."""
        self.run.advance()
        self.happened += self.run.happenings
        self.run.happenings.clear()
        if not self.keep:
            self.run = Run.restore(self.model, self.run.save(), self.host)
        return self

    def waiting(self, kind: str | None = None) -> list[str]:
        """The element ids of what is waited for, sorted."""
        return sorted(w.element_id for w in self.run.waits() if kind in (None, w.kind))

    def tasks(self) -> list[str]:
        """The open user tasks."""
        return self.waiting("user_task")

    def wait(self, element_id: str) -> Wait:
        """The first wait at an element."""
        return next(w for w in self.run.waits() if w.element_id == element_id)

    def do(self, element_id: str, **variables: Any) -> "Player":
        """Complete a task."""
        self.run.complete(self.wait(element_id).activity_id, variables)
        return self.settle()

    def fire(self, element_id: str) -> "Player":
        """Let a timer go off."""
        self.run.fire(self.wait(element_id).activity_id)
        return self.settle()

    def send(self, element_id: str, **variables: Any) -> "Player":
        """Deliver a message or signal."""
        self.run.deliver(self.wait(element_id).activity_id, variables)
        return self.settle()

    def throw(self, element_id: str, code: str, **variables: Any) -> "Player":
        """Let a service task end with an error."""
        self.run.throw(self.wait(element_id).activity_id, code, variables)
        return self.settle()

    def turn(self, **by: float) -> "Player":
        """Turn the clock and fire everything due, the earliest first."""
        until = self.host.time + timedelta(**by)
        while due := sorted((w.detail["due_at"], w.activity_id) for w in self.run.waits() if w.kind == "timer" and w.detail["due_at"] <= until):
            self.host.time = max(self.host.time, due[0][0])
            self.run.fire(due[0][1])
            self.settle()
        self.host.time = until
        return self

    def kinds(self, kind: str) -> list[str]:
        """The elements of all happenings of a kind so far."""
        return [h.element_id for h in self.happened if h.kind == kind]


def diagram(body: str, before: str = "", process: str = "p") -> bytes:
    """A file with one executable process."""
    return f'{HEAD}{before}<bpmn:process id="{process}" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'.encode()


def flows(*ways: str, **conditions: str) -> str:
    """Sequence flows from "a>b" (named a_b) with conditions by flow name."""
    out = ""
    for way in ways:
        source, target = way.split(">")
        name = f"{source}_{target}"
        when = f"<bpmn:conditionExpression>{conditions[name]}</bpmn:conditionExpression>" if name in conditions else ""
        out += f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{when}</bpmn:sequenceFlow>'
    return out


def nodes(**kinds: str) -> str:
    """Flow nodes from name='tag attribute="value"' pairs."""
    return "".join(f'<bpmn:{kind} id="{name}"/>' for name, kind in kinds.items())


def model(body: str, before: str = "", **more: bytes) -> Model:
    """The compiled model of a small diagram."""
    return compile_diagrams({"main": diagram(body, before), **more}, "p")


def play(body: str, before: str = "", host: Clockwork | None = None, at: str | None = None, **variables: Any) -> Player:
    """Compile and start a small diagram."""
    return Player(model(body, before), variables, host, at)
