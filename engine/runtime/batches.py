"""Batches: the same commands many times, each on its own, with a result an item. One that is refused holds up none of the others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kesu.engine import claims, identity, instances, parties
from kesu.engine.database import Database
from kesu.engine.errors import Invalid, Rejected, sentence
from kesu.engine.runtime.completions import complete
from kesu.engine.runtime.moves import move
from kesu.engine.runtime.starts import Moved
from kesu.engine.runtime.votes import vote
from kesu.engine.user_tasks import UserTask

MOST = 500


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


def batch(db: Database, act: str, task_ids: Iterable[int], *, actor: str, idempotency_key: str | None = None,
          each: Mapping[int, Mapping[str, Any]] | None = None, **given: Any) -> list[Result]:
    """Do `complete`, `vote`, `move`, `claim` or `release` on many tasks; return one result an item, in order.

    `given` are the same particulars for all, `each` those of single items, such as the version seen.
    Raises `Invalid` for an unknown act and for more than 500 items, before anything is done.
    """
    given_ids = list(task_ids)
    if any(not isinstance(task_id, int) or isinstance(task_id, bool) for task_id in given_ids):
        raise Invalid(sentence("Expected the ids of tasks as whole numbers."))
    wanted = list(dict.fromkeys(given_ids))
    if act not in ACTS or len(wanted) > MOST:
        raise Invalid(sentence("Expected {acts} on at most {most} tasks, but got {act} on {count}."), acts=", ".join(ACTS), most=MOST, act=act,
                      count=len(wanted))
    return [_one(db, ACTS[act], task_id, actor, idempotency_key, {**given, **(each or {}).get(task_id, {})}) for task_id in wanted]


def _one(db: Database, act: Callable[..., Moved], task_id: int, actor: str, key: str | None, given: Mapping[str, Any]) -> Result:
    try:
        _check_seen(db, task_id, actor)
        return Result(task_id, act(db, task_id, actor=actor, idempotency_key=f"{key}/{task_id}" if key else None, **given))
    except Rejected as error:
        return Result(task_id, refused=error)


def _check_seen(db: Database, task_id: int, actor: str) -> None:
    """Raise `NotFound` for a task that is hidden from this person: a refusal would tell that it is there."""
    with db.read() as connection:
        person = identity.find_person(connection, actor)
        if person is not None:
            parties.visible(connection, task_id, person)


def _shared(act: Callable[..., UserTask]) -> Callable[..., Moved]:
    """Let an act on the shared list, which carries no key (the version seen guards it), stand beside the others."""

    def do(db: Database, task_id: int, *, actor: str, seen: int | None = None, **_others: Any) -> Moved:
        task = act(db, task_id, actor=actor, seen=seen)
        with db.read() as connection:
            return Moved(task.instance_id, instances.find(connection, task.instance_id).state)

    return do


ACTS: dict[str, Callable[..., Moved]] = {
    "complete": complete, "vote": vote, "move": move, "claim": _shared(claims.claim), "release": _shared(claims.release),
}
