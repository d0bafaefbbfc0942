"""Peers beside us, round by round on SQLite with the same durability. Those that cannot be installed are left out, and that is said."""

import json
import pathlib
import subprocess
from statistics import median
from typing import Any

from benchmarks import diagrams
from benchmarks.cases import COMPLAINT, answer, begin, open_task, submission
from benchmarks.offices import SQLITE, Bench
from benchmarks.peers import raw_spiff, scratch
from benchmarks.stopwatch import Stopwatch, rounded
from kesu.engine.database import Database

HERE = pathlib.Path(__file__).parent / "peers"


def measure(bench: Bench) -> dict[str, float]:
    """Return what each needs for a start, a completion and a completion after so many loops; ours in the same rounds."""
    times: dict[str, Stopwatch] = {name: Stopwatch() for name in ("kesu", "raw_spiff")}
    outside = _outside()
    with bench.office(SQLITE) as db:
        for _ in range(bench.sizes.rounds):
            _ours(bench, db, times["kesu"])
            _spiff(bench, times["raw_spiff"])
            for name, (command, folder) in outside.items():
                _told(bench, times.setdefault(name, Stopwatch()), command, folder)
    return _figures(times)


def _outside() -> dict[str, tuple[list[str], pathlib.Path]]:
    found: dict[str, tuple[list[str], pathlib.Path]] = {}
    try:
        interpreter = scratch.python("viewflow", "django-viewflow>=2.2", "django>=5,<6")
        found["viewflow"] = [str(interpreter), str(HERE / "viewflow_case.py")], HERE
        program, folder = scratch.node("bpmn-engine", "bpmn-engine@25")
        found["bpmn_engine"] = [str(program), "--no-warnings", str(HERE / "bpmn_engine.js")], folder
    except scratch.Unreachable as error:
        print(f"  a peer is left out, its registry cannot be reached: {error}")
    return found


def _ours(bench: Bench, db: Database, watch: Stopwatch) -> None:
    for number in range(-bench.sizes.warm_up // 10, bench.sizes.peer_cases):
        kept = watch if number >= 0 else Stopwatch()
        with kept.time("start"):
            case = begin(db, "p1")
        for _ in range(2):
            task = open_task(db, case)
            with kept.time("complete"):
                answer(db, task)
    case = begin(db, "p2")
    for number in range(bench.sizes.loops + 5):
        task = open_task(db, case)
        with (watch if number >= bench.sizes.loops else Stopwatch()).time("late"):
            answer(db, task, again=True)


def _spiff(bench: Bench, watch: Stopwatch) -> None:
    office = raw_spiff.Office(bench.file())
    for case_number in range(-bench.sizes.warm_up // 10, bench.sizes.peer_cases):
        kept = watch if case_number >= 0 else Stopwatch()
        with kept.time("start"):
            case = office.begin("p1")
        for _ in range(2):
            with kept.time("complete"):
                office.answer(case)
    case = office.begin("p2")
    for turn in range(bench.sizes.loops + 5):
        with (watch if turn >= bench.sizes.loops else Stopwatch()).time("late"):
            office.answer(case, again=True)


def _told(bench: Bench, watch: Stopwatch, command: list[str], folder: pathlib.Path) -> None:
    asked: dict[str, Any] = {
        "path": bench.file(), "cases": bench.sizes.peer_cases, "loops": bench.sizes.loops, "warmUp": bench.sizes.warm_up // 10 + 1,
        "complaint": COMPLAINT, "submission": submission(),
        "diagrams": {"p1": diagrams.p1(diagrams.NODE).decode(), "p2": diagrams.p2(diagrams.NODE).decode()},
    }
    told = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, cwd=folder, check=False)
    if told.returncode:
        raise RuntimeError(f"{command[-1]} failed: {told.stderr[-2000:]}")
    for reading, values in json.loads(told.stdout).items():
        watch.cpu[reading] += [cpu for cpu, _ in values]
        watch.wall[reading] += [wall for _, wall in values]


def _figures(times: dict[str, Stopwatch]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, watch in times.items():
        for reading, key in (("start", "start"), ("complete", "completion"), ("late", "loop300")):
            figures |= watch.figures(reading, f"peer_{name}_{key}")
        if name != "kesu":
            figures[f"completion_over_{name}"] = rounded(median(times["kesu"].cpu["complete"]) / median(watch.cpu["complete"]))
    return figures
