"""The page for owners does not lie: every example on it is run, and every function it names exists."""

import json
import pathlib
import re

import pytest

from kesu.rules import evaluate
from kesu.rules.feel.builtins import BUILTINS
from kesu.rules.feel.comparison import equal

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
PAGES = [DOCS / "feel.md", DOCS / "feel.zh.md"]


def examples(page):
    text = page.read_text(encoding="utf-8")
    context = json.loads(re.search(r"```json\n(.*?)```", text, re.S)[1])
    for block in re.findall(r"```feel\n(.*?)```", text, re.S):
        for expression, result in re.findall(r"(.+)\n=> (.+)\n", block):
            yield context, expression, result


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_example_gives_what_the_page_says(page):
    told = list(examples(page))
    assert len(told) > 20
    for context, expression, result in told:
        value, expected = evaluate(expression, context), evaluate(result, {})
        assert equal(value, expected) is True, (expression, value)


def test_the_page_names_every_function():
    text = PAGES[0].read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z0-9 ]+)`", text[text.index("## Functions") : text.index("## Limits")]))
    assert named == set(BUILTINS)
