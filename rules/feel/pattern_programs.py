"""The program of a regular expression: instructions, and how the programs of its parts are put together.

An instruction is (kind, first, second, third):

- take: a test of the next character, what it weighs, and the characters it takes as a class of `re`
  (None where that cannot be said);
- step: a function that returns the next position or -1;
- split: two places to go on at; jump: one place;
- save: the number of a position of a group, and what it weighs;
- match.

Places are relative to the start of a part until the part is placed.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from kesu.rules.errors import LimitExceeded
from kesu.rules.limits import PATTERN_SIZE, charge_text

Instruction = tuple[str, Any, Any, Any]
Program = list[Instruction]
_PLACES_A_STEP = 16  # positions of groups copied in the time of one step


def fold(text: str) -> str:
    """Bring a text to one case for comparing."""
    return text.upper().lower()


def taking(test: Callable[[str], bool], weight: int = 0, characters: str | None = None) -> Instruction:
    """Take one character that passes the test."""
    return ("take", test, weight, characters)


def taking_one(character: str) -> Instruction:
    """Take this character."""
    return taking(character.__eq__, 0, re.escape(character))


def looking(test: Callable[[str, int], bool]) -> Instruction:
    """Go on if the test holds here, taking nothing."""
    return ("step", lambda text, position, places: position if test(text, position) else -1, None, None)


def again(group: int, any_case: bool) -> Instruction:
    """Take what a group has taken once more."""

    def step(text: str, position: int, places: tuple[int, ...]) -> int:
        start, end = places[2 * group], places[2 * group + 1]
        charge_text(8 * max(0, end - start))
        wanted = text[start:end] if end >= 0 else ""
        found = text[position : position + len(wanted)]
        same = fold(found) == fold(wanted) if any_case else found == wanted
        return position + len(wanted) if same else -1

    return ("step", step, "again", None)


def not_line_end(character: str) -> bool:
    return character not in "\n\r"


def at_start(text: str, position: int) -> bool:
    return position == 0


def at_end(text: str, position: int) -> bool:
    return position == len(text)


def at_line_start(text: str, position: int) -> bool:
    return position == 0 or (text[position - 1] == "\n" and position < len(text))


def at_line_end(text: str, position: int) -> bool:
    return position == len(text) or text[position] == "\n"


def joined(*parts: Program) -> Program:
    """Put parts one after the other."""
    whole: Program = []
    for part in parts:
        whole.extend(_shifted(part, len(whole)))
    if len(whole) > PATTERN_SIZE:
        message = f"a regular expression becomes longer than {PATTERN_SIZE} instructions"
        raise LimitExceeded(message)
    return whole


def either(*parts: Program) -> Program:
    """Try parts one after the other."""
    after = sum(len(part) + 2 for part in parts) - 2
    whole: Program = []
    for part in parts[:-1]:
        whole.append(("split", len(whole) + 1, len(whole) + len(part) + 2, None))
        whole.extend(_shifted(part, len(whole)))
        whole.append(("jump", after, None, None))
    return joined(whole, parts[-1])


def repeated(atom: Program, least: int, most: int | None, lazy: bool) -> Program:
    """Repeat a part so many times; without a `most`, as often as it goes."""
    if (least + (most or 0)) * (len(atom) + 1) > PATTERN_SIZE:
        message = f"a regular expression becomes longer than {PATTERN_SIZE} instructions"
        raise LimitExceeded(message)
    if most is None:
        return joined(*[atom] * least, looped(atom, lazy))
    perhaps = [branch(1, len(atom) + 1, lazy), *_shifted(atom, 1)]
    return joined(*[atom] * least, *[perhaps] * (most - least))


def looped(atom: Program, lazy: bool) -> Program:
    return [branch(1, len(atom) + 2, lazy), *_shifted(atom, 1), ("jump", 0, None, None)]


def branch(inside: int, outside: int, lazy: bool) -> Instruction:
    return ("split", outside, inside, None) if lazy else ("split", inside, outside, None)


def weighed(program: Program, groups: int) -> tuple[Instruction, ...]:
    """Return the whole program, where saving a position weighs as much as there are positions."""
    weight = (2 * groups + 2) // _PLACES_A_STEP
    return tuple(
        (kind, first, weight if kind == "save" else second, third)
        for kind, first, second, third in program
    )


def first_characters(program: tuple[Instruction, ...]) -> str | None:
    """Return, as a class of `re`, the characters one of which a match starts with.

    None where that cannot be said, or where nothing may match too.
    """
    found: dict[str, None] = {}
    pending, seen = [0], set()
    while pending:
        at = pending.pop()
        kind, first, second, third = program[at]
        if kind == "match" or (kind == "take" and third is None) or second == "again":
            return None
        if kind == "take":
            found[third] = None
        elif at not in seen:
            seen.add(at)
            pending.extend(_next(at, kind, first, second))
    return "".join(found)


def _next(at: int, kind: str, first: Any, second: Any) -> Iterable[int]:
    return {"split": (first, second), "jump": (first,)}.get(kind, (at + 1,))


def _shifted(program: Program, by: int) -> Program:
    if not by:
        return program
    moved: Program = []
    for instruction in program:
        kind, first, second, third = instruction
        if kind == "split":
            moved.append((kind, first + by, second + by, third))
        else:
            moved.append((kind, first + by, second, third) if kind == "jump" else instruction)
    return moved
