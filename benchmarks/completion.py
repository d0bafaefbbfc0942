"""P1 from start to end: a start, two completions, and beside each case a bare transaction that writes as much as a completion does."""

from statistics import mean, median

from benchmarks.bare import Bare
from benchmarks.cases import answer, begin, open_task
from benchmarks.offices import SQLITE, Bench
from benchmarks.stopwatch import Stopwatch, percentile, rounded
from benchmarks.written import Written, counting
from kesu.engine.database import Database


def measure(bench: Bench) -> dict[str, float]:
    """Return what a start and a completion cost on each database. The completion of a case is the mean of its two."""
    return bench.in_each_office(_on)


def _on(bench: Bench, db: Database, kind: str) -> dict[str, float]:
    watch, unwatched = bench.stopwatch(), Stopwatch()
    for _ in range(bench.sizes.warm_up):
        play(db, unwatched)
    tally = written(db)
    bare = Bare(db, tally)
    for number in range(bench.sizes.warm_up + bench.sizes.cases):
        play(db, watch)
        with watch.time("bare"):
            bare.write()
        if number < bench.sizes.warm_up:
            _forget(watch)
    bare.close()
    return _figures(watch, kind) | {f"completion_statements_{kind}": tally.statements, f"completion_rows_{kind}": tally.rows,
                                    f"completion_bytes_{kind}": tally.bytes}


def play(db: Database, watch: Stopwatch) -> None:
    """Play one case of P1, timing its start and its completions."""
    with watch.time("start"):
        case = begin(db, "p1")
    for name in ("first", "last"):
        task = open_task(db, case)
        with watch.time(name):
            answer(db, task)


def written(db: Database) -> Written:
    """Return what a completion writes, the mean of a case's two."""
    case = begin(db, "p1")
    tallies = []
    for _ in range(2):
        task = open_task(db, case)
        with counting(db) as tally:
            answer(db, task)
        tallies.append(tally)
    return Written(*(round(mean(values)) for values in zip(*(vars(tally).values() for tally in tallies), strict=True)))


def _figures(watch: Stopwatch, kind: str) -> dict[str, float]:
    cpu, wall = ([(a + b) / 2 for a, b in zip(times["first"], times["last"], strict=True)] for times in (watch.cpu, watch.wall))
    suffix = f"_{kind}"
    figures = {f"completion_ms{suffix}": rounded(median(cpu)), f"completion_wall_ms{suffix}": rounded(median(wall)),
               f"completion_wall_p99_ms{suffix}": rounded(percentile(wall, 0.99))}
    for name, key in (("first", "completion_first"), ("last", "completion_last"), ("start", "start"), ("bare", "bare")):
        figures |= watch.figures(name, key, suffix)
    figures[f"completion_over_bare{suffix}"] = rounded(median(wall) / median(watch.wall["bare"]))
    figures[f"completion_over_bare_cpu{suffix}"] = rounded(median(cpu) / median(watch.cpu["bare"]))
    if kind == SQLITE:
        figures["start_ms"] = figures[f"start_ms{suffix}"]
    return figures


def _forget(watch: Stopwatch) -> None:
    watch.cpu.clear()
    watch.wall.clear()
