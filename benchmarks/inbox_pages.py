"""The inbox of a big company: what a page of it asks of the database, for many people and all boxes, and the same with filters.

A page is what webui/pages/inbox.py asks the engine: the page query, that is one page of a box with one task more; then, beside it, the counts of
all boxes and the kinds in the box. `inbox_` is the page query, `inbox_whole_` all of it.
"""

import random
from collections.abc import Callable

from benchmarks.crowd import PEOPLE
from benchmarks.offices import SQLITE, Bench
from benchmarks.stopwatch import Stopwatch, percentile, rounded
from kesu.complaints.case_words import matching
from kesu.engine import clock, identity, inbox
from kesu.engine.database import Database
from kesu.engine.identity import Person
from kesu.engine.inbox import Filter
from kesu.webui.case_glances import of_department, of_product

PAGE = 41
WORDS = ("words", "no_such_words", "reference", "all")  # the filters that ask for words
SHARES = {"mine": 5, "group": 3, "urged": 1, "cases": 1, "done": 1, "copied": 1}  # how often people look into each
FILTERS: dict[str, Callable[[], Filter]] = {
    "words": lambda: Filter(text="housing", keys=matching("housing")),
    "no_such_words": lambda: Filter(text="nowhere to be found", keys=matching("nowhere to be found")),
    "reference": lambda: Filter(text="KS-2026-1999", keys=matching("KS-2026-1999")),
    "kind": lambda: Filter(definition_key="complaint_handling", element_id="step_4"),
    "product": lambda: Filter(among=(of_product("P77"),)),
    "department": lambda: Filter(among=(of_department("group39"),)),
    "all": lambda: Filter(text="charge", keys=matching("charge"), definition_key="complaint_handling"),
}


def measure(bench: Bench) -> dict[str, float]:
    """Return medians and 99th percentiles on the wall; `inbox_p99_ms_1m` is the slower database's."""
    figures: dict[str, float] = {}
    for kind in bench.databases:
        figures |= _on(bench, bench.crowded(kind), kind)
    for key in ("inbox_p99_ms_1m", "inbox_whole_p99_ms_1m", "inbox_filter_p99_ms_1m", "inbox_filter_ms_1m", "inbox_words_ms_1m"):
        figures[key] = max(figures[f"{key}_{kind}"] for kind in bench.databases)
    return figures


def _on(bench: Bench, db: Database, kind: str) -> dict[str, float]:
    pages, beside, filters = bench.stopwatch(), bench.stopwatch(), bench.stopwatch()
    readers = _readers(bench, db)
    for person, box in readers[: len(inbox.BOXES)]:
        _page(db, person, box, Stopwatch(), Stopwatch())
    for number, (person, box) in enumerate(readers):
        _page(db, person, box, pages, beside)
        if number % 4 == 0:
            for name, narrowed in FILTERS.items():
                _narrowed(db, person, box, name, narrowed(), filters)
    wholes = _together(pages, beside)
    figures = _figures(pages, "inbox", kind) | _figures(wholes, "inbox_whole", kind) | _figures(filters, "inbox_filter", kind)
    for key, wordy in (("inbox_words_ms_1m", True), ("inbox_filter_ms_1m", False)):
        times = [reading for name, readings in filters.wall.items() if (name in WORDS) == wordy for reading in readings]
        figures[f"{key}_{kind}"] = rounded(percentile(times, 0.99))
    return figures | {f"inbox_{box}_p99_ms_1m_{kind}": rounded(percentile(times, 0.99)) for box, times in wholes.wall.items()} | {
        f"inbox_filter_{name}_p99_ms_1m_{kind}": rounded(percentile(times, 0.99)) for name, times in filters.wall.items()}


def _readers(bench: Bench, db: Database) -> list[tuple[Person, str]]:
    """Draw who looks into which box; the three busiest look into all of them."""
    chance = random.Random(2)
    wanted = [(number, box) for number in range(3) for box in inbox.BOXES]
    drawn = chance.choices(list(SHARES), weights=list(SHARES.values()), k=bench.sizes.pages)
    wanted += [(chance.randrange(PEOPLE), box) for box in drawn]
    with db.read() as connection:
        return [(identity.person(connection, f"person{number}"), box) for number, box in wanted]


def _page(db: Database, person: Person, box: str, page: Stopwatch, beside: Stopwatch) -> None:
    with db.read() as connection:
        with page.time(box):
            inbox.page(connection, person, box, Filter(), limit=PAGE)
        with beside.time(box):
            inbox.counts(connection, person, now=clock.now())
            inbox.kinds(connection, person, box)


def _together(first: Stopwatch, second: Stopwatch) -> Stopwatch:
    """Return what two stopwatches read one after the other as one reading each."""
    whole = Stopwatch()
    for name in first.wall:
        whole.wall[name] = [one + two for one, two in zip(first.wall[name], second.wall[name], strict=True)]
        whole.cpu[name] = [one + two for one, two in zip(first.cpu[name], second.cpu[name], strict=True)]
    return whole


def _narrowed(db: Database, person: Person, box: str, name: str, narrowed: Filter, watch: Stopwatch) -> None:
    with watch.time(name), db.read() as connection:
        inbox.page(connection, person, box, narrowed, limit=PAGE)


def _figures(watch: Stopwatch, key: str, kind: str) -> dict[str, float]:
    everything = [reading for times in watch.wall.values() for reading in times]
    processor = [reading for times in watch.cpu.values() for reading in times]
    told = {f"{key}_p50_ms_1m_{kind}": percentile(everything, 0.5), f"{key}_p99_ms_1m_{kind}": percentile(everything, 0.99),
            f"{key}_max_ms_1m_{kind}": max(everything)}
    if kind == SQLITE:
        told |= {f"{key}_p50_cpu_ms_1m_{kind}": percentile(processor, 0.5), f"{key}_p99_cpu_ms_1m_{kind}": percentile(processor, 0.99)}
    return {name: rounded(value) for name, value in told.items()}
