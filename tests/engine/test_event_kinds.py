"""Every kind of event is known, has words for auditors, and is told to people."""

import ast

from kesu.engine.event_kinds import MACHINERY, EventKind
from kesu.engine.runtime.reconciling import TOLD
from kesu.webui import history_words, timelines
from tests.conftest import ROOT

TELLING = {"tell": 0, "Event": 0, "_tell": 2}


def told_in_the_code():
    """Return every kind that is written out where an event is made, with its place."""
    folders = ("engine/*.py", "engine/runtime/*.py", "handlers/*.py")
    for path in [path for folder in folders for path in ROOT.glob(folder)]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            place = TELLING.get(called(node), 99)
            given = node.args if isinstance(node, ast.Call) else ()
            kind = given[place] if place < len(given) else None
            if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
                yield kind.value, f"{path.name}:{node.lineno}"


def called(node):
    """Return the name of what a call calls."""
    func = node.func if isinstance(node, ast.Call) else None
    return getattr(func, "attr", getattr(func, "id", ""))


def test_whatever_is_told_is_a_known_kind():
    found = list(told_in_the_code())
    assert len(found) > 30
    assert [(kind, place) for kind, place in found if kind not in set(EventKind)] == []
    assert set(TOLD.values()) <= set(EventKind)


def test_every_kind_has_words_for_the_auditor_and_no_words_are_left_over():
    assert set(history_words.WORDS) == set(EventKind)


def test_every_kind_is_told_to_people_or_is_machinery():
    assert set(timelines.TELLERS) | MACHINERY == set(EventKind)
    assert not set(timelines.TELLERS) & MACHINERY
