"""Every sentence that a person can meet is said in Chinese too: taken out of the code and the templates of all rooms, none may be missing."""

import ast
import pathlib
import re
from collections.abc import Iterator

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from flask import Flask

from kesu.webui import languages, phrases
from tests.conftest import ROOT

ROOMS = ("engine", "complaints", "handlers", "webui", "processes")
MARKS = {"sentence", "_", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext"}
FAMILY = {"Rejected", "Failed", "Unauthenticated", "Forbidden", "NotFound", "Conflict", "Invalid", "Changed", "Gone", "TooMany"}
TEMPLATE_MARKS = {"_": None, "gettext": None, "ngettext": (1, 2)}
WORD = re.compile(r"[A-Za-z]{2,}")
SIGNATURE = re.compile(r"[\w{}. ]+\(.*\)", re.DOTALL)
NOT_SAID = {"import this package as kesu.rules", "days and time duration", "years and months duration"}  # strings of the rules that are no sentences
TABLES = ("lexer.py", "characters.py", "names.py")  # their long strings are patterns and lists of words


def chinese() -> set[str]:
    """Return the English of everything that has a Chinese."""
    known = set()
    for path in (ROOT / "webui" / "translations" / "zh" / "LC_MESSAGES").glob("*.po"):
        with path.open("rb") as file:
            known |= {_first(message.id) for message in read_po(file) if message.id and message.string and not message.fuzzy}
    return known


def said_in(root: pathlib.Path) -> dict[str, str]:
    """Return every sentence that the rooms below a folder mark as one, with its place."""
    found = {}
    for path in [path for room in ROOMS for path in (root / room).rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _called(node) in MARKS and node.args and isinstance(node.args[0], ast.Constant):
                found.setdefault(node.args[0].value, f"{path.relative_to(root)}:{node.lineno}")
    for path in (root / "webui" / "templates").rglob("*.html"):
        with path.open("rb") as file:
            for line, message, *_rest in extract("jinja2.ext.babel_extract", file, TEMPLATE_MARKS):
                found.setdefault(_first(message), f"{path.relative_to(root)}:{line}")
    return found


def unmarked_in(root: pathlib.Path) -> list[str]:
    """Return where an error of the two families is raised with a text that nobody can translate."""
    places = []
    for path in [path for room in ROOMS for path in (root / room).rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _called(node) in FAMILY and node.args and isinstance(node.args[0], ast.Constant | ast.JoinedStr):
                places.append(f"{path.relative_to(root)}:{node.lineno}")
    return places


def rules_in(root: pathlib.Path) -> Iterator[tuple[str, str]]:
    """Yield what the rules say as finished text, their values numbered, with its place."""
    for path in sorted((root / "rules").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node) if part is not node}
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            text = _text(node) if id(node) not in inner | docs else ""
            if _is_sentence(text) and path.name not in TABLES:
                yield text, f"{path.relative_to(root)}:{getattr(node, 'lineno', 0)}"


def missing_in(root: pathlib.Path) -> list[str]:
    """Return the sentences below a folder that have no Chinese, each with its place."""
    known = chinese()
    return [f"{place}: {text}" for text, place in [*said_in(root).items(), *rules_in(root)] if text not in known]


def test_no_sentence_is_without_its_chinese():
    assert len(said_in(ROOT)) > 1400 and len(list(rules_in(ROOT))) > 80
    assert not (missing := missing_in(ROOT)), "\n".join(missing)


def test_no_error_is_raised_with_a_text_that_cannot_be_translated():
    assert unmarked_in(ROOT) == []


@pytest.mark.parametrize(("place", "text"), [
    ("engine/new.py", 'raise Conflict(sentence("Nobody has heard of {thing} before."), thing=1)'),
    ("webui/pages/new.py", 'flash(_("A brand-new remark nobody has heard of."))'),
    ("webui/templates/new.html", '<p>{{ _("A brand-new line on a page") }}</p>'),
    ("rules/new.py", 'raise RuleError(f"a brand-new complaint about {thing}")')])
def test_a_sentence_without_chinese_is_found_out(tmp_path, place, text):
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_text(text)
    assert len(missing_in(tmp_path)) == 1 and missing_in(tmp_path)[0].startswith(place)


@pytest.mark.parametrize("text", ['raise Rejected("plain words")', 'raise errors.Failed(f"plain {words}")'])
def test_an_error_that_cannot_be_translated_is_found_out(tmp_path, text):
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "new.py").write_text(text)
    assert unmarked_in(tmp_path) == ["engine/new.py:1"]


@pytest.mark.parametrize(("english", "said"), [
    ("expected a value, but found the keyword then (line 1, column 4)", "应为值，实际为关键字 then（第 1 行第 4 列）"),
    ("there is no variable or function amuont; did you mean amount?", "没有变量或函数 amuont；是否指 amount？"),
    ("Nobody can do 审批: its assignment names nobody who is active.", "无人可办理「审批」：其指定的人员均不在职。"),
    ("what nobody has ever said", "what nobody has ever said")])
def test_finished_sentences_are_recognised_and_said_in_chinese(english, said):
    app = Flask("chinese")
    app.config.update(KESU_LANGUAGE="en", KESU_TIME_ZONE="Asia/Shanghai")
    languages.init(app)
    with app.test_request_context("/api/", headers={"Accept-Language": "zh"}):
        assert phrases.said(english) == said
    with app.test_request_context("/api/", headers={"Accept-Language": "en"}):
        assert phrases.said(english) == english


def _is_sentence(text: str) -> bool:
    return len(text.split()) > 3 and len(WORD.findall(text)) > 2 and not SIGNATURE.fullmatch(text) and text not in NOT_SAID


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def _first(message: object) -> str:
    return str(message[0] if isinstance(message, tuple | list) else message)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    places = iter(range(len(node.values)))
    return "".join(part.value if isinstance(part, ast.Constant) else f"{{{next(places)}}}" for part in node.values)
