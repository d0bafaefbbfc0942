"""How the programming interface speaks: JSON in, JSON out, pages of `items` with `next`, ETags and idempotency keys."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Response, current_app, jsonify, request

from kesu.engine.errors import Invalid, sentence
from kesu.engine.values import lively
from kesu.webui.api import contents
from kesu.webui.context import signed_in

LIMIT = 100
MOST = 500  # ids in one request
END = 10**9  # ids are smaller
KEY = re.compile(r"[!-~]{1,200}")
TAG = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


def body_with_files(**kinds: type | tuple[type, ...]) -> dict[str, Any]:
    """Return what `body` does of a request that carries files, which may be as large as any upload."""
    return _checked(contents.read(most=current_app.config["MAX_CONTENT_LENGTH"] or contents.MOST), kinds)


def body(**kinds: type | tuple[type, ...]) -> dict[str, Any]:
    """Return the JSON object of the request; every named entry, if there, is of its kind.

    Raises `Invalid` naming each entry that is not.
    """
    return _checked(contents.read(), kinds)


def _checked(given: dict[str, Any], kinds: Mapping[str, type | tuple[type, ...]]) -> dict[str, Any]:
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


def ids(given: Mapping[str, Any], name: str) -> list[int]:
    """Return a list of ids from the request. Raises `Invalid` where it is empty, too long or holds something else."""
    found = given.get(name)
    if not isinstance(found, list) or not 0 < len(found) <= MOST or not all(_fits(each, int) and 0 <= each < END for each in found):
        raise Invalid(sentence("Expected between 1 and {most} ids in {name}, all of them whole numbers."), most=MOST, name=name)
    return found


def texts(given: Mapping[str, Any], name: str) -> list[str] | None:
    """Return a list of texts from the request, None where it is not there. Raises `Invalid` where it holds something else."""
    found = given.get(name)
    if found is not None and not all(isinstance(each, str) for each in found):
        raise Invalid(sentence("{count} entries of the request are not of the kind expected."),
                      [{"field": name, "message": "expected a list of texts"}], count=1)
    return found


def given_key() -> str | None:
    """Return the idempotency key as the caller wrote it, or None. Raises `Invalid` where it is none."""
    written = request.headers.get("Idempotency-Key")
    if written is not None and not KEY.fullmatch(written):
        raise Invalid(sentence("Expected between 1 and 200 letters, digits and signs of ASCII, no spaces, in Idempotency-Key."))
    return written


def key() -> str | None:
    """Return the idempotency key of the request, or None: one caller's key at one address is nobody else's, and nothing else's."""
    written = given_key()
    return None if written is None else f"api/{signed_in().login}/{request.method} {request.path}/{written}"


def seen() -> int | None:
    """Return the version that the caller saw, from If-Match; None where the header is not there or takes any version (*).

    Raises `Invalid` where it is something else than an ETag of ours.
    """
    tag = request.headers.get("If-Match")
    if tag is None or tag == "*":
        return None
    found = TAG.fullmatch(tag)
    if found is None:
        raise Invalid(sentence('Expected the ETag of what was seen in If-Match, such as "3".'))
    return int(found.group(1))


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
