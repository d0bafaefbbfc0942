"""Does a process grow? Its resident memory over very many completions on SQLite."""

import gc
import pathlib
import resource
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
    """Return the resident memory of this process in megabytes."""
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20
