"""What is packaged is what is there: every folder with Python in it is listed, and nothing that is not."""

import configparser

from tests.conftest import ROOT

ROOMS = ("rules", "engine", "complaints", "handlers", "webui", "processes", "migrations")


def _listed() -> set[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    return set(config["options"]["packages"].split())


def _found() -> set[str]:
    inits = [path for room in ROOMS for path in (ROOT / room).rglob("__init__.py")]
    return {"kesu." + ".".join(path.parent.relative_to(ROOT).parts) for path in inits if "node_modules" not in path.parts}


def test_every_package_is_listed_and_every_listed_package_is_there():
    assert _listed() == _found()


def test_every_folder_with_python_in_it_is_a_package():
    folders = {path.parent for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    assert not [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()]


def test_a_room_cannot_be_imported_by_its_bare_name(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    import importlib

    for room in ("rules", "engine", "complaints", "handlers", "webui"):
        try:
            importlib.import_module(room)
        except ImportError as error:
            assert f"import this package as kesu.{room}" in str(error)
        else:
            raise AssertionError(f"{room} could be imported twice, under two names")
