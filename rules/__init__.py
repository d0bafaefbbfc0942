"""FEEL and DMN: a language and its decision tables. Knows nothing of processes or complaints."""

if __name__ != "kesu.rules":
    raise ImportError("import this package as kesu.rules")

from kesu.rules.errors import Problem, RuleError
from kesu.rules.feel.expressions import evaluate, names, unary_test
from kesu.rules.feel.values import Range, YearMonthDuration, to_json

__all__ = ["Problem", "Range", "RuleError", "YearMonthDuration", "evaluate", "names", "to_json", "unary_test"]
