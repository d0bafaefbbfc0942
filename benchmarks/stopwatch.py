"""Time, twice: of the processor, for this process alone (a database server's is not in it), and on the wall."""

import cProfile
import pstats
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median


class Stopwatch:
    """Readings by name, in milliseconds. With a profile, exactly what is timed is profiled too."""

    def __init__(self, profile: cProfile.Profile | None = None) -> None:
        self.profile = profile
        self.cpu: dict[str, list[float]] = defaultdict(list)
        self.wall: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Take one reading of what stands inside."""
        if self.profile is not None:
            self.profile.enable()
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self.cpu[name].append((time.process_time() - cpu) * 1e3)
            self.wall[name].append((time.perf_counter() - wall) * 1e3)
            if self.profile is not None:
                self.profile.disable()

    def figures(self, name: str, key: str, suffix: str = "") -> dict[str, float]:
        """Return the medians of a reading under flat keys: processor time as `<key>_ms`, wall time as `<key>_wall_ms`."""
        return {f"{key}_ms{suffix}": rounded(median(self.cpu[name])), f"{key}_wall_ms{suffix}": rounded(median(self.wall[name]))}


def print_profile(profile: cProfile.Profile, lines: int = 45) -> None:
    """Print where the time went, what a function costs by itself first."""
    for order in ("tottime", "cumulative"):
        pstats.Stats(profile).sort_stats(order).print_stats(lines)


def rounded(value: float) -> float:
    """Keep four significant digits."""
    return float(f"{value:.4g}")


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share of all lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
