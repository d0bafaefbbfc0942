"""The structures of the proof as diagrams: each a small term with tasks around it, in a few variants."""

import random
from dataclasses import dataclass
from datetime import timedelta

from tests.approvals.ledgers import RULES, Rule
from tests.engine.spiff.token_game import Term, Writer, redo

STRUCTURES = ("sequence", "before a join", "waiting at a join", "after a join", "inside a loop", "on the way back of a loop",
              "a loop around a parallel block", "vote member", "vote decided", "embedded sub-process", "call activity",
              "after a boundary event fired", "inclusive gateway", "event sub-process")
VARIANTS = 12
HEAD = ('<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kesu="urn:kesu:bpmn:1" id="d" targetNamespace="t" '
        'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"><bpmn:message id="m" name="m"/>')
FOOT = "</bpmn:definitions>"
LIMIT, WARNING, DRAWN, PLAIN = timedelta(hours=8), timedelta(hours=2), timedelta(hours=5), timedelta(hours=3)
TOPIC = "proof.post"
BOARDS = {
    "b1": "p1",
    "b2": "p2",
    "b3": "p3",
}  # departments, and who heads them where nobody has changed it


@dataclass(frozen=True)
class Timing:
    """What a task's time limit does (`warn`, `policy`), and the timers drawn on its border: one of a deadline, one as BPMN says."""

    warn: bool = False
    policy: str = ""
    drawn: bool = False
    plain: bool = False


class Plan:
    """One diagram: its term, which of its tasks are votes (and how), services, and what their time limits do."""

    def __init__(self, structure: str, variant: int) -> None:
        self.structure, self.key = structure, f"s{STRUCTURES.index(structure)}v{variant}"
        self.votes: dict[str, Rule] = {}
        self.timings: dict[str, Timing] = {}
        self.services: set[str] = set()
        self.boards: set[str] = (
            set()
        )  # the votes in which the heads of departments are asked, not people by name
        self.receiving: set[str] = set()  # the activities whose event takes `c` from its message
        self._rnd, self._names = random.Random(f"{structure}/{variant}"), 0
        middle = self._middle(structure)
        before = [self.task() for _ in range(self._rnd.randint(1, 2))]
        self.term = self.make("seq", *before, *middle, *[self.task() for _ in range(self._rnd.randint(1, 2))])
        self._declare(random.Random(f"{structure}/{variant}/asked"))

    def _declare(self, rnd: random.Random) -> None:
        self.boards = {name for name in sorted(self.votes) if rnd.random() < 0.5}
        self.receiving = {name for name in sorted(self.term.names()) if rnd.random() < 0.7}

    def __deepcopy__(self, _memo: object) -> "Plan":
        return self  # never changed once it is drawn

    def task(self, vote: bool = False) -> Term:
        """A task; one in four decides by vote where it was not asked for."""
        term, rnd = self.make("task"), self._rnd
        if vote or rnd.random() < 0.25:
            self.votes[term.name] = rnd.choice(RULES)
        policy = rnd.choice(["", "", "remind", "escalate", "approve", "reject"])
        self.timings[term.name] = Timing(rnd.random() < 0.5, policy, rnd.random() < 0.2, rnd.random() < 0.2)
        return term

    def make(self, kind: str, *parts: Term) -> Term:
        """A term with the next name."""
        self._names += 1
        return Term(kind, f"n{self._names}", list(parts))

    def branches(self, kind: str = "par") -> Term:
        """A block of two or three branches of one or two tasks."""
        return self.make(kind, *[self.line() for _ in range(self._rnd.randint(2, 3))])

    def line(self) -> Term:
        """One task, or two in sequence, sometimes with a service in between."""
        if self._rnd.random() < 0.5:
            return self.task()
        between = [self._service()] if self._rnd.random() < 0.3 else []
        return self.make("seq", self.task(), *between, self.task())

    def _service(self) -> Term:
        term = self.make("task")
        self.services.add(term.name)
        return term

    def _middle(self, structure: str) -> list[Term]:
        loop = self._rnd.random() < 0.5
        return {
            "sequence": lambda: [self.line(), self.task()],
            "before a join": lambda: [self.branches()], "waiting at a join": lambda: [self.branches()], "after a join": lambda: [self.branches()],
            "inside a loop": lambda: [self.make("loop", self.make("seq", self.task(), self.line()))],
            "on the way back of a loop": lambda: [redo(self.make("redo").name, self.line(), self.line())],
            "a loop around a parallel block": lambda: [self.make("loop", self.make("seq", self.task(), self.branches()))],
            "vote member": lambda: [self._vote(), self.task()], "vote decided": lambda: [self._vote(), self.task()],
            "embedded sub-process": lambda: [self.make("sub", self._rnd.choice([self.branches, self.line])())],
            "call activity": lambda: [self.make("call", self.line())],
            "after a boundary event fired": lambda: [self.make("bound" if loop else "float", self.line(), self.line())],
            "inclusive gateway": lambda: [self.branches("or")],
            "event sub-process": lambda: [self.make("esub" if loop else "nsub", self.line(), self.line())],
        }[structure]()

    def _vote(self) -> Term:
        """A vote, half of the time beside a task of another branch."""
        return self.task(vote=True) if self._rnd.random() < 0.5 else self.make("par", self.task(vote=True), self.task())

    def xml(self) -> dict[str, bytes]:
        """The diagram, and those of the processes that it calls, each under its key; what is called comes first."""
        writer = Draughtsman(self)
        body = writer.process(self.term)
        return {key: f'{HEAD}<bpmn:process id="{key}" name="{key}" isExecutable="true">{inside}</bpmn:process>{FOOT}'.encode()
                for key, inside in [*writer.called, (self.key, body)]}


