"""Batches: the same commands many times, each on its own, with a result an item. One that is refused holds up none of the others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kesu.engine.database import Database
from kesu.engine.errors import Invalid, Rejected, sentence
from kesu.engine.runtime.completions import complete
from kesu.engine.runtime.moves import move
from kesu.engine.runtime.starts import Moved
from kesu.engine.runtime.votes import vote

MOST = 500
ACTS: dict[str, Callable[..., Moved]] = {"complete": complete, "vote": vote, "move": move}


@dataclass(frozen=True)
class Result:
    """What became of one item: where the instance stands, or why it was refused."""

    task_id: int
    moved: Moved | None = None
    refused: Rejected | None = None

    @property
    def problem(self) -> str:
        """Return the sentence of a refusal; empty where it was done."""
        return "" if self.refused is None else str(self.refused)


def batch(db: Database, act: str, task_ids: Iterable[int], *, actor: str, idempotency_key: str | None = None, **given: Any) -> list[Result]:
    """Do `complete`, `vote` or `move` with the same particulars on many tasks; return one result an item, in order.

    Raises `Invalid` for an unknown act and for more than 500 items, before anything is done.
    """
    given_ids = list(task_ids)
    if any(not isinstance(each, int) or isinstance(each, bool) for each in given_ids):
        raise Invalid(sentence("Expected the ids of tasks as whole numbers."))
    wanted = list(dict.fromkeys(given_ids))
    if act not in ACTS or len(wanted) > MOST:
        raise Invalid(sentence("Expected complete, vote or move on at most {most} tasks, but got {act} on {count}."), most=MOST, act=act,
                      count=len(wanted))
    return [_one(db, ACTS[act], task_id, actor, idempotency_key, given) for task_id in wanted]


def _one(db: Database, act: Callable[..., Moved], task_id: int, actor: str, key: str | None, given: Mapping[str, Any]) -> Result:
    try:
        return Result(task_id, act(db, task_id, actor=actor, idempotency_key=f"{key}/{task_id}" if key else None, **given))
    except Rejected as error:
        return Result(task_id, refused=error)
