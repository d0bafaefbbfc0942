"""Timers in the big database: how long a thousand due ones take, and what a hundred thousand waiting ones cost a worker with nothing to do."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from statistics import median

from benchmarks.bulk import Bulk
from benchmarks.cases import begin
from benchmarks.offices import SQLITE, Bench
from benchmarks.stopwatch import rounded
from kesu.engine import clock, worker
from kesu.engine.clock import ManualClock
from kesu.engine.database import Database

ARMED = ("instance_id", "activity_id", "element_id", "due_at", "state", "attempts_left")
TICKS = 200  # looks for work of an idle worker; in real life it looks once a second


def measure(bench: Bench) -> dict[str, float]:
    """Return the sweep of due timers in seconds and an idle look for work in milliseconds; SQLite's have the short names."""
    figures: dict[str, float] = {}
    for kind in bench.databases:
        figures |= _on(bench, bench.crowded(kind), kind)
    return figures


def _on(bench: Bench, db: Database, kind: str) -> dict[str, float]:
    suffix = "" if kind == SQLITE else f"_{kind}"
    with _turned() as hand:
        worker.drain(db)
        without = _idle(bench, db)
        _arm(bench, db, hand.now() + timedelta(days=400))
        idle = _idle(bench, db)
        swept = _swept(bench, db, hand)
    return {f"idle_look_ms{suffix}": without, f"idle_look_100k_timers_ms{suffix}": idle, f"idle_100k_over_none{suffix}": rounded(idle / without),
            f"idle_100k_processor_share{suffix}": rounded(idle / 1e3), f"timer_sweep_1000_s{suffix}": swept[0],
            f"timer_sweep_1000_cpu_s{suffix}": swept[1]}


def _idle(bench: Bench, db: Database) -> float:
    watch = bench.stopwatch()
    for _ in range(TICKS):
        with watch.time("look"):
            worker.drain(db)
    return rounded(median(watch.cpu["look"]))


def _arm(bench: Bench, db: Database, at: datetime) -> None:
    with Bulk(db) as bulk:
        bulk.write("timers", ARMED, ((number % bench.sizes.instances + 1, "wait", "wait", at + timedelta(seconds=number), "armed", 5)
                                     for number in range(bench.sizes.waiting_timers)))


def _swept(bench: Bench, db: Database, hand: ManualClock) -> tuple[float, float]:
    for _ in range(bench.sizes.due_timers):
        begin(db, "timed")
    hand.advance(timedelta(days=2))
    wall, cpu = time.perf_counter(), time.process_time()
    steps = worker.drain(db)
    if steps < bench.sizes.due_timers:
        raise RuntimeError(f"expected {bench.sizes.due_timers} timers to be due, but only {steps} steps were done")
    return rounded(time.perf_counter() - wall), rounded(time.process_time() - cpu)


@contextmanager
def _turned() -> Iterator[ManualClock]:
    hand = ManualClock(clock.now())
    before = clock.use(hand)
    try:
        yield hand
    finally:
        clock.use(before)
