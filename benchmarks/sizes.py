"""How much is done: enough to believe the figures, or just enough to see that the measurements work."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Numbers of repetitions and rows."""

    warm_up: int = 30  # cases before anything is timed
    cases: int = 200  # cases of P1 on each database
    loops: int = 300  # rounds of the rejection loop
    loop_cases: int = 6
    rounds: int = 5  # of peers, one after the other
    peer_cases: int = 30  # of each peer in each round
    process_seconds: float = 8.0  # for one process and for two, each
    due_timers: int = 1_000
    waiting_timers: int = 100_000
    memory: int = 100_000  # completions
    tasks: int = 1_000_000
    instances: int = 200_000
    pages: int = 400  # inbox pages asked for
    backup_megabytes: int = 512  # of photos


FULL = Sizes()
TINY = Sizes(warm_up=1, cases=2, loops=6, loop_cases=1, rounds=1, peer_cases=1, process_seconds=0.3, due_timers=3, waiting_timers=200,
             memory=40, tasks=2_000, instances=400, pages=10, backup_megabytes=2)
