"""Does a process grow? Its own resident memory over very many completions on SQLite.

The pages of the database's file that SQLite has mapped are left out: they are the system's cache, given back whenever somebody needs them.
"""

import gc
import pathlib
from statistics import median

from benchmarks.completion import play
from benchmarks.offices import SQLITE, Bench
from benchmarks.stopwatch import Stopwatch, rounded

SAMPLES = 20


def measure(bench: Bench) -> dict[str, float]:
    """Return how many megabytes were gained from the second tenth of the completions to the last, and over how many of them."""
    cases = max(SAMPLES, bench.sizes.memory // 2)
    sizes = []
    with bench.office(SQLITE) as db:
        for _ in range(SAMPLES):
            for _ in range(cases // SAMPLES):
                play(db, Stopwatch())
            gc.collect()
            sizes.append(_resident())
    began, ended = median(sizes[1:4]), median(sizes[-3:])
    return {"memory_completions": cases // SAMPLES * SAMPLES * 2, "memory_mb": rounded(ended), "memory_growth_mb": rounded(ended - began),
            "memory_growth_percent": rounded((ended / began - 1) * 100)}


def _resident() -> float:
    """Return the resident memory that is this process's own in megabytes."""
    told = dict(line.split(":", 1) for line in pathlib.Path("/proc/self/status").read_text().splitlines())
    return int(told["RssAnon"].split()[0]) / 1024
