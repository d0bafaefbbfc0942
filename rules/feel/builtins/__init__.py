"""The built-in functions of the standard, by family. Importing this package declares them all."""

from kesu.rules.feel.builtins import (
    contexts,
    conversions,
    dates,
    intervals,
    json_texts,
    lists,
    logic,
    numbers,
    statistics,
    strings,
)
from kesu.rules.feel.builtins.registry import BUILTINS, Builtin

MULTIWORD_NAMES = frozenset(name for name in BUILTINS if " " in name)
IMPURE = frozenset({"now", "today", "assert"})  # what they say depends on more than their arguments

__all__ = [
    "BUILTINS",
    "IMPURE",
    "MULTIWORD_NAMES",
    "Builtin",
    "contexts",
    "conversions",
    "dates",
    "intervals",
    "json_texts",
    "lists",
    "logic",
    "numbers",
    "statistics",
    "strings",
]
