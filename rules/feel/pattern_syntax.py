"""The syntax of XPath's regular expressions, translated to the program `patterns` runs."""

from collections.abc import Callable
from typing import Any

from kesu.rules.errors import LimitExceeded
from kesu.rules.feel.characters import BLOCKS, CharacterSet, any_character, category, class_escape
from kesu.rules.feel.pattern_programs import (
    Instruction,
    Program,
    again,
    at_end,
    at_line_end,
    at_line_start,
    at_start,
    either,
    fold,
    joined,
    looking,
    not_line_end,
    repeated,
    taking,
    taking_one,
    weighed,
)
from kesu.rules.limits import PATTERN_LENGTH, PATTERN_SIZE

_SINGLE = {"n": "\n", "r": "\r", "t": "\t"}
_QUOTED = frozenset("\\|.-^?*+{}()[]$")
_DEEPEST = 40


class PatternError(Exception):
    """Not a regular expression of XPath."""


def translate(pattern: str, flags: str) -> tuple[tuple[Instruction, ...], int, bool]:
    """Return the program, the number of groups, and whether there are back-references; raises PatternError."""
    if len(pattern) > PATTERN_LENGTH:
        raise LimitExceeded(f"a regular expression has more than {PATTERN_LENGTH} characters")
    reader = _Reader(pattern if "x" not in flags or "q" in flags else _squeezed(pattern), flags)
    body = reader.literal() if "q" in flags else reader.whole()
    start: Program = [("save", 0, None, None)]
    end: Program = [("save", 1, None, None), ("match", None, None, None)]
    return weighed(joined(start, body, end), reader.groups), reader.groups, reader.backwards


def _squeezed(pattern: str) -> str:
    kept, depth, at = [], 0, 0
    while at < len(pattern):
        size = 2 if pattern[at] == "\\" and depth else 1
        character = pattern[at : at + size]
        depth += (character == "[") - (character == "]" and depth > 0)
        if depth or character not in " \t\n\r":
            kept.append(character)
        at += size
    return "".join(kept)


class _Reader:
    """Reads a pattern from left to right and writes its program. Jumps are relative to their piece until it is placed."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.any_case = "i" in flags
        self.dot_all = "s" in flags
        self.lines = "m" in flags
        self.groups = 0
        self.closed: set[int] = set()
        self.backwards = False
        self.depth = 0

    def literal(self) -> Program:
        return [self._take(character) for character in self.pattern]

    def whole(self) -> Program:
        program = self._alternatives()
        if self.at < len(self.pattern):
            raise PatternError
        return program

    def _peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _next(self) -> str:
        character = self._peek()
        if not character:
            raise PatternError
        self.at += 1
        return character

    def _accept(self, text: str) -> bool:
        if self.pattern.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def _alternatives(self) -> Program:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise LimitExceeded(f"a regular expression is nested more than {_DEEPEST} deep")
        sequences = [self._sequence()]
        while self._accept("|"):
            sequences.append(self._sequence())
        self.depth -= 1
        return either(*sequences)

    def _sequence(self) -> Program:
        parts = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._quantified())
        return joined(*parts)

    def _quantified(self) -> Program:
        atom = self._atom()
        least, most = self._quantity()
        if (least, most) == (1, 1):
            return atom
        lazy = self._accept("?")
        return repeated(atom, least, most, lazy)

    def _quantity(self) -> tuple[int, int | None]:
        for sign, quantity in (("?", (0, 1)), ("*", (0, None)), ("+", (1, None))):
            if self._accept(sign):
                return quantity
        return self._counted() if self._accept("{") else (1, 1)

    def _counted(self) -> tuple[int, int | None]:
        least = self._digits()
        most: int | None = least
        if self._accept(","):
            most = None if self._peek() == "}" else self._digits()
        if not self._accept("}") or (most is not None and most < least):
            raise PatternError
        if (least, most) == (1, 1):
            self._accept("?")
        return least, most

    def _digits(self) -> int:
        start = self.at
        while self._peek() in tuple("0123456789"):
            self.at += 1
        if self.at == start:
            raise PatternError
        return min(int(self.pattern[start : self.at][:6]), PATTERN_SIZE)

    def _atom(self) -> Program:
        character = self._next()
        if character == "(":
            return self._group()
        if character == "[":
            members = self._set()
            return [taking(members.has, members.weight, members.as_class())]
        if character == "\\":
            return self._escape()
        if character == ".":
            return [taking(any_character if self.dot_all else not_line_end)]
        if character in "^$":
            return [looking(self._edge(character))]
        if character in "?*+{}]":
            raise PatternError
        return [self._take(character)]

    def _take(self, character: str) -> Instruction:
        folded = fold(character)
        if self.any_case and (folded != character or character.upper() != character):
            return taking(lambda other: fold(other) == folded)
        return taking_one(character)

    def _edge(self, sign: str) -> Callable[[str, int], bool]:
        if sign == "^":
            return at_line_start if self.lines else at_start
        return at_line_end if self.lines else at_end

    def _group(self) -> Program:
        if self._accept("?:"):
            body = self._alternatives()
            self._close()
            return body
        if self._peek() == "?":
            raise PatternError
        self.groups += 1
        number = self.groups
        body = self._alternatives()
        self._close()
        self.closed.add(number)
        start: Program = [("save", 2 * number, None, None)]
        return joined(start, body, [("save", 2 * number + 1, None, None)])

    def _close(self) -> None:
        if not self._accept(")"):
            raise PatternError

    def _escape(self) -> Program:
        character = self._peek()
        if character.isascii() and character.isdigit():
            return [again(self._back_reference(), self.any_case)]
        found = self._class_or_single()
        return [self._take(found) if isinstance(found, str) else taking(found)]

    def _back_reference(self) -> int:
        number = int(self._next())
        while self._peek().isascii() and self._peek().isdigit() and number * 10 + int(self._peek()) <= self.groups:
            number = number * 10 + int(self._next())
        if number not in self.closed:
            raise PatternError
        self.backwards = True
        return number

    def _class_or_single(self) -> str | Callable[[str], bool]:
        character = self._next()
        if character in _SINGLE:
            return _SINGLE[character]
        if character in _QUOTED:
            return character
        if character in "pP":
            return self._property(character == "P")
        test = class_escape(character)
        if test is None:
            raise PatternError
        return test

    def _property(self, negated: bool) -> Callable[[str], bool]:
        end = self.pattern.find("}", self.at)
        if not self._accept("{") or end < 0:
            raise PatternError
        name, self.at = self.pattern[self.at : end], end + 1
        test = BLOCKS.get(name[2:]) if name.startswith("Is") else category(name)
        if test is None:
            raise PatternError
        return (lambda character: not test(character)) if negated else test

    def _set(self) -> CharacterSet:
        found = CharacterSet(negated=self._accept("^"), any_case=self.any_case)
        first = True
        while first or self._peek() != "]":
            first = False
            if self._accept("-["):
                found.without = self._set()
                if self._peek() != "]":
                    raise PatternError
                break
            self._member(found)
        self._next()
        return found

    def _member(self, found: CharacterSet) -> None:
        low = self._set_character()
        if not isinstance(low, str):
            found.tests.append(low)
            return
        ranged = self._peek() == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("]", "[", "")
        high: Any = low
        if ranged:
            self.at += 1
            high = self._set_character()
        if not isinstance(high, str) or high < low:
            raise PatternError
        found.add(low, high)

    def _set_character(self) -> str | Callable[[str], bool]:
        character = self._next()
        if character == "[":
            raise PatternError
        return self._class_or_single() if character == "\\" else character
