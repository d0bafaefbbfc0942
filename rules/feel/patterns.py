"""Regular expressions as XPath and XQuery define them (which FEEL refers to), matched so that none can run away.

A pattern is compiled to a small program for a backtracking machine that remembers where it has already failed; its time
is then bounded by pattern times text. Only back-references forbid remembering; those are bounded by a count of steps.
"""

from dataclasses import dataclass
from functools import lru_cache

from kesu.rules.errors import LimitExceeded
from kesu.rules.feel.pattern_programs import Instruction
from kesu.rules.feel.pattern_syntax import PatternError, translate
from kesu.rules.limits import PATTERN_STEPS, charge, check_list, check_string

_STEPS_A_CHARGE = 8  # steps of matching that count as one of the evaluation


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled regular expression."""

    program: tuple[Instruction, ...]
    groups: int
    remembers: bool

    def search(self, text: str, start: int, meter: "Meter | None" = None) -> tuple[int, ...] | None:
        """Return the places of the first match at or after `start` (start and end a group), or None."""
        meter = meter or Meter()
        failed: set[tuple[int, int]] | None = set() if self.remembers else None
        before = meter.left
        matches = (self._match(text, position, failed, meter) for position in range(start, len(text) + 1))
        found = next((match for match in matches if match is not None), None)
        charge((before - meter.left) // _STEPS_A_CHARGE)
        return found

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
        result: list[str] = []
        for found in self._all(text):
            result.append(text[at : found[0]])
            result.extend(piece if isinstance(piece, str) else _group(text, found, piece) for piece in pieces)
            at = found[1]
        result.append(text[at:])
        check_string(sum(map(len, result)))
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

    def _match(self, text: str, start: int, failed: set[tuple[int, int]] | None, meter: "Meter") -> tuple[int, ...] | None:
        stack = [(0, start, (-1,) * (2 * self.groups + 2))]
        while stack:
            at, position, places = stack.pop()
            while position >= 0:
                meter.step()
                if failed is not None:
                    if (at, position) in failed:
                        break
                    failed.add((at, position))
                kind, first, second = self.program[at]
                at += 1
                if kind == "step":
                    position = first(text, position, places)
                elif kind == "split":
                    stack.append((second, position, places))
                    at = first
                elif kind == "jump":
                    at = first
                elif kind == "save":
                    places = (*places[:first], position, *places[first + 1 :])
                else:
                    return places
        return None


class Meter:
    """Counts the steps of one use of a pattern."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = PATTERN_STEPS

    def step(self) -> None:
        """Count one step; raises LimitExceeded when there are too many."""
        self.left -= 1
        if self.left < 0:
            raise LimitExceeded(f"matching a regular expression takes more than {PATTERN_STEPS} steps")


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> Pattern | None:
    """Compile a pattern with the flags s, m, i, x and q; None if it is not one of XPath's."""
    if not set(flags) <= set("smixq"):
        return None
    try:
        program, groups, backwards = translate(pattern, flags)
    except PatternError:
        return None
    return Pattern(program, groups, not backwards)


def _pieces(replacement: str, groups: int) -> list[str | int] | None:
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
    return pieces


def _group_number(replacement: str, at: int, groups: int) -> tuple[int, int]:
    number = int(replacement[at])
    at += 1
    while at < len(replacement) and replacement[at] in "0123456789" and number * 10 + int(replacement[at]) <= groups:
        number = number * 10 + int(replacement[at])
        at += 1
    return number, at


def _group(text: str, found: tuple[int, ...], number: int) -> str:
    if 2 * number + 1 >= len(found) or found[2 * number + 1] < 0:
        return ""
    return text[found[2 * number] : found[2 * number + 1]]


