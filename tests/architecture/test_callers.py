"""Nothing in `complaints` only looks like a feature: every public function is reached from the running product (R12)."""

import ast
import pathlib

import pytest

from tests.conftest import ROOT

ROOMS = ("engine", "complaints", "handlers", "webui", "migrations", "benchmarks")


def names_used(node: ast.AST) -> set[str]:
    """Return the names that a piece of code speaks of, attributes and imports included."""
    used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    used |= {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    imports = (each for each in ast.walk(node) if isinstance(each, ast.ImportFrom))
    return used | {alias.name for each in imports for alias in each.names}


def functions_of(tree: ast.Module) -> dict[str, ast.AST]:
    """Return the functions of a module by name."""
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def uncalled(module: str, tree: ast.Module, others: list[set[str]]) -> list[str]:
    """Return the public functions that neither other modules nor live code of their own reach.

    `others` are the names other modules use; one that does not know `module` by name cannot call it.
    """
    functions = functions_of(tree)
    outside = set().union(*(names for names in others if module in names or module == "__init__"))
    called = set(outside)
    called |= {name for node in tree.body if not isinstance(node, ast.FunctionDef) for name in names_used(node)}
    live: set[str] = set()
    while found := {name for name in functions if name in called} - live:
        live |= found
        called |= {name for each in found for name in names_used(functions[each]) - {each}}
    return sorted(name for name in functions if name not in live and not name.startswith("_"))


def _names_of(path: pathlib.Path) -> set[str]:
    tree = ast.parse(path.read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return names_used(tree) | {node.module.rsplit(".", 1)[-1] for node in imports}


def _used_by_module() -> dict[pathlib.Path, set[str]]:
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "node_modules" not in path.parts]
    return {path: _names_of(path) for path in paths}


def test_every_public_function_of_complaints_has_a_caller_outside_tests():
    used = _used_by_module()
    found = {}
    for path in sorted((ROOT / "complaints").glob("*.py")):
        others = [names for other, names in used.items() if other != path]
        if dead := uncalled(path.stem, ast.parse(path.read_text()), others):
            found[path.name] = dead
    assert not found, "wire these or remove them"


@pytest.mark.parametrize(
    ("others", "dead"),
    [
        ([], ["extract", "retire"]),
        ([{"products", "extract"}], ["extract", "retire"]),  # another thing's `extract`
        ([{"extraction", "extract"}], ["retire"]),
        ([{"extraction", "retire"}], []),  # what live code calls lives
        ([{"extraction", "_hidden"}], ["extract", "retire"]),
    ],
)
def test_a_planted_dead_function_is_reported(others, dead):
    planted = ast.parse("def extract(): ...\ndef retire(): extract(); retire()\ndef _hidden(): ...\n")
    assert uncalled("extraction", planted, others) == dead
