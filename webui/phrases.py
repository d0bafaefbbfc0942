"""Finished English sentences in the reader's language: what a room below has said already, with its values filled in.

The rules say what is wrong with an expression as plain text, and what failed yesterday is kept as it was said then. Such a text is
recognised by the English sentence of the catalogue that it was made from (values are whatever stands at their places), and said by the
Chinese one. What is not recognised stays as it is.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Flask

from kesu.webui.languages import FOLDER, language, merged

PLACE = re.compile(r"\{(\w+)\}")
DEEPEST = 3  # a reason within a reason within a sentence
SHORTEST = 6  # letters of its own that a sentence needs to be recognised by


def init(app: Flask) -> None:
    """Give templates the way to say a finished sentence."""
    app.jinja_env.filters["said"] = said


def said(text: str) -> str:
    """Return a finished sentence in the reader's language."""
    return text if language() == "en" or " " not in text else _translated(text, language(), DEEPEST)


def values_said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a sentence, those said that are finished sentences themselves."""
    return {name: said(value) if isinstance(value, str) else value for name, value in values.items()}


@lru_cache(maxsize=2000)
def _translated(text: str, short: str, deeper: int) -> str:
    for pattern, names, template in _book(short):
        found = pattern.fullmatch(text)
        if found is not None:
            values = {name: _translated(value, short, deeper - 1) if deeper and " " in value else value
                      for name, value in zip(names, found.groups(), strict=True)}
            return template.format(*(values.get(str(number), "") for number in range(len(values))), **values)
    return text


@lru_cache(maxsize=4)
def _book(short: str) -> list[tuple[re.Pattern[str], list[str], str]]:
    """Return every sentence of the catalogue as a pattern, those with the most words of their own first."""
    catalogue: dict[object, str] = merged(FOLDER / short)._catalog
    templates = [(key, value) for key, value in catalogue.items() if isinstance(key, str) and value and _own_letters(key) >= SHORTEST
                 and "%(" not in key]
    templates.sort(key=lambda pair: -_own_letters(pair[0]))
    return [(_pattern(key), list(dict.fromkeys(PLACE.findall(key))), value) for key, value in templates]


def _own_letters(template: str) -> int:
    return len(re.sub(r"\W", "", PLACE.sub("", template)))


def _pattern(template: str) -> re.Pattern[str]:
    parts, seen = [], set[str]()
    for number, part in enumerate(PLACE.split(template)):
        if number % 2 == 0:
            parts.append(re.escape(part.replace("{{", "{").replace("}}", "}")))
        else:
            parts.append(f"(?P={_group(part)})" if part in seen else f"(?P<{_group(part)}>.+?)")
            seen.add(part)
    return re.compile("".join(parts), re.DOTALL)


def _group(name: str) -> str:
    return f"v_{name}"

