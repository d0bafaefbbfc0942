"""Ordered keyword rules: the first whose words occur in a complaint decides its category, and says which words did."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Boolean, Column, Connection, Integer, String, Table, select

from kesu.complaints import assertions
from kesu.engine.database import Json, metadata

keyword_rules = Table(
    "keyword_rules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("subcategory", String, nullable=False),
    Column("words", Json, nullable=False),
    Column("active", Boolean, nullable=False, default=True),
)


@dataclass(frozen=True)
class Hit:
    """A rule that fits, with the words that made it fit."""

    rule: int
    subcategory: str
    words: str


def replace_all(connection: Connection, rules: Iterable[tuple[str, list[str]]]) -> None:
    """Write the rules anew, in this order, each a subcategory and its words."""
    connection.execute(keyword_rules.delete())
    for position, (subcategory, words) in enumerate(rules, 1):
        connection.execute(keyword_rules.insert().values(position=position, subcategory=subcategory, words=words))


def hits(connection: Connection, text: str) -> list[Hit]:
    """Return every rule that fits a text in order; the first decides, the others are shown in a dry run."""
    query = select(keyword_rules).where(keyword_rules.c.active).order_by(keyword_rules.c.position, keyword_rules.c.id)
    found = ((row, next((words for words in row.words if occurs(words, text)), None)) for row in connection.execute(query))
    return [Hit(row.position, row.subcategory, words) for row, words in found if words]


def occurs(words: str, text: str) -> bool:
    """Say whether all parts of a rule's words, joined by plus signs, are meant by a text.

    Where every occurrence of a part is denied ("no rattling", 没有异响) it does not occur.
    """
    lowered = text.casefold()
    return all(
        any(
            not assertions.is_denied(lowered, match)
            for match in _pattern(part.strip().casefold()).finditer(lowered)
        )
        for part in words.split("+")
    )


def is_own(words: str, text: str) -> bool:
    """Say whether the words of a rule are the writer's own, not quoted or of others."""
    lowered = text.casefold()
    return all(
        any(
            not assertions.is_quoted(lowered, match) and not assertions.is_of_others(lowered, match)
            for match in _pattern(part.strip().casefold()).finditer(lowered)
        )
        for part in words.split("+")
    )


@lru_cache(maxsize=2048)
def _pattern(part: str) -> re.Pattern[str]:
    return re.compile((r"\b" if part[:1].isascii() and part[:1].isalnum() else "") + re.escape(part))
