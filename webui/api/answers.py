"""How the programming interface speaks: JSON in, JSON out, pages of `items` with `next`, ETags and idempotency keys."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Response, jsonify, request

from kesu.engine.errors import Invalid, sentence
from kesu.engine.values import lively

LIMIT = 100


def body(**kinds: type | tuple[type, ...]) -> dict[str, Any]:
    """Return the JSON object of the request; every named entry, if there, is of its kind.

    Raises `Invalid` naming each entry that is not.
    """
    given = request.get_json(silent=True) if request.data else {}
    if not isinstance(given, dict):
        raise Invalid(sentence("Expected a JSON object in the body of the request, with Content-Type application/json."))
    wrong = [{"field": name, "message": f"expected {_named(kind)}"} for name, kind in kinds.items()
             if given.get(name) is not None and not _fits(given[name], kind)]
    if wrong:
        raise Invalid(sentence("{count} entries of the request are not of the kind expected."), wrong, count=len(wrong))
    return given


def owed(given: Mapping[str, Any], *names: str) -> None:
    """Raise `Invalid` for every entry that has to be there and is not."""
    missing = [{"field": name, "message": "required"} for name in names if given.get(name) in (None, "")]
    if missing:
        raise Invalid(sentence("{count} entries are missing from the request."), missing, count=len(missing))


def key() -> str | None:
    """Return the idempotency key of the request, or None."""
    return request.headers.get("Idempotency-Key") or None


def seen() -> int | None:
    """Return the version that the caller saw, from If-Match, or None."""
    tag = request.headers.get("If-Match", "").strip('"')
    return int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 10 else None


def cursor() -> int:
    """Return after which id the page begins.

    Raises `Invalid`.
    """
    after = request.args.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 10):
        raise Invalid(sentence("Expected a whole number in the parameter {name}."), name="after")
    return int(after)


def number(name: str) -> int | None:
    """Return a whole number from the query, or None where it is not given. Raises `Invalid`."""
    given = request.args.get(name)
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Invalid(sentence("Expected a whole number in the parameter {name}."), name=name)
    return int(given)


def page(items: list[Any], describe: Callable[[Any], dict[str, Any]], limit: int = LIMIT) -> Response:
    """Answer one page of a list; `next` is the cursor of the following one, or null."""
    shown = items[:limit]
    following = shown[-1].id if len(items) > limit else None
    return jsonify(items=[describe(item) for item in shown], next=following)


def one(described: dict[str, Any], status: int = 200, *, version: int | None = None) -> Response:
    """Answer one thing, with its version as ETag."""
    response = jsonify(described)
    response.status_code = status
    if version is not None:
        response.set_etag(str(version))
    return response


def told(value: Any) -> Any:
    """Return stored variables as callers expect them: dates as text, numbers as numbers."""
    return _told(lively(value))


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _told(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_told(entry) for entry in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def _fits(value: Any, kind: type | tuple[type, ...]) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, kind)


def _named(kind: type | tuple[type, ...]) -> str:
    names = {str: "a text", dict: "an object", list: "a list", int: "a whole number", bool: "true or false"}
    return names.get(kind, "something else") if isinstance(kind, type) else " or ".join(_named(each) for each in kind)
