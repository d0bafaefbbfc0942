"""Run measurements and write their figures: `python -m benchmarks --help`."""

import argparse
import cProfile
import json
import os
import pathlib
import platform
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from benchmarks import backing_up, beside, completion, countersigns, inbox_pages, loops, memory, rules_speed, throughput, waiting
from benchmarks.offices import POSTGRESQL, SQLITE, Bench
from benchmarks.sizes import FULL, TINY
from benchmarks.stopwatch import print_profile

RESULTS = pathlib.Path(__file__).parent / "results.json"
Figures = dict[str, float]
MEASUREMENTS: dict[str, Callable[[Bench], Figures]] = {
    "completion": completion.measure,
    "loops": loops.measure,
    "countersigns": countersigns.measure,
    "throughput": throughput.measure,
    "memory": memory.measure,  # before a big company has been through this process
    "inbox": inbox_pages.measure,
    "waiting": waiting.measure,
    "rules": rules_speed.measure,
    "backups": backing_up.measure,
    "peers": beside.measure,
}


def main() -> None:
    """Measure what was named, or everything; only everything is written to results.json."""
    asked = _asked()
    profile = cProfile.Profile() if asked.profile else None
    sizes = replace(TINY if asked.tiny else FULL, **({"memory": asked.memory} if asked.memory else {}))
    databases = (SQLITE, POSTGRESQL) if asked.database == "both" else (asked.database,)
    bench = Bench(sizes, databases, profile)
    try:
        figures = run(bench, asked.names or list(MEASUREMENTS))
    finally:
        bench.close()
    if profile is not None:
        print_profile(profile)
    if asked.out or not (asked.names or asked.tiny or asked.profile):
        _write(figures, asked.out or RESULTS)


def run(bench: Bench, names: list[str]) -> Figures:
    """Run these measurements one after the other, printing each figure as it comes."""
    figures: Figures = {}
    for name in names:
        began = time.monotonic()
        found = MEASUREMENTS[name](bench)
        print(f"{name} ({time.monotonic() - began:.0f} s)")
        for key, value in found.items():
            print(f"  {key:44} {value:>12g}")
        figures |= found
    return figures


def _asked() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("names", nargs="*", metavar="measurement", help=", ".join(MEASUREMENTS))
    options.add_argument("--database", choices=(SQLITE, POSTGRESQL, "both"), default="both")
    options.add_argument("--profile", action="store_true", help="print where the time went of what is timed (and is then slower)")
    options.add_argument("--tiny", action="store_true", help="just see that it works")
    options.add_argument("--memory", type=int, help="how many completions to watch the memory over")
    options.add_argument("--out", type=pathlib.Path, help="where to write the figures")
    asked = options.parse_args()
    if unknown := set(asked.names) - set(MEASUREMENTS):
        options.error(f"there is no measurement called {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}")
    return asked


def _write(figures: Figures, path: pathlib.Path) -> None:
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=RESULTS.parent, check=False)
    told = {"commit": commit.stdout.strip(), "measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "python": platform.python_version(),
            "processors": os.cpu_count(), "load_average": round(os.getloadavg()[1], 1), **figures}
    path.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
