"""Imports every file of the engine that has a table, so that `metadata` is complete."""

from kesu.engine import (  # noqa: F401
    ballots,
    clock_watch,
    commands,
    copies,
    deeds,
    definitions,
    deputies,
    drafts,
    due_dates,
    history,
    identity,
    incidents,
    instances,
    jobs,
    messages,
    packages,
    resources,
    start_timers,
    timers,
    tokens,
    urges,
    user_tasks,
)
from kesu.engine.backups import openings, runs  # noqa: F401
