"""Sets of characters in regular expressions: ranges, classes, Unicode categories and blocks, subtraction."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

Test = Callable[[str], bool]


@dataclass(slots=True)
class CharacterSet:
    """What stands between square brackets."""

    negated: bool
    any_case: bool
    ranges: list[tuple[str, str]] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    without: "CharacterSet | None" = None

    def add(self, low: str, high: str) -> None:
        """Put a range of characters in."""
        self.ranges.append((low, high))

    def has(self, character: str) -> bool:
        """Say whether a character belongs to the set."""
        found = any(self._holds(form) for form in self._forms(character))
        if found == self.negated:
            return False
        return self.without is None or not self.without.has(character)

    @property
    def weight(self) -> int:
        """How many steps of matching it takes to look a character up, beyond the first."""
        own = (len(self.ranges) + 2 * len(self.tests)) * (4 if self.any_case else 1) // 8
        return own + (0 if self.without is None else self.without.weight)

    def as_class(self) -> str | None:
        """Return the set as the inside of a class of `re`; None where it is more than ranges."""
        if self.negated or self.any_case or self.tests or self.without is not None:
            return None
        return "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in self.ranges)

    def _forms(self, character: str) -> tuple[str, ...]:
        return (character, character.lower(), character.upper(), character.upper().lower()) if self.any_case else (character,)

    def _holds(self, character: str) -> bool:
        return any(low <= character <= high for low, high in self.ranges) or any(test(character) for test in self.tests)


def any_character(character: str) -> bool:
    """Hold for every character."""
    return True


def category(name: str) -> Test | None:
    """Return the test for a general category of Unicode such as L or Lu; None if there is none of that name."""
    if name not in _CATEGORIES and name not in {one[0] for one in _CATEGORIES}:
        return None
    return lambda character: unicodedata.category(character).startswith(name)


def class_escape(letter: str) -> Test | None:
    """Return the test for s, d, w, i, c or, in capitals, their opposites."""
    test = _CLASSES.get(letter.lower())
    if test is None:
        return None
    return (lambda character: not test(character)) if letter.isupper() else test


def _is_space(character: str) -> bool:
    return character in " \t\n\r"


def _is_digit(character: str) -> bool:
    return unicodedata.category(character) == "Nd"


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PZC"


def _is_name_start(character: str) -> bool:
    return character in ":_" or unicodedata.category(character)[0] == "L"


def _is_name(character: str) -> bool:
    return _is_name_start(character) or character in "-.\u00b7" or unicodedata.category(character)[0] in "NM"


def _block(first: int, last: int) -> Test:
    return lambda character: first <= ord(character) <= last


_CATEGORIES = frozenset(
    "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Zs Zl Zp Sm Sc Sk So Cc Cf Co Cn".split()
)
_CLASSES: dict[str, Test] = {"s": _is_space, "d": _is_digit, "w": _is_word, "i": _is_name_start, "c": _is_name}
BLOCKS: dict[str, Test] = {
    name: _block(first, last)
    for name, first, last in (
        ("BasicLatin", 0x0, 0x7F),
        ("Latin-1Supplement", 0x80, 0xFF),
        ("LatinExtended-A", 0x100, 0x17F),
        ("LatinExtended-B", 0x180, 0x24F),
        ("IPAExtensions", 0x250, 0x2AF),
        ("Greek", 0x370, 0x3FF),
        ("GreekandCoptic", 0x370, 0x3FF),
        ("Cyrillic", 0x400, 0x4FF),
        ("Armenian", 0x530, 0x58F),
        ("Hebrew", 0x590, 0x5FF),
        ("Arabic", 0x600, 0x6FF),
        ("Devanagari", 0x900, 0x97F),
        ("Bengali", 0x980, 0x9FF),
        ("Thai", 0xE00, 0xE7F),
        ("HangulJamo", 0x1100, 0x11FF),
        ("GeneralPunctuation", 0x2000, 0x206F),
        ("CurrencySymbols", 0x20A0, 0x20CF),
        ("Arrows", 0x2190, 0x21FF),
        ("MathematicalOperators", 0x2200, 0x22FF),
        ("CJKSymbolsandPunctuation", 0x3000, 0x303F),
        ("Hiragana", 0x3040, 0x309F),
        ("Katakana", 0x30A0, 0x30FF),
        ("Bopomofo", 0x3100, 0x312F),
        ("CJKUnifiedIdeographsExtensionA", 0x3400, 0x4DBF),
        ("CJKUnifiedIdeographs", 0x4E00, 0x9FFF),
        ("HangulSyllables", 0xAC00, 0xD7A3),
        ("PrivateUse", 0xE000, 0xF8FF),
        ("CJKCompatibilityIdeographs", 0xF900, 0xFAFF),
        ("HalfwidthandFullwidthForms", 0xFF00, 0xFFEF),
    )
}
