"""Yes or no: what a condition has to say. What is neither is never taken for a no; the token waits until a person has seen to it."""

from typing import Any, Final

from kesu import rules
from kesu.engine.errors import Rejected
from kesu.engine.spiff.expressions import names_in
from kesu.engine.spiff.scopes import Scope
from kesu.engine.spiff.trees import Step

HELD: Final = (
    "undecided"  # the note of a step that waits for an answer: what must be known to ask again
)
NO: Final = (
    "unanswered is no"  # the note of a step that a person lets go on as if such an answer were a no
)
LONGEST: Final = 80


class Undecided(Exception):
    """A condition was neither true nor false. `told` says where it stands, what it is, what it gave and what it read, as texts."""

    def __init__(self, **told: Any) -> None:
        super().__init__(told)
        self.told = told


def answer(
    step: Step, scope: Scope, expression: str, where: str, more: dict[str, Any] | None = None
) -> bool:
    """Return whether a condition holds, over the variables of a scope (and `more`).

    Raises `Undecided` where it is neither true nor false, or cannot be evaluated.
    """
    value: Any
    try:
        value = step.workflow.evaluate(scope, expression, where, more)
    except Rejected as wrong:
        value = wrong
    if value is True or value is False:
        return value
    if step.notes.get(NO):
        return False
    read = {**scope.visible(), **(more or {})}
    raise Undecided(
        where=where,
        expression=expression[:200],
        value=_shown(value),
        read={name: _shown(read.get(name)) for name in sorted(names_in(expression))},
    )


def hold(step: Step, wrong: Undecided, **known: Any) -> None:
    """Let a step wait until somebody has seen to it that there is an answer; `known` is what asking again needs."""
    if HELD not in step.notes:
        step.workflow.tell("undecided", step, **wrong.told)
    step.notes[HELD] = known


def _shown(value: Any) -> str:
    if isinstance(value, Rejected):
        return str(value.values.get("reason", value))[:LONGEST]
    return str(
        "null"
        if value is None
        else rules.evaluate("string(v)", {"v": value})
        if _is_plain(value)
        else value
    )[:LONGEST]


def _is_plain(value: Any) -> bool:
    return not isinstance(value, (dict, list))
