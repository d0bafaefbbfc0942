"""Due timers of many cases at once: thought over on one reading, written in one transaction.

Each case's part is what `work.fire_timer` would have written alone. Whatever is in the way of one (somebody was first, a case that cannot go
on) undoes the whole transaction, and each timer is fired by itself.
"""

import logging
from collections.abc import Sequence

from kesu.engine import history, instances
from kesu.engine.database import Database
from kesu.engine.identity import SYSTEM
from kesu.engine.runtime.steps import Step, follow
from kesu.engine.runtime.work import fire_timer, firing
from kesu.engine.timers import Timer

TOGETHER = 50  # cases that are locked at the same time, for two milliseconds each
log = logging.getLogger(__name__)


def fire_timers(db: Database, due: Sequence[Timer]) -> int:
    """Fire due timers, of each case the first; return how many that were."""
    first = {timer.instance_id: timer for timer in reversed(due)}
    timers = [first[instance_id] for instance_id in sorted(first)]  # in one order, so that two workers never wait for each other
    if len(timers) < 2 or not _fired_together(db, timers):
        for timer in sorted(timers, key=lambda timer: (timer.due_at, timer.id)):
            fire_timer(db, timer)
    return len(timers)


def _fired_together(db: Database, timers: Sequence[Timer]) -> bool:
    try:
        steps = _thought_over(db, timers)
        with db.write() as connection:
            moved = [(step, step.write_rows(connection)) for step in steps]
            history.append_to_all(connection, {instance_id: step.events for step, instance_id in moved})
    except Exception as reason:  # nothing was written; fired alone, each is retried or becomes an incident by itself
        log.info("timers are fired one by one: %s", type(reason).__name__, extra={"action": "sweep_split"})
        return False
    for step, instance_id in moved:
        follow(db, step, instance_id)
    return True


def _thought_over(db: Database, timers: Sequence[Timer]) -> list[Step]:
    steps = []
    with db.read() as connection:
        found = instances.of_ids(connection, [timer.instance_id for timer in timers])
        for timer in timers:
            step = Step.load(db, connection, found[timer.instance_id], actor=SYSTEM)
            firing(timer)(step)
            step.settle()
            steps.append(step)
    return steps
