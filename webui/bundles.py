"""The browser scripts, as Vite built them: reads its manifest and writes the tags. Pages work without them."""

import functools
import hashlib
import json
import pathlib
from typing import Any

from flask import Flask, current_app, url_for
from markupsafe import Markup

MISSING = "The browser scripts are not built; run `make assets`. Pages work without them, with less comfort."


def init(app: Flask) -> None:
    """Give templates `bundle`, `bundles_missing` and `asset`."""
    app.jinja_env.globals.update(bundle=bundle, bundles_missing=bundles_missing, asset=asset)


def bundle(name: str) -> Markup:
    """Return the style sheet and script tags of one entry (`shell`, `viewer`, `designer`...)."""
    manifest = _manifest()
    key = next((key for key, chunk in manifest.items() if chunk.get("isEntry") and _entry_name(key, chunk) == name), None)
    if key is None:
        return Markup("<!-- {} -->").format(f"{name}: {MISSING}")
    sheets = "".join(f'<link rel="stylesheet" href="{_dist(sheet)}">' for sheet in _sheets(manifest, key, set()))
    return Markup(sheets + f'<script type="module" src="{_dist(manifest[key]["file"])}"></script>')


def bundles_missing() -> bool:
    """Say whether the browser scripts have still to be built."""
    return not _manifest()


def asset(name: str) -> str:
    """Return the address of one of our own static files, with its content's hash, so that a change is seen at once."""
    path = pathlib.Path(current_app.static_folder or "") / name
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    return url_for("static", filename=name, v=_digest(path, stamp))


def _manifest() -> dict[str, Any]:
    path = pathlib.Path(current_app.static_folder or "") / "dist" / "manifest.json"
    return _read(path, path.stat().st_mtime_ns) if path.exists() else {}


@functools.lru_cache(maxsize=4)
def _read(path: pathlib.Path, _stamp: int) -> dict[str, Any]:
    return dict(json.loads(path.read_text("utf-8")))


@functools.lru_cache(maxsize=64)
def _digest(path: pathlib.Path, _stamp: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.exists() else "missing"


def _entry_name(key: str, chunk: dict[str, Any]) -> str:
    return str(chunk.get("name") or pathlib.PurePosixPath(key).parent.name)


def _sheets(manifest: dict[str, Any], key: str, seen: set[str]) -> list[str]:
    if key in seen:
        return []
    seen.add(key)
    chunk = manifest[key]
    shared = [sheet for used in chunk.get("imports", []) for sheet in _sheets(manifest, used, seen)]
    return list(dict.fromkeys([*shared, *chunk.get("css", [])]))


def _dist(file: str) -> str:
    return url_for("static", filename=f"dist/{file}")
