"""Documents cannot rot in silence: every file that a page names is there."""

import re

import pytest

from tests.conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "processes" / "README.md"])
ROOMS = "rules|engine|complaints|handlers|webui|processes|migrations|tests|frontend|benchmarks|docs|bin"


def named(text):
    """Return the files of ours that a text names."""
    return re.findall(rf"`((?:{ROOMS})/[\w./-]*\.\w+)`", text) + re.findall(r"\]\((?!https?:|#)([^)#]+)", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(page):
    text = page.read_text()
    missing = [name for name in named(text) if not (ROOT / name).exists() and not (page.parent / name).exists()]
    assert not missing


def test_a_missing_file_would_be_noticed():
    assert named("see `engine/nowhere.py` and [x](docs/none.md)") == ["engine/nowhere.py", "docs/none.md"]
