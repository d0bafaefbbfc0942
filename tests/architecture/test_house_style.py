"""Ceilings that keep the code readable, and words that are not used; each guard is seen to bite."""

import ast
import pathlib

from tests.conftest import ROOT

ROOMS = ("rules", "engine", "complaints", "handlers", "webui")
BANNED_NAMES = {"utils", "helpers", "common", "manager", "managers", "service", "services", "base", "util", "helper"}
FUNCTION_CEILING, FILE_CEILING, TEST_FILE_CEILING = 40, 300, 500
EVALUATORS = {"eval", "exec", "compile", "__import__"}


def _python(*rooms: str) -> list[pathlib.Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py") if "node_modules" not in path.parts)


def long_functions(text: str) -> list[str]:
    """Return the functions over the ceiling."""
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [node.name for node in functions if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_CEILING]


def evaluations(text: str) -> list[int]:
    """Return the lines that evaluate or execute Python text."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id in EVALUATORS]


def test_no_function_is_over_its_ceiling():
    found = {str(path.relative_to(ROOT)): names for path in _python(*ROOMS, "tests") if (names := long_functions(path.read_text()))}
    assert not found


def test_no_file_is_over_its_ceiling():
    def ceiling(path):
        return TEST_FILE_CEILING if path.is_relative_to(ROOT / "tests") else FILE_CEILING

    found = {str(path.relative_to(ROOT)): lines for path in _python(*ROOMS, "tests") if (lines := path.read_text().count("\n")) > ceiling(path)}
    assert not found


def test_no_file_is_called_by_a_word_that_says_nothing():
    assert not [str(path.relative_to(ROOT)) for path in _python(*ROOMS) if path.stem in BANNED_NAMES]


def test_every_module_says_what_it_is():
    assert not [str(path.relative_to(ROOT)) for path in _python(*ROOMS) if ast.get_docstring(ast.parse(path.read_text())) is None]


def test_no_python_is_evaluated_anywhere_a_diagram_table_or_form_can_reach():
    found = {str(path.relative_to(ROOT)): lines for path in _python(*ROOMS) if (lines := evaluations(path.read_text()))}
    assert not found


def test_the_guards_bite():
    assert long_functions("def f():\n" + "    pass\n" * 40) == ["f"]
    assert evaluations("x = eval('1')") == [1]
