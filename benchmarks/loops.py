"""P2: does a step cost more, and write more, the longer the story behind it? A task rejected 300 times beside one rejected three times.

Twice: as a loop drawn in the diagram, and as the approval move `reject`, which a user chooses without any line in the diagram.
"""

from collections.abc import Callable
from statistics import median

from benchmarks.cases import answer, begin, open_task
from benchmarks.offices import SQLITE, Bench
from benchmarks.stopwatch import Stopwatch, rounded
from benchmarks.written import counting
from kesu.engine import runtime
from kesu.engine.database import Database

EARLY = 3
STEPS = 5  # timed in each case, so it ends five rounds later than it is called
Turn = Callable[[Database, int], None]


def measure(bench: Bench) -> dict[str, float]:
    """Return the ratios of a late step to an early one, in processor time and in bytes; SQLite's have the short names."""
    return bench.in_each_office(_on)


def _on(bench: Bench, db: Database, kind: str) -> dict[str, float]:
    suffix = "" if kind == SQLITE else f"_{kind}"
    loop, rejection = _compared(bench, db, "p2", _loop), _compared(bench, db, "p1", _reject)
    return {f"loop300_over_loop3{suffix}": loop["cpu"], f"bytes300_over_bytes3{suffix}": loop["bytes"], f"loop3_ms{suffix}": loop["early"],
            f"loop300_ms{suffix}": loop["late"], f"loop300_bytes{suffix}": loop["late_bytes"],
            f"reject300_over_reject3{suffix}": rejection["cpu"], f"reject_bytes300_over_bytes3{suffix}": rejection["bytes"],
            f"reject3_ms{suffix}": rejection["early"], f"reject300_ms{suffix}": rejection["late"]}


def _loop(db: Database, case: int) -> None:
    answer(db, open_task(db, case), again=True)


def _reject(db: Database, case: int) -> None:
    task = open_task(db, case)
    if task.element_id == "check":
        answer(db, task)
    else:
        runtime.move(db, task.id, actor="ines", move="reject", target="check", reason="The photograph is missing.")


def _compared(bench: Bench, db: Database, key: str, turn: Turn) -> dict[str, float]:
    """Take young and old cases in turn, step by step, so that whatever disturbs disturbs both."""
    watch, cases = bench.stopwatch(), bench.sizes.loop_cases
    turns = 1 if turn is _loop else 2  # a round of rejection is an answer and a rejection
    young = [_walked(db, key, turn, EARLY * turns) for _ in range(cases)]
    old = [_walked(db, key, turn, bench.sizes.loops * turns) for _ in range(cases)]
    for _ in range(STEPS):
        for pair in zip(young, old, strict=True):
            for name, case in zip(("early", "late"), pair, strict=True):
                _timed(db, case, turn, turns, watch, name)
    early_bytes, late_bytes = _written(db, young[0], turn, turns), _written(db, old[0], turn, turns)
    early, late = (median(watch.cpu[name]) / turns for name in ("early", "late"))
    return {"early": rounded(early), "late": rounded(late), "cpu": rounded(late / early), "late_bytes": late_bytes / turns,
            "bytes": rounded(late_bytes / early_bytes)}


def _written(db: Database, case: int, turn: Turn, turns: int) -> int:
    with counting(db) as tally:
        _times(db, case, turn, turns)
    return tally.bytes


def _walked(db: Database, key: str, turn: Turn, turns: int) -> int:
    case = begin(db, key)
    _times(db, case, turn, turns)
    return case


def _timed(db: Database, case: int, turn: Turn, turns: int, watch: Stopwatch, name: str) -> None:
    with watch.time(name):
        _times(db, case, turn, turns)


def _times(db: Database, case: int, turn: Turn, times: int) -> None:
    for _ in range(times):
        turn(db, case)
