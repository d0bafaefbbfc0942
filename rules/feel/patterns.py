"""Regular expressions as XPath and XQuery define them (which FEEL refers to), matched so that none can run away.

A pattern is compiled to a small program for a backtracking machine that remembers where it has already failed; its time
is then bounded by pattern times text. Only back-references forbid remembering; those are bounded by a count of steps.
Where every match starts with one of some characters, only those places are tried.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from kesu.rules.errors import LimitExceeded
from kesu.rules.feel.pattern_programs import Instruction, first_characters
from kesu.rules.feel.pattern_syntax import PatternError, translate
from kesu.rules.limits import (
    PATTERN_STEPS,
    STEPS,
    charge,
    charge_text,
    check_list,
    check_string,
    current,
)

_STEPS_A_CHARGE = 2  # steps of matching that count as one of the evaluation
_SEARCH_STEPS = 3  # what starting to match takes


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled regular expression."""

    program: tuple[Instruction, ...]
    groups: int
    remembers: bool
    starts: re.Pattern[str] | None  # finds the places where a match may start

    def search(self, text: str, start: int, meter: "Meter | None" = None) -> tuple[int, ...] | None:
        """Return the places of the first match at or after `start` (start and end a group), or None."""
        meter = meter or Meter()
        charge(_SEARCH_STEPS)
        failed: set[int] | _Forgetful = set() if self.remembers else _Forgetful()
        before = meter.left
        matches = (self._match(text, position, failed, meter) for position in self._tried(text, start))
        found = next((match for match in matches if match is not None), None)
        charge_text((len(text) if found is None else found[1]) - start)
        charge((before - meter.left) // _STEPS_A_CHARGE)
        return found

    def _tried(self, text: str, start: int) -> Iterator[int]:
        if self.starts is None:
            yield from range(start, len(text) + 1)
            return
        while (found := self.starts.search(text, start)) is not None:
            yield found.start()
            start = found.start() + 1

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return start and end of every match that is not empty, from left to right."""
        return [(found[0], found[1]) for found in self._all(text)]

    def replace(self, text: str, replacement: str) -> str | None:
        """Put the replacement in for every match; None if the replacement is malformed or the pattern matches nothing."""
        if self.search("", 0) is not None:
            return None
        pieces, at = _pieces(replacement, self.groups), 0
        if pieces is None:
            return None
        matches = self._all(text)
        charge(len(matches) * len(pieces))
        check_string(_size_replaced(text, matches, pieces))
        result: list[str] = []
        for found in matches:
            result.append(text[at : found[0]])
            result.extend(piece if isinstance(piece, str) else _group(text, found, piece) for piece in pieces)
            at = found[1]
        result.append(text[at:])
        return "".join(result)

    def split(self, text: str) -> list[str] | None:
        """Return the parts between the matches; None if the pattern matches nothing."""
        if self.search("", 0) is not None:
            return None
        parts, at = [], 0
        for start, end in self.spans(text):
            parts.append(text[at:start])
            at = end
        return [*parts, text[at:]]

    def _all(self, text: str) -> list[tuple[int, ...]]:
        meter, found, at = Meter(), [], 0
        while at <= len(text) and (match := self.search(text, at, meter)) is not None:
            if match[1] > match[0]:
                found.append(match)
            at = max(match[1], match[0] + (match[1] == match[0]))
            check_list(len(found))
        return found

    def _match(
        self, text: str, start: int, failed: "set[int] | _Forgetful", meter: "Meter"
    ) -> tuple[int, ...] | None:
        stack = [(0, start, (-1,) * (2 * self.groups + 2))]
        program, width, size = self.program, len(self.program), len(text)
        while stack:
            at, position, places = stack.pop()
            while position >= 0 and (state := position * width + at) not in failed:
                meter.step()
                failed.add(state)
                kind, first, second, _ = program[at]
                at += 1
                if kind == "take":
                    meter.left -= second
                    position = position + 1 if position < size and first(text[position]) else -1
                elif kind == "split":
                    stack.append((second, position, places))
                    at = first
                elif kind == "jump":
                    at = first
                elif kind == "step":
                    position = first(text, position, places)
                elif kind == "save":
                    meter.left -= second
                    places = (*places[:first], position, *places[first + 1 :])
                else:
                    return places
        return None


class Meter:
    """Counts the steps of one use of a pattern, which are no more than the evaluation may still spend."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        budget = current()
        allowed = PATTERN_STEPS if budget is None else budget.left * _STEPS_A_CHARGE
        self.left = min(PATTERN_STEPS, allowed)

    def step(self) -> None:
        """Count one step; raises LimitExceeded when there are too many."""
        self.left -= 1
        if self.left < 0:
            raise LimitExceeded(
                f"matching regular expressions takes more than {PATTERN_STEPS:,} steps for one"
                f" text, or what is left of {STEPS:,} of the evaluation"
            )


class _Forgetful:
    """Stands in for the places where matching has failed, where it depends on more than the place."""

    def __contains__(self, state: int) -> bool:
        return False

    def add(self, state: int) -> None:
        """Forget a place."""


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> Pattern | None:
    """Compile a pattern with the flags s, m, i, x and q; None if it is not one of XPath's."""
    if not set(flags) <= set("smixq"):
        return None
    charge(len(pattern))
    try:
        program, groups, backwards = translate(pattern, flags)
    except PatternError:
        return None
    charge(len(program))
    first = first_characters(program)
    return Pattern(program, groups, not backwards, re.compile(f"[{first}]") if first else None)


def _pieces(replacement: str, groups: int) -> list[str | int] | None:
    charge(len(replacement) // 4)
    pieces: list[str | int] = []
    at = 0
    while at < len(replacement):
        character, after = replacement[at], replacement[at + 1 : at + 2]
        if character == "\\":
            if after not in ("\\", "$") or not after:
                return None
            pieces.append(after)
            at += 2
        elif character == "$":
            if not (after.isascii() and after.isdigit()):
                return None
            number, at = _group_number(replacement, at + 1, groups)
            pieces.append(number)
        else:
            pieces.append(character)
            at += 1
    return [
        piece
        for literal, run in groupby(pieces, lambda piece: isinstance(piece, str))
        for piece in (["".join(map(str, run))] if literal else run)
    ]


def _size_replaced(text: str, matches: list[tuple[int, ...]], pieces: list[str | int]) -> int:
    kept = len(text) - sum(found[1] - found[0] for found in matches)
    written = sum(len(piece) for piece in pieces if isinstance(piece, str)) * len(matches)
    numbers = [piece for piece in pieces if isinstance(piece, int)]
    return kept + written + sum(_group_size(found, number) for found in matches for number in numbers)


def _group_number(replacement: str, at: int, groups: int) -> tuple[int, int]:
    number = int(replacement[at])
    at += 1
    while at < len(replacement) and replacement[at] in "0123456789" and number * 10 + int(replacement[at]) <= groups:
        number = number * 10 + int(replacement[at])
        at += 1
    return number, at


def _group(text: str, found: tuple[int, ...], number: int) -> str:
    size = _group_size(found, number)
    return text[found[2 * number] : found[2 * number] + size] if size else ""


def _group_size(found: tuple[int, ...], number: int) -> int:
    if 2 * number + 1 >= len(found) or found[2 * number + 1] < 0:
        return 0
    return found[2 * number + 1] - found[2 * number]


