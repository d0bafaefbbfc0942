"""The built-in functions of the standard, by family. Importing this package declares them all."""

from kesu.rules.feel.builtins import contexts, conversions, dates, intervals, lists, logic, numbers, statistics, strings
from kesu.rules.feel.builtins.registry import BUILTINS, Builtin

MULTIWORD_NAMES = frozenset(name for name in BUILTINS if " " in name)

__all__ = [
    "BUILTINS",
    "MULTIWORD_NAMES",
    "Builtin",
    "contexts",
    "conversions",
    "dates",
    "intervals",
    "lists",
    "logic",
    "numbers",
    "statistics",
    "strings",
]
