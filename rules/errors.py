"""The one error of this room, and the problems that a check lists. Nothing a caller passes in raises anything else."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an expression or a table, with its place.

    `rule` is a stable word for the kind of problem; `element` the id of the cell or element of a DMN file; `severity` is
    "error" (it cannot be evaluated right) or "warning" (it can, but probably not as meant).
    """

    message: str
    rule: str = "syntax"
    element: str | None = None
    position: int | None = None
    line: int | None = None
    column: int | None = None
    severity: str = "error"

    def __str__(self) -> str:
        place = f"{self.element}: " if self.element else ""
        at = f" (line {self.line}, column {self.column})" if self.line else ""
        return f"{place}{self.message}{at}"


class RuleError(Exception):
    """An expression, a table or a value cannot be used; `problems` says what and where."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = list(problems) or [Problem(message, "evaluation")]

    @property
    def problem(self) -> Problem:
        """The first problem, which is the reason of the error."""
        return self.problems[0]


class FeelSyntaxError(RuleError):
    """The text is not FEEL; the problem carries position, line and column (both counted from 1)."""

    def __init__(self, message: str, text: str, position: int, rule: str = "syntax") -> None:
        before = text[:position]
        line = before.count("\n") + 1
        column = position - (before.rfind("\n") + 1) + 1
        problem = Problem(message, rule, None, position, line, column)
        super().__init__(str(problem), [problem])


class LimitExceeded(RuleError):
    """The expression asks for more than `limits` allows."""

    def __init__(self, message: str) -> None:
        super().__init__(message, [Problem(message, "limit")])
