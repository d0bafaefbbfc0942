"""Names with spaces and symbols in them, and how the parser finds them: the longest known name that fits the tokens."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from kesu.rules.errors import RuleError
from kesu.rules.feel.lexer import Token, tokenize

KEYWORDS = frozenset(
    "for in return if then else some every satisfies and or between instance function true false null not".split()
)
NAME_SYMBOLS = frozenset({".", "..", "/", "-", "’", "'", "+", "*", "**"})
_SIMPLE = frozenset({type(None), bool, int, float, str, Decimal})  # most values are, and hold no names
_SEARCHED_DEPTH = 4
_SEARCHED_ITEMS = 2_000


def is_plain(name: str) -> bool:
    """Say whether a name is a single word, so that no look-up is needed to parse it."""
    return name.isidentifier()


def special_names(names: Iterable[Any]) -> frozenset[str]:
    """Pick the names that are more than one word."""
    return frozenset(name for name in names if type(name) is str and not name.isidentifier())


def special_names_inside(context: Mapping[Any, Any]) -> frozenset[str]:
    """Pick the names of more than one word among the keys of a context and of the contexts in it (to a bounded depth)."""
    found: set[str] = set()
    left = _SEARCHED_ITEMS
    level: list[Any] = [context]
    for _ in range(_SEARCHED_DEPTH):
        below: list[Any] = []
        for value in level:
            left -= len(value)
            if type(value) is dict or isinstance(value, Mapping):
                found.update([name for name in value if type(name) is str and not name.isidentifier()])
                below.extend([one for one in value.values() if type(one) not in _SIMPLE])
            else:
                below.extend([one for one in value[:50] if type(one) not in _SIMPLE])
        level = [one for one in below if type(one) is dict or isinstance(one, (list, tuple, Mapping))]
        if not level or left <= 0:
            break
    return frozenset(found)


class NameTable:
    """The known names of several tokens, by their first token, longest first; perhaps on top of another table."""

    def __init__(self, names: Iterable[str], below: "NameTable | None" = None) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._below = below
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make one more name known; a name that is one word or cannot be one is left out."""
        parts = () if name.isidentifier() else _parts(name)
        if len(parts) > 1:
            known = self._by_first.setdefault(parts[0], [])
            if (parts, name) not in known:
                known.append((parts, name))
                known.sort(key=lambda entry: -len(entry[0]))

    def longest(self, tokens: list[Token], start: int) -> tuple[str, int] | None:
        """Return the longest known name at `start` and the number of its tokens, or None."""
        below = self._below.longest(tokens, start) if self._below is not None else None
        for parts, name in self._by_first.get(tokens[start].text, ()):
            if below is not None and len(parts) <= below[1]:
                break
            if all(token.text == part for token, part in zip(tokens[start : start + len(parts)], parts, strict=False)):
                return (name, len(parts)) if start + len(parts) <= len(tokens) else below
        return below


def spelled(tokens: list[Token]) -> str:
    """Join the tokens of a name as the text spelled it, with single spaces where there was any space."""
    name = tokens[0].text
    for before, token in zip(tokens, tokens[1:], strict=False):
        name += ("" if before.end == token.start else " ") + token.text
    return name


@lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[str, ...]:
    try:
        tokens = tokenize(name)[:-1]
    except RuleError:
        return ()
    if not tokens or tokens[0].kind != "word" or any(token.kind in ("string", "name") for token in tokens):
        return ()
    return tuple(token.text for token in tokens)
