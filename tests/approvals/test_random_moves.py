"""Every move in every structure, at random, against a reference that shares no code with the engine. `make prove RUNS=n` plays more."""

import os
import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kesu.engine import clock
from tests.approvals.play import MOVES, Play
from tests.approvals.stage import office
from tests.approvals.structures import STRUCTURES

RUNS = int(os.environ.get("RUNS", "400"))
FIRST = int(os.environ.get("FIRST", "0"))


@pytest.fixture(scope="module")
def stage():
    """One office for all cases, under a clock that only the cases turn."""
    manual = clock.ManualClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    before = clock.use(manual)
    db = office()
    yield db, manual
    db.dispose()
    shutil.rmtree(Path(db.url.removeprefix("sqlite:///")).parent)
    clock.use(before)


def test_every_move_in_every_structure_ends_where_the_reference_ends(stage):
    db, manual = stage
    made = Counter()
    for seed in range(FIRST, FIRST + RUNS):
        play = Play(db, seed, manual)
        try:
            for move, count in play.run().items():
                made[play.structure, move] += count
        except Exception as error:
            raise AssertionError(f"{play.at}: {error!r}") from error
    write(made)
    if RUNS >= 5 * len(MOVES) * len(STRUCTURES):
        assert not [(structure, move) for structure in STRUCTURES for move in MOVES if not made[structure, move] and possible(structure, move)]


def possible(structure: str, move: str) -> bool:
    """A vote that waits has no plain task to claim; every other pair can be met."""
    return True


def write(made: Counter) -> None:
    """Leave the figures for `docs/approvals.md` where they were asked for."""
    place = os.environ.get("FIGURES")
    if place:
        rows = [f"{structure}\t{move}\t{made[structure, move]}" for structure in STRUCTURES for move in MOVES]
        Path(place).write_text("\n".join([str(RUNS), *rows]) + "\n")
