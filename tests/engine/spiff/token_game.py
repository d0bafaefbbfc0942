"""A reference model apart from the engine: random block-structured diagrams, and a token game over their structure.

Shares no code with the engine. A diagram is a term; playing it keeps a record of what was visited in the current iteration.
Tasks set `c`; every choice reads it, so the last completed task decides. Going back to a task reopens it in its record and
forgets what came after it, other branches excepted.
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

KINDS = ["task", "task", "seq", "seq", "par", "or", "xor", "loop", "sub", "bound", "float", "esub", "nsub", "multi", "call", "redo"]


@dataclass
class Term:
    """One block: `kind`, a unique `name`, and the blocks inside."""

    kind: str
    name: str
    parts: list["Term"] = field(default_factory=list)

    def __deepcopy__(self, _memo: object) -> "Term":
        return self  # never changed once it is drawn

    def names(self) -> set[str]:
        """The names of this block and all inside. A handler is never started while an earlier one still runs: BPMN does not tell
        the tokens of two visits apart, so they would meet at each other's joins."""
        return {self.name}.union(*(p.names() for p in self.parts))

    def first(self) -> str:
        """The name of the first task that a token comes to, where one way leads into the block."""
        return self.parts[0].first() if self.parts else self.name


def grow(rnd: random.Random, budget: int, names: list[int]) -> Term:
    """A random block of about `budget` parts."""
    names[0] += 1
    name = f"n{names[0]}"
    kind = "task" if budget <= 1 else rnd.choice(KINDS)
    many = {
        "seq": (2, 4),
        "par": (2, 3),
        "or": (2, 3),
        "xor": (2, 3),
        "loop": (1, 1),
        "sub": (1, 1),
        "bound": (2, 2),
        "float": (2, 2),
        "esub": (2, 2),
        "nsub": (2, 2),
        "multi": (1, 1),
        "call": (1, 1),
        "redo": (2, 2),
    }
    if kind == "task":
        return Term(kind, name)
    count = rnd.randint(*many[kind])
    parts = [grow(rnd, (budget - 1) // count, names) for _ in range(count)]
    return redo(name, *parts) if kind == "redo" else Term(kind, name, parts)


def redo(name: str, body: Term, back: Term) -> Term:
    """A loop with something to do on its way back: each turn is the body, and that where it goes round again."""
    return Term("redo", name, [Term("turn", name + "i", [body, back])])


class Writer:
    """A term as BPMN."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.called: list[tuple[str, str]] = []

    def process(self, term: Term) -> str:
        """The body of a process that runs the term and ends with it."""
        return self.scope("main", term)

    def scope(self, name: str, term: Term) -> str:
        """The content of a process or sub-process."""
        outer, self.out = self.out, []
        self.node("startEvent", f"{name}_s")
        self.node("endEvent", f"{name}_e")
        first, last = self.block(term)
        self.flow(f"{name}_s", first)
        self.flow(last, f"{name}_e")
        body, self.out = "".join(self.out), outer
        return body

    def block(self, term: Term) -> tuple[str, str]:
        """Write a block; return the nodes by which a token comes in and goes out."""
        return getattr(self, "_" + term.kind)(term)

    def node(self, kind: str, name: str, more: str = "", inside: str = "") -> None:
        self.out.append(f'<bpmn:{kind} id="{name}" {more}>{inside}</bpmn:{kind}>')

    def flow(self, source: str, target: str, when: str | None = None, name: str | None = None) -> None:
        inside = f"<bpmn:conditionExpression>{when}</bpmn:conditionExpression>" if when else ""
        self.out.append(
            f'<bpmn:sequenceFlow id="{name or source + "." + target}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'
        )

    def _task(self, term: Term) -> tuple[str, str]:
        self.node("userTask", term.name)
        return term.name, term.name

    def _seq(self, term: Term) -> tuple[str, str]:
        ends = [self.block(part) for part in term.parts]
        for (_, last), (first, _) in zip(ends, ends[1:], strict=False):
            self.flow(last, first)
        return ends[0][0], ends[-1][1]

    def _split(self, term: Term, kind: str, conditions: list[str | None]) -> tuple[str, str]:
        split, join = term.name + "f", term.name + "j"
        default = f'default="{split}.d"' if conditions[-1] == "default" else ""
        self.node(kind, split, default)
        self.node(kind, join)
        for part, when in zip(term.parts, conditions, strict=True):
            first, last = self.block(part)
            self.flow(split, first, None if when == "default" else when, f"{split}.d" if when == "default" else None)
            self.flow(last, join)
        return split, join

    def _par(self, term: Term) -> tuple[str, str]:
        return self._split(term, "parallelGateway", [None] * len(term.parts))

    def _or(self, term: Term) -> tuple[str, str]:
        return self._split(term, "inclusiveGateway", [*(f"c >= {i}" for i in range(1, len(term.parts))), "default"])

    def _xor(self, term: Term) -> tuple[str, str]:
        return self._split(term, "exclusiveGateway", [*(f"c = {i}" for i in range(len(term.parts) - 1)), "default"])

    def _loop(self, term: Term) -> tuple[str, str]:
        merge, again = term.name + "m", term.name + "g"
        self.node("exclusiveGateway", merge)
        self.node("exclusiveGateway", again, f'default="{again}.d"')
        first, last = self.block(term.parts[0])
        done = term.name + "x"
        self.node("exclusiveGateway", done)
        self.flow(merge, first)
        self.flow(last, again)
        self.flow(again, merge, "c = 3")
        self.flow(again, done, None, f"{again}.d")
        return merge, done

    def _redo(self, term: Term) -> tuple[str, str]:
        merge, again = term.name + "m", term.name + "g"
        self.node("exclusiveGateway", merge)
        self.node("exclusiveGateway", again, f'default="{again}.d"')
        body, back = [self.block(part) for part in term.parts[0].parts]
        done = term.name + "x"
        self.node("exclusiveGateway", done)
        for source, target, when in ((merge, body[0], None), (body[1], again, None), (again, back[0], "c = 3"), (back[1], merge, None)):
            self.flow(source, target, when)
        self.flow(again, done, None, f"{again}.d")
        return merge, done

    def _sub(self, term: Term) -> tuple[str, str]:
        self.node("subProcess", term.name, "", self.scope(term.name, term.parts[0]))
        return term.name, term.name

    def _bound(self, term: Term) -> tuple[str, str]:
        """A sub-process with an interrupting boundary message; its handler joins the way on."""
        self.node("subProcess", term.name, "", self.scope(term.name, term.parts[0]))
        self._event(term, "true")
        first, last = self.block(term.parts[1])
        self.node("exclusiveGateway", term.name + "j")
        self.flow(term.name + "b", first)
        self.flow(last, term.name + "j")
        self.flow(term.name, term.name + "j")
        return term.name, term.name + "j"

    def _float(self, term: Term) -> tuple[str, str]:
        """A sub-process with a boundary message that interrupts nothing; its handler runs to an end of its own."""
        self.node("subProcess", term.name, "", self.scope(term.name, term.parts[0]))
        self._event(term, "false")
        first, last = self.block(term.parts[1])
        self.node("endEvent", term.name + "e2")
        self.flow(term.name + "b", first)
        self.flow(last, term.name + "e2")
        return term.name, term.name

    def _esub(self, term: Term, interrupting: str = "true") -> tuple[str, str]:
        """A sub-process with an event sub-process inside that a message starts and that interrupts the rest."""
        outer, self.out = self.out, []
        self.node(
            "startEvent", term.name + "b", f'isInterrupting="{interrupting}"', self.message(term)
        )
        first, _ = self.block(term.parts[1])
        self.flow(term.name + "b", first)
        handler, self.out = "".join(self.out), outer
        handler = f'<bpmn:subProcess id="{term.name}h" triggeredByEvent="true">{handler}</bpmn:subProcess>'
        self.node("subProcess", term.name, "", self.scope(term.name, term.parts[0]) + handler)
        return term.name, term.name

    def _nsub(self, term: Term) -> tuple[str, str]:
        """The same, interrupting nothing."""
        return self._esub(term, "false")

    def _multi(self, term: Term) -> tuple[str, str]:
        """A sub-process twice, one after the other."""
        twice = '<bpmn:multiInstanceLoopCharacteristics isSequential="true"><bpmn:loopCardinality>2</bpmn:loopCardinality>' \
            "</bpmn:multiInstanceLoopCharacteristics>"
        self.node("subProcess", term.name, "", twice + self.scope(term.name, term.parts[0]))
        return term.name, term.name

    def _call(self, term: Term) -> tuple[str, str]:
        """A call of a process of its own."""
        self.called.append((term.name + "_p", self.scope(term.name, term.parts[0])))
        self.node("callActivity", term.name, f'calledElement="{term.name}_p"')
        return term.name, term.name

    def _event(self, term: Term, cancel: str) -> None:
        self.node(
            "boundaryEvent",
            term.name + "b",
            f'attachedToRef="{term.name}" cancelActivity="{cancel}"',
            self.message(term),
        )

    def message(self, _term: Term) -> str:
        """What is inside an event that a message brings about."""
        return '<bpmn:messageEventDefinition messageRef="m"/>'


class Record:
    """What was visited of a term. A copy keeps its `number`; `past` are iterations and runs of handlers before, and `kept` those iterations
    in which something was done that has not been come to again since, so that it can be gone back to.

    `left` is what a token was taken out of, or carried past, by a jump ahead: nothing comes of it any more.
    """

    numbers = itertools.count(1)

    def __init__(self, term: Term, c: int) -> None:
        self.term, self.number = term, next(Record.numbers)
        self.open = False
        self.parts: list[Record] = []
        self.past: list[Record] = []
        self.kept: list[Record] = []
        self.floats: list[Record] = []
        self.interrupted = False
        self.exited = False
        self.left = False
        self.turn = 0
        self.start(c)

    def start(self, c: int) -> None:
        """Put the token in."""
        term, count = self.term, len(self.term.parts)
        if term.kind == "task":
            self.open = True
        elif term.kind == "par":
            self.parts = [Record(p, c) for p in term.parts]
        elif term.kind == "or":
            chosen = [term.parts[i - 1] for i in range(1, count) if c >= i] or [term.parts[-1]]
            self.parts = [Record(p, c) for p in chosen]
        elif term.kind == "xor":
            self.parts = [Record(term.parts[c] if c < count - 1 else term.parts[-1], c)]
        else:
            self.parts = [Record(term.parts[0], c)]

    @property
    def done(self) -> bool:
        """Whether the token has come out."""
        kind = self.term.kind
        if self.left:
            return True
        if kind == "task":
            return not self.open
        if kind in ("seq", "turn"):
            return len(self.parts) == len(self.term.parts) and self.parts[-1].done
        if kind in ("loop", "redo", "multi"):
            return self.exited
        if self.interrupted:
            return self.parts[-1].done
        if kind in ("sub", "call", "bound", "float", "esub"):
            return not self.parts[0].tasks()
        if kind == "nsub":
            return not self.tasks()
        return all(p.done for p in self.parts)

    def tasks(self) -> list["Record"]:
        """All open tasks in here, floating handlers included."""
        if self.term.kind == "task":
            return [self] if self.open else []
        return [t for p in self.live() for t in p.tasks()]

    def live(self) -> list["Record"]:
        """The parts in which something can still happen."""
        return [*([] if self.left else self.parts[-1:] if self.interrupted else self.parts), *self.floats]

    def move(self, c: int) -> None:
        """Let every token in here move that can."""
        for part in self.live():
            part.move(c)
        self._pass_over()
        if self.left:
            return
        if self.term.kind == "seq":
            while self.parts[-1].done and len(self.parts) < len(self.term.parts):
                self.parts.append(Record(self.term.parts[len(self.parts)], c))
        elif self.term.kind == "redo" and not self.exited:
            turn = self.parts[0]
            if len(turn.parts) == 1 and turn.parts[0].done and c == 3:
                turn.parts.append(Record(turn.term.parts[1], c))
            self._go_round(c, again=turn.done, out=len(turn.parts) == 1 and turn.parts[0].done)
        elif self.term.kind == "loop" and not self.exited:
            self._go_round(c, again=self.parts[0].done and c == 3, out=self.parts[0].done)
        elif self.term.kind == "multi" and not self.exited and not self.parts[0].tasks():
            if self.turn == 1:
                self.exited = True
            else:
                self.turn, self.parts = 1, [Record(self.term.parts[0], c)]

    def _go_round(self, c: int, *, again: bool, out: bool) -> None:
        if again:
            self.floats += self.parts[0].adrift()
            self.kept += self.parts
            self.parts = [Record(self.term.parts[0], c)]
        elif out:
            self.exited = True

    def forget(self) -> None:
        """Iterations in which nothing was done that has not been come to again since cannot be gone back to any more."""
        for part in [*self.kept, *self.parts, *self.floats]:
            part.forget()
        for index, lap in reversed(list(enumerate(self.kept))):
            since = {name for part in [*self.kept[index + 1:], *self.parts] for name in part.visited()}
            if {each.term.name for each, _ in lap.returnable()} <= since:
                self.past.append(self.kept.pop(index))

    def visited(self) -> set[str]:
        """The tasks in here that were come to."""
        own = {self.term.name} if self.term.kind == "task" and not self.left else set()
        return own.union(*(part.visited() for part in [*self.past, *self.kept, *self.parts, *self.floats]))

    def _pass_over(self) -> None:
        """Of the finished runs of a handler only the latest can be gone back to, as with the iterations of a loop."""
        over = [f for f in self.floats if not f.tasks()]
        older = [f for f in over if any(other.term is f.term and other.number > f.number for other in over)]
        self.past += older
        self.floats = [f for f in self.floats if f not in older]

    def adrift(self) -> list["Record"]:
        """Handlers that still run though the iteration that started them is over."""
        here = [f for f in self.floats if f.tasks()]
        self.floats = [f for f in self.floats if f not in here]
        return here + [a for p in (self.parts[-1:] if self.interrupted else self.parts) for a in p.adrift()]

    def events(self) -> list["Record"]:
        """The activities whose boundary event can happen now."""
        listens = self.term.kind in ("bound", "float", "esub", "nsub") and not self.interrupted and not self.done
        over = (
            listens and self.term.kind == "nsub" and not self.parts[0].tasks()
        )  # its own work is done, a handler still runs
        here = [self] if listens and not over else []
        return here + [e for p in self.live() for e in p.events()]

    def happen(self, c: int) -> None:
        """The boundary event of this activity happens."""
        handler = Record(self.term.parts[1], c)
        if self.term.kind in ("bound", "esub"):
            self.interrupted = True
            self.parts = [*self.parts, handler]
        else:
            self.floats.append(handler)

    def returnable(self, floating: bool = False) -> "Iterator[tuple[Record, bool]]":
        """Every finished task that one can go back to, and whether it stands in a floating handler."""
        if self.term.kind == "task" and not self.open and not self.left:
            yield self, floating
        if self.term.kind == "multi":
            return
        for part in (self.parts[-1:] if self.interrupted else self.parts) if self._leads_on() else []:
            yield from part.returnable(floating)
        yield from self._before(floating)
        for handler in self.floats if not self.left or self.term.kind == "float" else []:
            yield from handler.returnable(True)

    def _before(self, floating: bool) -> "Iterator[tuple[Record, bool]]":
        """What was done in earlier iterations and not again since."""
        known = {each.term.name for part in self.parts for each, _ in part.returnable()}
        for lap in reversed(self.kept):
            found = [each for each in lap.returnable(floating) if each[0].term.name not in known]
            yield from found
            known |= {each.term.name for each, _ in found}

    def _leads_on(self) -> bool:
        """Whether going back into this block would bring back all that was left with it: not one of several branches, nor an activity."""
        kind = self.term.kind
        alone = (kind == "or" and len(self.parts) == 1) or (kind == "bound" and self.interrupted)
        return not self.left or alone or kind in ("seq", "loop", "turn", "redo")

    def closed(self, name: str) -> list[bool]:
        """For every finished task of this name that one can go back to: whether it stands in a floating handler."""
        return [floating for record, floating in self.returnable() if record.term.name == name]

    def finished(self, *, past: bool = True) -> "Iterator[Record]":
        """Every finished task in here, also what an event has interrupted, and of earlier iterations unless they are left out."""
        if self.term.kind == "task" and not self.open and not self.left:
            yield self
        for part in [*(self.past if past else []), *self.kept, *self.parts, *self.floats]:
            yield from part.finished(past=past)

    def reopen(self, wanted: "str | int") -> str | None:
        """Reopen a finished task (name or number) and forget what it caused; "main" if it stands on the way through here, "float" beside it."""
        if self.term.kind == "task":
            found = wanted in (self.term.name, self.number) and not self.open and not self.left
            self.open = self.open or found
            return "main" if found else None
        for index, part in enumerate(self.parts):
            if (self.interrupted and index == 0) or self.term.kind == "multi":
                continue
            found = part.reopen(wanted)
            if found is None:
                continue
            if self.term.kind in ("sub", "call", "esub", "nsub") or (self.term.kind in ("bound", "float") and index == 0):
                found = "main"
            if found == "main":
                self.exited = self.left = False
                if self.term.kind in ("seq", "turn"):
                    del self.parts[index + 1 :]
            return found
        if self._reopen_lap(wanted):
            return "main"
        if not any(f.reopen(wanted) for f in self.floats):
            return None
        return "main" if self.term.kind == "nsub" else "float"  # that handler runs inside, so what follows waited for it too

    def _reopen_lap(self, wanted: "str | int") -> bool:
        """Go back into an earlier iteration, the latest first: those after it are gone."""
        for index, lap in reversed(list(enumerate(self.kept))):
            if lap.reopen(wanted) is not None:
                self.parts, self.kept, self.exited, self.left = [lap], self.kept[:index], False, False
                return True
        return False
