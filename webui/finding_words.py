"""What is wrong with a decision table, for the reader: a word for the kind of finding, then what the rules say of it."""

from typing import Any

from flask_babel import lazy_gettext

from kesu.engine.errors import Invalid
from kesu.rules import Problem
from kesu.webui import phrases

RULES = {
    "overlap": lazy_gettext("Rules overlap"),
    "gap": lazy_gettext("Not covered"),
    "unreachable": lazy_gettext("Never reached"),
    "type": lazy_gettext("Wrong type"),
    "allowed_values": lazy_gettext("Value not allowed"),
    "hit_policy": lazy_gettext("Hit policy"),
    "input": lazy_gettext("Input column"),
    "table": lazy_gettext("Table"),
    "syntax": lazy_gettext("Not FEEL"),
    "unknown_name": lazy_gettext("Unknown name"),
    "requirement": lazy_gettext("Missing requirement"),
    "import": lazy_gettext("Missing import"),
    "cycle": lazy_gettext("Circle"),
    "no_logic": lazy_gettext("No logic"),
}


def told(problem: Problem) -> dict[str, Any]:
    """Return a finding as the table editor wants it."""
    return {"element": problem.element, "rule": problem.rule, "severity": problem.severity, "kind": str(RULES.get(problem.rule, "")),
            "message": phrases.said(problem.message)}


def of_refusal(refusal: Invalid) -> list[dict[str, Any]]:
    """Return the findings that a refusal carries."""
    return [told(problem) for problem in refusal.problems if isinstance(problem, Problem)]
