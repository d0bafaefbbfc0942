"""One wrong field of what a person or a program handed in, as a sentence that can be said in the reader's language."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from kesu.engine.errors import Invalid


@dataclasses.dataclass(frozen=True)
class FieldProblem:
    """What is wrong with a field: `template` is an English sentence with places for `values`."""

    field: str
    template: str
    values: dict[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)


def refuse_if_any(problems: Sequence[FieldProblem], template: str, **values: Any) -> None:
    """Raise `Invalid` with all the problems, if there are any; the sentence may use {count} and {problems}."""
    if problems:
        told = " ".join(str(problem) for problem in problems)
        raise Invalid(template, problems, count=len(problems), problems_told=told, **values)
