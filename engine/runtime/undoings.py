"""What going back undoes: activities of the run, and what came of them earlier that is in rows and history only."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from kesu.engine import history, spiff, user_tasks
from kesu.engine.user_tasks import UserTask


@dataclass(frozen=True)
class Undoing:
    """The activities that leave the run, and the laps that had left it before in favour of one of them."""

    activities: frozenset[str]
    laps: tuple[spiff.Lap, ...]

    def but(self, activity_id: str) -> "Undoing":
        """Return the same without one activity."""
        return Undoing(self.activities - {activity_id}, self.laps)

    def laps_cover(self, element_id: str | None, activity_id: str | None) -> bool:
        """Say whether an activity is undone that had left the run before."""
        return activity_id not in self.activities and any(lap.covers(element_id, activity_id) for lap in self.laps)


def of_run(run: spiff.Run) -> Undoing:
    """Return what has been undone in a run since it was restored."""
    gone = (happening.activity_id for happening in run.happenings if happening.kind == "cancelled")
    return Undoing(frozenset(activity_id for activity_id in gone if activity_id), tuple(run.laps))


def rounds(connection: Connection, instance_id: int, undoing: Undoing) -> list[UserTask]:
    """Return the rounds that are undone, in order of creation; of those that had left the run before only what still counts."""
    found = user_tasks.of_activities(connection, instance_id, undoing.activities)
    if undoing.laps:
        earlier = user_tasks.standing(connection, instance_id, _elements(undoing.laps))
        found += [each for each in earlier if undoing.laps_cover(each.element_id, each.activity_id)]
    return sorted(found, key=lambda task: task.id)


def events(connection: Connection, instance_id: int, undoing: Undoing) -> list[dict[str, Any]]:
    """Return the events of history about what is undone, in order."""
    found = history.of_activities(connection, instance_id, undoing.activities)
    if undoing.laps:
        earlier = history.of_elements(connection, instance_id, _elements(undoing.laps))
        found += [each for each in earlier if undoing.laps_cover(each["element_id"], each["activity_id"])]
    return sorted(found, key=lambda event: int(event["sequence"]))


def _elements(laps: Iterable[spiff.Lap]) -> set[str]:
    return {element_id for lap in laps for element_id in lap.elements}
