"""The program of a regular expression: instructions, and how the programs of its parts are put together.

An instruction is (kind, first, second): step (a test that returns the next position or -1), split (two places to go on at),
jump, save (a position of a group) or match. Places are relative to the start of a part until the part is placed.
"""

from collections.abc import Callable
from typing import Any

from kesu.rules.errors import LimitExceeded
from kesu.rules.limits import PATTERN_SIZE

Instruction = tuple[str, Any, Any]
Program = list[Instruction]


def fold(text: str) -> str:
    """Bring a text to one case for comparing."""
    return text.upper().lower()


def taking(test: Callable[[str], bool]) -> Instruction:
    def step(text: str, position: int, places: tuple[int, ...]) -> int:
        return position + 1 if position < len(text) and test(text[position]) else -1

    return ("step", step, None)


def looking(test: Callable[[str, int], bool]) -> Instruction:
    return ("step", lambda text, position, places: position if test(text, position) else -1, None)


def again(group: int, any_case: bool) -> Instruction:
    def step(text: str, position: int, places: tuple[int, ...]) -> int:
        start, end = places[2 * group], places[2 * group + 1]
        wanted = text[start:end] if end >= 0 else ""
        found = text[position : position + len(wanted)]
        same = fold(found) == fold(wanted) if any_case else found == wanted
        return position + len(wanted) if same else -1

    return ("step", step, None)


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


def shifted(program: Program, by: int) -> Program:
    moved: Program = []
    for kind, first, second in program:
        if kind in ("split", "jump"):
            moved.append((kind, first + by, None if second is None else second + by))
        else:
            moved.append((kind, first, second))
    if len(moved) > PATTERN_SIZE:
        raise LimitExceeded(f"a regular expression becomes longer than {PATTERN_SIZE} instructions")
    return moved


def joined(first: Program, second: Program) -> Program:
    return first + shifted(second, len(first))


def either(first: Program, second: Program) -> Program:
    after = len(first) + 2 + len(second)
    start: Program = [("split", 1, len(first) + 2)]
    return start + shifted(first, 1) + [("jump", after, None)] + shifted(second, len(first) + 2)


def repeated(atom: Program, least: int, most: int | None, lazy: bool) -> Program:
    if (least + (most or 0)) * (len(atom) + 1) > PATTERN_SIZE:
        raise LimitExceeded(f"a regular expression becomes longer than {PATTERN_SIZE} instructions")
    program: Program = []
    for _ in range(least):
        program = joined(program, atom)
    if most is None:
        return joined(program, looped(atom, lazy))
    for _ in range(most - least):
        program = joined(program, [branch(1, len(atom) + 1, lazy), *shifted(atom, 1)])
    return program


def looped(atom: Program, lazy: bool) -> Program:
    return [branch(1, len(atom) + 2, lazy), *shifted(atom, 1), ("jump", 0, None)]


def branch(inside: int, outside: int, lazy: bool) -> Instruction:
    return ("split", outside, inside) if lazy else ("split", inside, outside)
