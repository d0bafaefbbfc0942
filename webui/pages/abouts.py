"""What this program is made of: its version and licence, and the notices of everybody whose work is in it."""

import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from kesu.engine.errors import NotFound, sentence
from kesu.webui.permissions import public

blueprint = Blueprint("abouts", __name__)


@dataclass(frozen=True)
class Part:
    """A library this program stands on."""

    name: str
    version: str
    licence: str
    home: str


@blueprint.get("/about")
@public
def show() -> ResponseReturnValue:
    """Show version, licence and the libraries in use."""
    return render_template("about/show.html", version=metadata.version("kesu"), parts=_parts(), has_notices=_notices().exists())


@blueprint.get("/about/notices")
@public
def notices() -> ResponseReturnValue:
    """Return the licences of the browser libraries, as the build collected them."""
    if not _notices().exists():
        raise NotFound(sentence("The notices come with the browser bundles, which are not built here. Run bin/build-assets."))
    return Response(_notices().read_text("utf-8"), content_type="text/plain; charset=utf-8")


def _notices() -> Path:
    return Path(current_app.static_folder or "") / "dist" / "THIRD-PARTY.md"


def _parts() -> list[Part]:
    needed = (need for need in metadata.requires("kesu") or () if "extra ==" not in need)
    names = sorted({re.match(r"[\w.-]+", need)[0] for need in needed}, key=str.lower)  # type: ignore[index]  # a requirement begins with its name
    return [_part(name) for name in names]


def _part(name: str) -> Part:
    about = metadata.metadata(name)
    classified = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or () if line.startswith("License ::")]
    stated = about.get("License-Expression") or ", ".join(classified) or (about.get("License") or "").split("\n")[0]
    return Part(about["Name"], about["Version"], stated, about.get("Home-page") or "")
