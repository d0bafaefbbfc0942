"""Did you mean: the known name that is closest to a wrong one, where one is close enough to be meant."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

CLOSE: Final = 0.6  # share of equal letters (difflib)
MANY: Final = 2_000  # among so many names none is looked for: it would take longer than it helps


def closest(name: str, known: Collection[str]) -> str | None:
    """Return the known name that was probably meant, None where nothing is close."""
    if len(known) > MANY:
        return None
    wanted = _folded(name)
    folded = {other: each for each in known if _is_alike(wanted, other := _folded(each))}
    found = get_close_matches(wanted, list(folded)[:40], n=1, cutoff=CLOSE)
    return folded[found[0]] if found else None


def _is_alike(one: str, other: str) -> bool:
    """A cheap first look: nearly as long, and begun or ended alike."""
    near = abs(len(one) - len(other)) <= 2 + len(one) // 2
    return near and (one[:1] == other[:1] or one[-1:] == other[-1:] or one in other or other in one)


def _folded(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")
