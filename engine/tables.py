"""Imports every file of the engine that has a table, so that `metadata` is complete."""

from kesu.engine import (  # noqa: F401
    ballots,
    commands,
    copies,
    definitions,
    drafts,
    history,
    identity,
    incidents,
    instances,
    jobs,
    messages,
    packages,
    resources,
    timers,
    tokens,
    user_tasks,
)
