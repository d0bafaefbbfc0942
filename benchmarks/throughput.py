"""Cases of P1 from start to end a second, by one process and by two at the same time on one database.

`python -m benchmarks.throughput URL SECONDS` is one such process: it warms up, says so, waits for a word, works, and says how far it came.
"""

import subprocess
import sys
import time
from statistics import median

from benchmarks.completion import play
from benchmarks.offices import Bench, plug
from benchmarks.stopwatch import Stopwatch, rounded
from kesu.engine.database import Database

ROUNDS = 3


def measure(bench: Bench) -> dict[str, float]:
    """Return cases a second of one process and of two, and their ratio; one and two take turns."""
    return bench.in_each_office(_on)


def _on(bench: Bench, db: Database, kind: str) -> dict[str, float]:
    seconds = bench.sizes.process_seconds / (1 if bench.sizes.rounds == 1 else ROUNDS)
    pairs = [(_rate(db, 1, seconds), _rate(db, 2, seconds)) for _ in range(1 if bench.sizes.rounds == 1 else ROUNDS)]
    one, two = (median(rates) for rates in zip(*pairs, strict=True))
    return {f"cases_a_second_one_process_{kind}": rounded(one), f"cases_a_second_two_processes_{kind}": rounded(two),
            f"two_over_one_process_{kind}": rounded(median(b / a for a, b in pairs if a))}


def _rate(db: Database, processes: int, seconds: float) -> float:
    command = [sys.executable, "-m", "benchmarks.throughput", db.engine.url.render_as_string(hide_password=False), str(seconds)]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    for worker in workers:
        assert worker.stdout and worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin
        print("go", file=worker.stdin, flush=True)
    return sum(float(worker.communicate()[0]) for worker in workers)


def main(url: str, seconds: float) -> None:
    """Be one of the processes."""
    db, unwatched = Database(url), Stopwatch()
    plug()
    for _ in range(10):
        play(db, unwatched)
    print("ready", flush=True)
    sys.stdin.readline()
    began, cases = time.perf_counter(), 0
    while time.perf_counter() < began + seconds:
        play(db, unwatched)
        cases += 1
    print(cases / (time.perf_counter() - began))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
