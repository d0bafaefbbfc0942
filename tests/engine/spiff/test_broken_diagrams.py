"""Diagrams with pieces torn out or exchanged: refused with sentences, or run; never anything but our own errors."""

import os
import random

import pytest
from lxml import etree

from kesu.engine.errors import Rejected
from kesu.engine.spiff import Run, compile_diagrams, process_ids, validate
from tests.engine.spiff.play import Clockwork
from tests.engine.spiff.test_legal_bpmn import corpus

RUNS = int(os.environ.get("RUNS") or 300)


class Undecided(Clockwork):
    """A host that knows no decisions."""

    def decide(self, decision_id, context):
        """Nothing."""
        return {}, []


def torn(xml: bytes, rnd: random.Random) -> bytes:
    """The diagram after one to four mishaps."""
    root = etree.fromstring(xml)
    elements = [e for e in root.iter() if isinstance(e.tag, str) and e.getparent() is not None and "DI" not in e.tag]
    for _ in range(rnd.randint(1, 4)):
        victim, other = rnd.choice(elements), rnd.choice(elements)
        mishap = rnd.randrange(6)
        if mishap == 0 and victim.getparent() is not None:
            victim.getparent().remove(victim)
        elif mishap == 1 and victim.attrib:
            del victim.attrib[rnd.choice(list(victim.attrib))]
        elif mishap == 2 and victim.attrib and other.attrib:
            victim.set(rnd.choice(list(victim.attrib)), rnd.choice(list(other.attrib.values())))
        elif mishap == 3:
            victim.tag = other.tag
        elif mishap == 4:
            victim.text = rnd.choice(["", "null", "-1", "1 +", "PT5S", "${x}", "R/PT1S", "true", "[1,2]", "\u00e4\u6f22"])
        elif not any(victim is a for a in other.iterancestors()) and victim is not other:
            other.append(victim)
    return etree.tostring(root)


@pytest.mark.parametrize("seed", range(0, RUNS, 50))
def test_torn_diagrams_are_refused_with_sentences_or_run(seed):
    files, run = corpus(), 0
    for number in range(seed, seed + 50):
        rnd = random.Random(number)
        xml = torn(rnd.choice(files).read_bytes(), rnd)
        problems = validate(xml)
        assert all(str(p) and p.rule for p in problems), number
        if not any(p.severity == "error" for p in problems):
            run += play(xml, rnd)
    assert run


def play(xml: bytes, rnd: random.Random) -> int:
    """Start every process and do whatever is offered, saved and restored between."""
    for key in process_ids(xml):
        host = Undecided()
        try:
            model = compile_diagrams({"f": xml}, key)
            run = Run.start(model, {"integerVariable": 1, "test": "a"}, host)
            for _ in range(15):
                run.advance()
                run = Run.restore(model, run.save(), host)
                waits = [w for w in run.waits() if w.kind != "conditional"]
                if not waits:
                    break
                act(run, rnd.choice(waits))
        except Rejected as refusal:
            assert str(refusal)
    return 1


def act(run: Run, wait) -> None:
    if wait.kind == "timer":
        run.fire(wait.activity_id)
    elif wait.kind in ("message", "signal"):
        run.deliver(wait.activity_id, {"x": 1})
    else:
        run.complete(wait.activity_id, {"x": 2})
