"""Latches: variables that once true stay true, whoever answers. Named by the rooms above; the engine knows none of its own.

What is latched is lowered only by the act that was made for it (`runtime.correct`). A person or a program that would lower it on
the way is told so, and nothing of theirs is done; what a service task or a signal says is taken without that part.
"""

from collections.abc import Mapping
from typing import Any

from kesu.engine.errors import Conflict

_held: dict[str, str] = {}  # name -> the sentence that says which act lowers it


def hold(name: str, sentence: str) -> None:
    """Latch a variable in every process of the program; the sentence says how it is lowered instead."""
    _held[name] = sentence


def lowered(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, str]:
    """Return what `wanted` would lower of what is `known`: name and the sentence that says how it is done instead."""
    return {name: text for name, text in _held.items()
            if name in wanted and known.get(name) is True and wanted[name] is not True}


def check(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raise `Conflict` where something would be lowered that only its own act lowers."""
    for text in lowered(known, wanted).values():
        raise Conflict(text)


def kept(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return `wanted` without what it would lower."""
    doomed = lowered(known, wanted)
    return {name: value for name, value in wanted.items() if name not in doomed}
