"""FEEL and DMN: a language and its decision tables. Knows nothing of processes or complaints."""

if __name__ != "kesu.rules":
    raise ImportError("import this package as kesu.rules")

from kesu.rules.dmn.decisions import Decisions, Result, load_decisions
from kesu.rules.errors import Problem, RuleError
from kesu.rules.feel.checks import check
from kesu.rules.feel.expressions import evaluate, names, unary_test, unknown_functions
from kesu.rules.feel.json_values import to_json
from kesu.rules.feel.kinds import kind_of
from kesu.rules.feel.values import Range, YearMonthDuration

__all__ = [
    "Decisions",
    "Problem",
    "Range",
    "Result",
    "RuleError",
    "YearMonthDuration",
    "check",
    "evaluate",
    "kind_of",
    "load_decisions",
    "names",
    "to_json",
    "unary_test",
    "unknown_functions",
]
