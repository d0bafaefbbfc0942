"""Every move in every structure, at random, against a reference that shares no code with the engine. `make prove RUNS=n` plays more."""

import os
import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kesu.engine import clock, service_tasks
from tests.approvals import figures
from tests.approvals.game import Game
from tests.approvals.play import MOVES, Play
from tests.approvals.stage import office, registry
from tests.approvals.structures import STRUCTURES

RUNS = int(os.environ.get("RUNS") or len(MOVES) * len(STRUCTURES))  # every move in every structure once
FIRST = int(os.environ.get("FIRST") or 0)
SHARDS = int(os.environ.get("SHARDS") or 1)
OFTEN = 100  # how often the figures are written down


@pytest.fixture(scope="module")
def stage():
    """One office for all cases, under a clock that only the cases turn."""
    manual = clock.ManualClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    before = clock.use(manual)
    plugged = service_tasks.plug(registry())
    db = office()
    yield db, manual
    service_tasks.plug(plugged)
    db.dispose()
    shutil.rmtree(Path(db.url.removeprefix("sqlite:///")).parent)
    clock.use(before)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_move_in_every_structure_ends_where_the_reference_ends(stage, shard):
    db, manual = stage
    made, runs = Counter(), 0
    for seed in range(FIRST + shard, FIRST + RUNS, SHARDS):
        play = Play(db, seed, manual)
        try:
            for move, count in play.run().items():
                made[play.structure, move] += count
        except Exception as error:
            raise AssertionError(f"{play.at}: {error!r}") from error
        runs += 1
        if runs % OFTEN == 0:
            figures.write(made, runs, shard)
    figures.write(made, runs, shard)
    assert sum(made.values()) > runs / 2, "most runs should have made the move they are about"
    never = [move for move in MOVES if not any(made[structure, move] for structure in STRUCTURES)]
    assert not never or runs < len(MOVES) * len(STRUCTURES), f"never made at all: {never}"


def test_a_reference_that_is_wrong_is_found_out(stage, monkeypatch):
    """The proof bites: a reference in which a rejection also undoes a sibling branch disagrees with the engine."""
    db, manual = stage
    monkeypatch.setattr(Game, "back", lambda self, number: (self.root.reopen(number), self.root.parts.clear(), self.settle()))
    with pytest.raises((AssertionError, IndexError, ValueError)):
        for seed in range(60):
            Play(db, seed, manual).run()
