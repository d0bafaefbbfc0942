"""Who has agreed to what: the decisions of an instance that stand, each about exactly the proposal whose digest its history event carries."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from kesu.engine import history, user_tasks
from kesu.engine.user_tasks import COMPLETED, UserTask

PROPOSED = "proposed"
DECISIONS = ("task_completed", "auto_approved", "task_skipped")
KINDS = (PROPOSED, "ballot_cast", *DECISIONS)


@dataclass(frozen=True)
class Consents:
    """The rounds that approved a proposal and those that rejected it; of both only what no move has undone."""

    approved: tuple[UserTask, ...] = ()
    rejected: tuple[UserTask, ...] = ()


def of(connection: Connection, instance_id: int, digest: str) -> Consents:
    """Return the decisions about the proposal made last in an instance, if that is the one with this digest; else none."""
    told = history.of_kinds(connection, instance_id, KINDS)
    proposed = next((event for event in reversed(told) if event["kind"] == PROPOSED), None)
    if proposed is None or proposed["details"]["digest"] != digest:
        return Consents()
    since = proposed["details"].get("since") or proposed["sequence"]
    later = [event for event in told if event["sequence"] > since]

    def fits(event: dict[str, Any]) -> bool:
        before = event["sequence"] < proposed["sequence"]  # made before digests were kept
        return bool(event["details"].get("read") == digest or (before and "read" not in event["details"]))

    decided = {_round(event) for event in later if event["kind"] in DECISIONS and fits(event)}
    decided -= {_round(event) for event in later if event["kind"] == "ballot_cast" and not fits(event)}
    found = [task for task in user_tasks.of_instance(connection, instance_id)
             if task.state == COMPLETED and task.superseded_by is None and (task.element_id, task.round) in decided]
    return Consents(tuple(task for task in found if task.outcome == "approved"), tuple(task for task in found if task.outcome == "rejected"))


def _round(event: dict[str, Any]) -> tuple[Any, Any]:
    return event["element_id"], event["details"].get("round")
