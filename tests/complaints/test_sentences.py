"""Every sentence of the case file and its service tasks is said in Chinese too, with the same places for values."""

import ast
import pathlib
import string

from babel.messages.pofile import read_po

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def _sentences():
    for room in ("complaints", "handlers"):
        for path in (ROOT / room).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "sentence":
                    yield ast.literal_eval(node.args[0])


def _places(template):
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(template) if name}


def test_every_sentence_has_a_chinese_one_with_the_same_places():
    known = {}
    for path in (ROOT / "webui" / "translations" / "zh" / "LC_MESSAGES").glob("*.po"):
        with path.open("rb") as file:
            known.update({message.id: message.string for message in read_po(file) if isinstance(message.id, str)})
    found = set(_sentences())
    assert len(found) > 80
    for template in found:
        assert known.get(template), template
        assert _places(known[template]) == _places(template), template