class Draughtsman(Writer):
    """Writes terms as BPMN, with votes, time limits and services."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan

    def _call(self, term: Term) -> tuple[str, str]:
        key = f"{self.plan.key}{term.name}"
        self.called.append((key, self.scope(term.name, term.parts[0])))
        self.node("callActivity", term.name, f'calledElement="{key}"')
        return term.name, term.name

    def _task(self, term: Term) -> tuple[str, str]:
        name, rule = term.name, self.plan.votes.get(term.name)
        if name in self.plan.services:
            operator = f'<spiffworkflow:serviceTaskOperator id="{TOPIC}" resultVariable=""/>'
            self.node("serviceTask", name, "", f"<bpmn:extensionElements>{operator}</bpmn:extensionElements>")
            return name, name
        asked = (
            '<kesu:assignment candidateGroups="office"/>'
            if rule is None
            else self._ballot(name, rule)
        )
        self.node("userTask", name, "", f"<bpmn:extensionElements>{asked}{self._deadline(self.plan.timings[name])}</bpmn:extensionElements>")
        self._border(name, self.plan.timings[name])
        return name, name

    def _ballot(self, name: str, rule: Rule) -> str:
        weights = ' weights="={p1: 3, p2: 2, p3: 1}"' if rule.mode == "weighted" else ""
        asked = (
            f'groups="{",".join(BOARDS)}"'
            if name in self.plan.boards
            else f'voters="{",".join(BOARDS.values())}"'
        )
        return f'<kesu:ballot mode="{rule.mode}" threshold="{rule.threshold}" onNo="{rule.on_no}" {asked}{weights}/>'

    def message(self, term: Term) -> str:
        """What its messages may set is declared, or nothing is."""
        declared = (
            '<bpmn:extensionElements><kesu:received sets="c: number"/></bpmn:extensionElements>'
        )
        return (declared if term.name in self.plan.receiving else "") + super().message(term)

    def _deadline(self, timing: Timing) -> str:
        warn = ' warn="PT2H"' if timing.warn else ""
        policy = f' onTimeout="{timing.policy}"' if timing.policy else ""
        return f'<kesu:deadline duration="PT8H"{warn}{policy}/>'

    def _border(self, name: str, timing: Timing) -> None:
        """Timers that interrupt nothing and lead to an end: one of a deadline, one as BPMN says."""
        drawn = '<bpmn:extensionElements><kesu:deadline duration="PT5H"/></bpmn:extensionElements>'
        for is_there, letter, duration, extension in ((timing.drawn, "t", "PT5H", drawn), (timing.plain, "u", "PT3H", "")):
            if not is_there:
                continue
            event = f"<bpmn:timerEventDefinition><bpmn:timeDuration>{duration}</bpmn:timeDuration></bpmn:timerEventDefinition>"
            self.node("boundaryEvent", name + letter, f'attachedToRef="{name}" cancelActivity="false"', extension + event)
            self.node("endEvent", f"{name}{letter}e")
            self.flow(name + letter, f"{name}{letter}e")
