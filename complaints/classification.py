"""What kind of complaint is this? Keyword rules first, then the local model; unsure, it says so instead of guessing.

What the customer chose in the form stands; only what is missing is filled in. Danger to people is looked for in any case.
"""

import re
from dataclasses import dataclass, field

from sqlalchemy import Connection

from kesu.complaints import (
    categories,
    extraction,
    keyword_rules,
    products,
    rule_doubts,
    safety,
    text_models,
)

THRESHOLD = 0.52  # below this chance of the best category the model abstains; see tests/complaints/test_classification.py
SUB_THRESHOLD = 0.3
SHORTEST = 4  # a text of fewer letters says nothing, whatever the model makes of it
UNSURE = "other"


@dataclass(frozen=True)
class Classification:
    """A category with how sure we are and why; `by` is complainant, rule, model or nobody."""

    category: str
    subcategory: str | None
    confidence: float
    by: str
    safety: bool
    demand: str | None
    trace: list[str] = field(default_factory=list)

    @property
    def is_certain(self) -> bool:
        """Say whether somebody or something stands behind the category."""
        return self.by != "nobody"


def classify(connection: Connection, text: str, *, category: str | None = None, subcategory: str | None = None) -> Classification:
    """Classify a text; `category` and `subcategory` are what the complainant chose, if anything."""
    danger = safety.signs(text)
    trace = [f"safety: {', '.join(danger)}"] if danger else []
    chosen, sub, confidence, by, why = _decide(connection, text, category, subcategory)
    return Classification(chosen, sub, round(confidence, 3), by, bool(danger), extraction.demand(text), [*trace, *why])


def _decide(connection: Connection, text: str, category: str | None, subcategory: str | None) -> tuple[str, str | None, float, str, list[str]]:
    if category and subcategory:
        return category, subcategory, 1.0, "complainant", ["chosen by the complainant"]
    tree = categories.tree(connection)
    parents = {row["code"]: top["code"] for top in tree for row in top["children"]}
    hits = [hit for hit in keyword_rules.hits(connection, text)
            if hit.subcategory in parents and category in (None, parents[hit.subcategory])]
    if not hits:
        return _ask_model(text, category, parents)
    trace, parent = [f"rule {hits[0].rule}: {hits[0].words}"], parents[hits[0].subcategory]
    if category:
        return parent, hits[0].subcategory, 1.0, "complainant", trace
    doubts = rule_doubts.reasons(text, hits, parents, _of_categories(text, parents),
                                 known_product=_names_a_model(connection, text))
    trace += [f"doubt: {', '.join(doubts)}"] if doubts else []
    return parent, hits[0].subcategory, rule_doubts.DOUBTFUL if doubts else 1.0, "rule", trace


def _names_a_model(connection: Connection, text: str) -> bool:
    return bool(extraction.mentioned(text, products.model_codes(connection)))


def _of_categories(text: str, parents: dict[str, str]) -> dict[str, float]:
    found = text_models.chances(text, tuple(sorted(parents.items())))
    return {top: chance for top, chance in found.items() if chance}


def _ask_model(text: str, category: str | None, parents: dict[str, str]) -> tuple[str, str | None, float, str, list[str]]:
    known = _of_categories(text, parents)
    best = category or max(known, key=lambda top: known[top], default=UNSURE)
    below = {label: chance for label, chance in text_models.chances(text).items() if parents.get(label) == best}
    likeliest = max(below, key=lambda label: below[label], default=None)
    # Among the children of one category it is enough to be clearly ahead of chance.
    sub = likeliest if likeliest and below[likeliest] >= SUB_THRESHOLD * sum(below.values()) else None
    if category:
        return category, sub, 1.0, "complainant", ["category chosen by the complainant"]
    chance = known.get(best, 0.0) if len(re.findall(r"\w", text)) >= SHORTEST else 0.0
    if rule_doubts.is_of_others(text) and not rule_doubts.OURS.search(text):
        chance = min(chance, rule_doubts.DOUBTFUL)
    told = [f"model: {best} {chance:.0%}, {likeliest}"]
    return (best, sub, chance, "model", told) if chance >= THRESHOLD else (UNSURE, None, chance, "nobody", told)
