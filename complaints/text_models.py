"""A small local model that reads complaints in Chinese and English: character n-grams and a linear classifier.

It learns from `data/examples.tsv`, written by us, and from nothing else; no text leaves the machine. It is trained at first
use, in under a second.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any


def chances(text: str, parents: tuple[tuple[str, str], ...] = ()) -> dict[str, float]:
    """Return how likely each label is for a text: subcategories, or with `parents` (subcategory, category) the categories."""
    model = _trained(parents)
    return dict(zip(map(str, model.classes_), map(float, model.predict_proba([text.casefold()])[0]), strict=True))


def examples() -> list[tuple[str, str]]:
    """Return our own labelled texts as (subcategory, text)."""
    lines = resources.files("kesu.complaints").joinpath("data", "examples.tsv").read_text("utf-8").splitlines()
    pairs = (line.split("\t", 1) for line in lines if line.strip())
    return [(label, text) for label, text in pairs]


def fit(texts: Sequence[str], labels: Sequence[str]) -> Any:
    """Train a model on texts and their labels."""
    # Imported here because scikit-learn takes a second to load, which `kesu --help` should not wait for.
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from threadpoolctl import threadpool_limits

    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True)
    linear = LogisticRegression(C=10.0, max_iter=2000, class_weight="balanced")
    # On a busy machine several threads for so small a task wait for each other: measured five times slower.
    with threadpool_limits(1):
        return make_pipeline(grams, linear).fit([text.casefold() for text in texts], list(labels))


@lru_cache(maxsize=4)
def _trained(parents: tuple[tuple[str, str], ...]) -> Any:
    parent = dict(parents)
    pairs = [(parent.get(label) if parents else label, text) for label, text in examples()]
    return fit([text for label, text in pairs if label], [label for label, _ in pairs if label])
