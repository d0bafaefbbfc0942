"""Random block-structured diagrams played against a reference model, saved and restored at every wait state, with rewinds."""

import os
import random
from collections import Counter

import pytest

from kesu.engine.spiff import Run, compile_diagrams
from tests.engine.spiff.play import Clockwork, diagram
from tests.engine.spiff.token_game import Record, Writer, grow

RUNS = int(os.environ.get("RUNS") or 300)
NAMES = [f"n{i}" for i in range(1, 60)]
MESSAGE = '<bpmn:message id="m" name="m"/>'


@pytest.mark.parametrize("seed", range(0, RUNS, 50))
def test_the_engine_opens_what_the_token_game_opens(seed):
    for number in range(seed, seed + 50):
        play(number, rewinding=False)


@pytest.mark.parametrize("seed", range(0, RUNS, 50))
def test_going_back_withdraws_what_was_caused_and_nothing_else(seed):
    for number in range(seed, seed + 50):
        play(number + 1_000_000, rewinding=True)


def play(seed: int, *, rewinding: bool, steps: int = 40) -> int:
    """Play one random diagram by random moves; returns how many tasks were gone back to."""
    rnd = random.Random(seed)
    term = grow(rnd, rnd.randint(3, 14), [0])
    writer = Writer()
    sources = {"main": diagram(writer.process(term), MESSAGE)}
    model = compile_diagrams(sources | {name: diagram(body, MESSAGE, name) for name, body in writer.called}, "p")
    host, rewound = Clockwork(), 0
    c = rnd.randint(0, 2)
    run = Run.start(model, {"c": c}, host)
    run.advance()
    record = Record(term, c)
    for step in range(steps):
        run = Run.restore(model, run.save(), host)
        record.forget()
        expect(seed, step, run, record)
        if not record.tasks():
            break
        tasks = only(record.tasks())
        events = [e for e in only(record.events()) if not e.term.parts[1].names() & {t.term.name for t in record.tasks()}]
        chance, c = rnd.random(), rnd.choice([0, 0, 1, 1, 2, 3])
        if rewinding and chance < 0.3:
            rewound += go_back(rnd, run, record)
        elif events and chance < 0.45:
            happen(rnd.choice(events), run, record, c)
        elif tasks:
            complete(rnd.choice(tasks), run, record, c)
        run.advance()
    assert len(run._tree.tasks) < 60 + 6 * len(model.elements)
    return rewound


def expect(seed, step, run, record):
    open_now = Counter(w.element_id for w in run.waits() if w.kind == "user_task")
    assert open_now == Counter(t.term.name for t in record.tasks()), f"seed {seed}, step {step}"
    assert run.finished == (not record.tasks()), f"seed {seed}, step {step}"


def only(records):
    """Those that are the only one of their name: of two tokens at one node it would be open which is meant."""
    names = Counter(r.term.name for r in records)
    return sorted((r for r in records if names[r.term.name] == 1), key=lambda r: r.term.name)


def complete(task, run, record, c):
    wait = next(w for w in run.waits() if w.element_id == task.term.name)
    run.complete(wait.activity_id, {"c": c})
    task.open = False
    record.move(c)


def happen(event, run, record, c):
    wait = next(w for w in run.waits() if w.element_id == event.term.name + "b")
    run.deliver(wait.activity_id, {"c": c})
    event.happen(c)
    record.move(c)


def go_back(rnd, run, record) -> int:
    steps: dict[str, list[str]] = {}
    for activity_id, element_id in run.returns_from(None):
        steps.setdefault(element_id, []).append(activity_id)
    for name in {t.element_id for t in run.waits()} | set(NAMES):
        if record.closed(name) == [False]:
            assert name in steps, f"{name} cannot be gone back to any more"
    names = sorted(name for name in steps if len(steps[name]) == 1 and len(record.closed(name)) == 1)
    if not names:
        return 0
    name = rnd.choice(names)
    run.rewind(steps[name][0])
    record.reopen(name)
    return 1
