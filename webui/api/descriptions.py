"""`/api/v1/openapi.json`: the interface described by itself."""

from functools import cache
from importlib import resources
from typing import Any

import yaml
from flask import Blueprint, Response, jsonify

from kesu.webui.permissions import public

blueprint = Blueprint("api_descriptions", __name__, url_prefix="/api/v1")


@blueprint.get("/openapi.json")
@public
def show() -> Response:
    """Answer the OpenAPI 3.1 description."""
    return jsonify(description())


@cache
def description() -> dict[str, Any]:
    """Return the description as data."""
    return dict(yaml.safe_load(resources.files("kesu.webui.api").joinpath("openapi.yaml").read_text()))
