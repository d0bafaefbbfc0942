"""The structures of the proof as diagrams: each a small term with tasks around it, in a few variants."""

import random

from tests.engine.spiff.token_game import Term, Writer

STRUCTURES = ("sequence", "before a join", "waiting at a join", "after a join", "inside a loop", "a loop around a parallel block", "vote member",
              "vote decided", "embedded sub-process", "call activity", "after a boundary event fired", "inclusive gateway", "event sub-process")
VARIANTS = 6
MODES = ("all", "any", "percent", "count", "in_turn")
HEAD = ('<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kesu="urn:kesu:bpmn:1" id="d" targetNamespace="t">'
        '<bpmn:message id="m" name="m"/>')


class Plan:
    """One diagram: its term, which of its tasks are votes (and how), which blocks are calls or watched by an event sub-process."""

    def __init__(self, structure: str, variant: int) -> None:
        self.structure, self.key = structure, f"s{STRUCTURES.index(structure)}v{variant}"
        self.votes: dict[str, str] = {}
        self.calls: set[str] = set()
        self.watched: set[str] = set()
        self._rnd, self._names = random.Random(f"{structure}/{variant}"), 0
        middle = self._middle(structure)
        before = [self.task() for _ in range(self._rnd.randint(1, 2))]
        self.term = self.make("seq", *before, *middle, *[self.task() for _ in range(self._rnd.randint(1, 2))])

    def task(self, vote: bool = False) -> Term:
        """A task; one in four decides by vote where it was not asked for."""
        term = self.make("task")
        if vote or self._rnd.random() < 0.25:
            self.votes[term.name] = self._rnd.choice(MODES)
        return term

    def make(self, kind: str, *parts: Term) -> Term:
        """A term with the next name."""
        self._names += 1
        return Term(kind, f"n{self._names}", list(parts))

    def branches(self, kind: str = "par") -> Term:
        """A block of two or three branches of one or two tasks."""
        return self.make(kind, *[self.line() for _ in range(self._rnd.randint(2, 3))])

    def line(self) -> Term:
        """One task, or two in sequence."""
        return self.task() if self._rnd.random() < 0.5 else self.make("seq", self.task(), self.task())

    def _middle(self, structure: str) -> list[Term]:
        return {
            "sequence": lambda: [self.task(), self.task()],
            "before a join": lambda: [self.branches()], "waiting at a join": lambda: [self.branches()], "after a join": lambda: [self.branches()],
            "inside a loop": lambda: [self.make("loop", self.make("seq", self.task(), self.task()))],
            "a loop around a parallel block": lambda: [self.make("loop", self.make("seq", self.task(), self.branches()))],
            "vote member": lambda: [self.task(vote=True), self.task()], "vote decided": lambda: [self.task(vote=True), self.task()],
            "embedded sub-process": lambda: [self.make("sub", self._rnd.choice([self.branches, self.line])())],
            "call activity": lambda: [self._call()],
            "after a boundary event fired": lambda: [self.make(self._rnd.choice(["bound", "float"]), self.line(), self.line())],
            "inclusive gateway": lambda: [self.branches("or")],
            "event sub-process": lambda: [self._watched()],
        }[structure]()

    def _call(self) -> Term:
        term = self.make("sub", self.line())
        self.calls.add(term.name)
        return term

    def _watched(self) -> Term:
        term = self.make("bound", self.line(), self.line())
        self.watched.add(term.name)
        return term

    def xml(self) -> bytes:
        """The diagram."""
        writer = Draughtsman(self)
        body = writer.process(self.term)
        return (f'{HEAD}<bpmn:process id="{self.key}" name="{self.key}" isExecutable="true">{body}</bpmn:process>{writer.outside}</bpmn:definitions>'
                ).encode()


class Draughtsman(Writer):
    """Writes terms as BPMN, with votes, calls and event sub-processes."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan, self.outside = plan, ""

    def _task(self, term: Term) -> tuple[str, str]:
        mode = self.plan.votes.get(term.name)
        ballot = f'<kesu:ballot mode="{mode}" threshold="{2 if mode == "count" else 60}" voters="p1,p2,p3"/>' if mode else ""
        asked = '<kesu:assignment candidateGroups="office"/>' if not mode else ""
        self.node("userTask", term.name, "", f'<bpmn:extensionElements>{asked}{ballot}<kesu:deadline duration="PT8H"/></bpmn:extensionElements>')
        return term.name, term.name

    def _sub(self, term: Term) -> tuple[str, str]:
        if term.name not in self.plan.calls:
            return super()._sub(term)
        key = f"{self.plan.key}{term.name}"
        self.outside += (f'<bpmn:process id="{key}" name="{key}" isExecutable="true">{self.scope(term.name, term.parts[0])}</bpmn:process>')
        self.node("callActivity", term.name, f'calledElement="{key}"')
        return term.name, term.name

    def _bound(self, term: Term) -> tuple[str, str]:
        if term.name not in self.plan.watched:
            return super()._bound(term)
        inner = self.scope(term.name, term.parts[0])
        outer, self.out = self.out, []
        first, last = self.block(term.parts[1])
        self.out.append(f'<bpmn:startEvent id="{term.name}b"><bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>')
        self.node("endEvent", term.name + "e2")
        self.flow(term.name + "b", first)
        self.flow(last, term.name + "e2")
        handler, self.out = "".join(self.out), outer
        watch = f'<bpmn:subProcess id="{term.name}h" triggeredByEvent="true">{handler}</bpmn:subProcess>'
        self.node("subProcess", term.name, "", inner + watch)
        return term.name, term.name
