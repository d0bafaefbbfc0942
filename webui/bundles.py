"""The browser bundles: which files Vite built for an entry, and the tags that load them.

`bundle("designer")` in a template gives the stylesheet and script tags of one entry. Where nothing was built, pages that
read well without scripts (all but the designer) do without and say so in a comment; the designer says it in one sentence.
"""

import json
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, url_for
from markupsafe import Markup

from kesu.engine.errors import Failed, sentence

DIST = Path(__file__).resolve().parent / "static" / "dist"
NOTICES = DIST / "THIRD-PARTY.md"
DISPENSABLE = frozenset({"shell", "viewer", "charts"})
MISSING = sentence("The browser bundles are missing. Run bin/build-assets and reload.")
A_YEAR = 31_536_000


def init_app(app: Flask) -> None:
    """Give the templates their `bundle()` function and let browsers keep the hashed files for ever."""
    app.jinja_env.globals["bundle"] = bundle
    app.after_request(_keep_hashed_files)


def bundle(entry: str) -> Markup:
    """Return the tags of one entry (`shell`, `designer`, `viewer`, `charts`). Raises `Failed` where the page cannot do without."""
    manifest = _manifest()
    if not manifest and entry in DISPENSABLE:
        return Markup(f"<!-- {MISSING} -->")
    if not manifest:
        raise Failed(MISSING)
    chunk = manifest.get(f"src/{entry}/main.js")
    if chunk is None:
        raise Failed(sentence("There is no browser bundle called {entry}. Run bin/build-assets and reload."), entry=entry)
    return Markup("\n").join([*map(_style, _styles(manifest, chunk)), _script(chunk["file"])])


def _manifest() -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((DIST / "manifest.json").read_text())
    except FileNotFoundError:
        return {}
    return found


def _styles(manifest: dict[str, Any], chunk: dict[str, Any]) -> list[str]:
    found = [style for name in chunk.get("imports", ()) for style in _styles(manifest, manifest[name])]
    return list(dict.fromkeys([*found, *chunk.get("css", ())]))


def _style(file: str) -> Markup:
    return Markup('<link rel="stylesheet" href="{}">').format(url_for("static", filename=f"dist/{file}"))


def _script(file: str) -> Markup:
    return Markup('<script type="module" src="{}"></script>').format(url_for("static", filename=f"dist/{file}"))


def _keep_hashed_files(response: Response) -> Response:
    if response.status_code == 200 and request.path.startswith("/static/dist/assets/"):
        response.cache_control.public, response.cache_control.immutable = True, True
        response.cache_control.max_age = A_YEAR
        response.cache_control.no_cache = None
    return response
