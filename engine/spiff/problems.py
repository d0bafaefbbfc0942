"""Why a diagram is refused: every reason at once, each with its element, its rule and a sentence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kesu.engine.errors import Invalid, sentence


@dataclass(frozen=True)
class Problem:
    """One reason: which element, which rule (a stable word), the sentence as a template with its values, and how bad."""

    element: str | None
    rule: str
    message: str
    values: dict[str, Any] = field(default_factory=dict)
    severity: str = "error"

    def __str__(self) -> str:
        return self.message.format(**self.values)


@dataclass(frozen=True)
class Question:
    """What only the owner can say before a diagram is published; `required` where publishing waits for the answer."""

    element: str | None
    rule: str
    message: str
    values: dict[str, Any] = field(default_factory=dict)
    required: bool = True


class Problems:
    """Collects reasons while a diagram is read; nothing is refused before all of it has been seen."""

    def __init__(self) -> None:
        self._found: dict[tuple[Any, ...], Problem] = {}  # each once, in the order in which they were found

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found.values())

    def error(self, element: str | None, rule: str, message: str, /, **values: Any) -> None:
        """Note a reason to refuse."""
        self.add(Problem(element, rule, message, values))

    def warning(self, element: str | None, rule: str, message: str, /, **values: Any) -> None:
        """Note something that runs, though perhaps not as meant."""
        self.add(Problem(element, rule, message, values, "warning"))

    def refuse(self) -> None:
        """Raise `Invalid` with everything found, if any of it is an error."""
        if any(p.severity == "error" for p in self):
            raise invalid(self)

    def add(self, problem: Problem) -> None:
        """Note a reason, once."""
        told = (problem.element, problem.rule, str(problem), problem.severity)
        self._found.setdefault(told, problem)


def invalid(problems: Iterable[Problem]) -> Invalid:
    """Make the error that carries these problems, with the worst first in its sentence."""
    found = sorted(problems, key=lambda p: p.severity != "error")
    errors = [p for p in found if p.severity == "error"]
    return Invalid(
        sentence("The diagram cannot be run as it is: {reasons}"),
        found,
        reasons=" ".join(str(p) for p in errors[:5]) + (f" (and {len(errors) - 5} more)" if len(errors) > 5 else ""),
    )
