"""Before publishing: everything that speaks against a diagram, of whatever kind, all at once."""

from collections.abc import Callable, Collection, Iterable

from sqlalchemy import Connection

from kesu.engine import approver_checks, name_checks, spiff
from kesu.engine.errors import Invalid
from kesu.engine.parameter_checks import parameter_problems
from kesu.engine.variable_checks import variable_problems

Check = Callable[[], Iterable[spiff.Problem]]


def problems(
    connection: Connection, xml: bytes, known_processes: Collection[str], *, staffed: bool = True
) -> list[spiff.Problem]:
    """Return all problems of a diagram, errors and warnings; one kind hides no other.

    Whether everybody whom it asks is here is looked at only where the company is `staffed`.
    """
    checks: list[Check] = [
        lambda: spiff.validate(xml, known_processes),
        lambda: name_checks.name_problems(connection, spiff.called(xml)),
        lambda: parameter_problems(spiff.called(xml).services),
        lambda: name_checks.clock_problems(xml),
        lambda: approver_checks.problems(connection, xml) if staffed else [],
        lambda: variable_problems(connection, xml),
    ]
    found: dict[tuple[object, ...], spiff.Problem] = {}
    for check in checks:
        for problem in _asked(check):
            found.setdefault((problem.element, problem.rule, str(problem), problem.severity), problem)
    return list(found.values())


def _asked(check: Check) -> list[spiff.Problem]:
    try:
        return list(check())
    except Invalid as wrong:
        return list(wrong.problems)
