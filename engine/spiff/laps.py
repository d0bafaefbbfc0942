"""What went out of the tree and yet came after a step that stays: iterations that were cut out, and work that was gone back over.

Noted on the step that took their place as the first activity that went and the elements it went through: the note does not grow with the
story, and what it covers is found in rows and history.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.util.task import TaskState

from kesu.engine.spiff.trees import Step

NOTE = "lap"


@dataclass(frozen=True)
class Lap:
    """Activities of these elements from `since` up to, and without, `until`, for which the activity `kept` stands."""

    since: int
    until: int
    elements: frozenset[str]
    kept: int | None = None

    def covers(self, element_id: str | None, activity_id: str | None) -> bool:
        """Say whether an activity is one of those that went."""
        return element_id in self.elements and activity_id is not None and self.since <= _number(activity_id) < self.until

    def is_before(self, activity_id: str) -> bool:
        """Say whether an activity was begun after the first of those that went."""
        return self.since < _number(activity_id)

    def written(self) -> list[Any]:
        """Return what is written down of it, as JSON."""
        return [self.since, self.until, sorted(self.elements)]


def read(written: Sequence[Any], kept: int | None = None) -> Lap:
    """Read a lap that was written down."""
    return Lap(written[0], written[1], frozenset(written[2]), kept)


def single(activity_id: str, element_id: str) -> Lap:
    """Return one activity as a lap."""
    number = _number(activity_id)
    return Lap(number, number + 1, frozenset([element_id]))


def untold(step: Step) -> list[Lap]:
    """Return what goes with a step and is not told: what it took the place of, and what was told before, a start caught or work given up."""
    told_before = step._state == (TaskState.COMPLETED if step.triggered else TaskState.CANCELLED)
    return [*_noted(step), *([_own(step)] if told_before else [])]


def whole(steps: Iterable[Step]) -> Lap:
    """Return some steps that go as one lap, with what they had taken the place of themselves."""
    return joined([lap for step in steps for lap in [_own(step), *_noted(step)]])


def note(step: Step, lap: Lap) -> None:
    """Write down what a step takes the place of, beside what was known of that before."""
    step.notes[NOTE] = joined([lap, *_noted(step)]).written()


def _noted(step: Step) -> list[Lap]:
    return [read(step.notes[NOTE], step.id)] if NOTE in step.notes else []


def _own(step: Step) -> Lap:
    return single(str(step.id), step.task_spec.element_key)


def joined(found: Sequence[Lap]) -> Lap:
    """Return several laps as one."""
    return Lap(min(lap.since for lap in found), max(lap.until for lap in found), frozenset().union(*(lap.elements for lap in found)))


def _number(activity_id: str) -> int:
    return int(activity_id.split(".")[0])
