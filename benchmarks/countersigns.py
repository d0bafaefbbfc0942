"""P3: what a ballot costs that does not decide its round, in a countersign of five and in one of fifty."""

from statistics import median

from benchmarks.cases import begin, open_task
from benchmarks.offices import SQLITE, VOTERS, Bench
from benchmarks.stopwatch import rounded
from kesu.engine import runtime
from kesu.engine.database import Database


def measure(bench: Bench) -> dict[str, float]:
    """Return the cost of a ballot among fifty, and its ratio to one among five; SQLite's have the short names."""
    return bench.in_each_office(_on)


def _on(bench: Bench, db: Database, kind: str) -> dict[str, float]:
    watch, suffix = bench.stopwatch(), "" if kind == SQLITE else f"_{kind}"
    for number in range(-1, max(1, bench.sizes.cases // 20)):
        for voters, cases in ((5, 10), (VOTERS, 1)):
            for _ in range(cases):
                _signed(db, voters, watch.time if number >= 0 else bench.stopwatch().time)
    return (watch.figures("50", "ballot", suffix) | watch.figures("5", "ballot_of_5", suffix) | watch.figures("last", "deciding_ballot", suffix)
            | {f"ballot50_over_ballot5{suffix}": rounded(median(watch.cpu["50"]) / median(watch.cpu["5"]))})


def _signed(db: Database, voters: int, time: object) -> None:
    """Let everybody sign; only the last ballot decides."""
    task = open_task(db, begin(db, f"p3_{voters}"))
    for number in range(voters):
        with time(str(voters) if number < voters - 1 else "last"):  # type: ignore[operator]
            runtime.vote(db, task.id, actor=f"voter{number}", answer="yes", comment="Agreed.")
