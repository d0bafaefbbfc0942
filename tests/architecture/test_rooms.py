"""The import contracts hold, and each is seen to bite: an offence is planted in a copy of the code, and must be reported."""

import pathlib
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

ROOMS = ("rules", "engine", "complaints", "handlers", "webui", "processes", "migrations")
OFFENCES = {
    "the engine looks up to complaints": ("engine/clock.py", "from kesu.complaints import cases", "Rooms"),
    "rules look up to the engine": ("rules/errors.py", "from kesu.engine import clock", "Rooms"),
    "complaints look up to handlers": ("complaints/cases.py", "from kesu.handlers import registry", "Rooms"),
    "handlers look up to the web": ("handlers/registry.py", "from kesu.webui import context", "Rooms"),
    "a noun looks up to the runtime": ("engine/timers.py", "from kesu.engine import runtime", "Inside the engine"),
    "SpiffWorkflow outside its place": ("engine/jobs.py", "import SpiffWorkflow", "SpiffWorkflow"),
    "Flask in the engine": ("engine/errors.py", "import flask", "Flask"),
    "a handler uses another": ("handlers/mark_case.py", "from kesu.handlers import send_mail", "Service tasks"),
}


def _lint(root: pathlib.Path) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(root / "path"), "PATH": "/usr/bin:/bin", "HOME": str(root)}
    lint = pathlib.Path(sys.executable).parent / "lint-imports"
    command = [str(lint), "--config", "setup.cfg", "--no-cache"]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path):
    """A copy of the code whose `kesu` is found before the installed one."""
    (tmp_path / "path" / "kesu").mkdir(parents=True)
    for room in ROOMS:
        left_out = shutil.ignore_patterns("static", "templates", "__pycache__", "translations")
        shutil.copytree(ROOT / room, tmp_path / "path" / "kesu" / room, ignore=left_out)
    shutil.copy(ROOT / "setup.cfg", tmp_path / "setup.cfg")
    return tmp_path


def test_the_contracts_hold():
    lint = pathlib.Path(sys.executable).parent / "lint-imports"
    told = subprocess.run([str(lint), "--config", "setup.cfg", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("offence", OFFENCES)
def test_a_planted_offence_is_reported(copy, offence):
    place, line, contract = OFFENCES[offence]
    path = copy / "path" / "kesu" / place
    path.write_text(path.read_text() + f"\n{line}\n")

    told = _lint(copy)

    assert told.returncode == 1, told.stdout + told.stderr
    broken = [row for row in told.stdout.splitlines() if row.endswith("BROKEN")]
    assert any(row.startswith(contract) for row in broken), told.stdout
