"""What the body of a request may hold: one JSON object that every database can keep and every reader can show.

Python reads more than JSON allows (NaN, halves of characters, any depth); none of it may get further than this.
"""

import json
import math
from typing import Any, NoReturn

from flask import request

from kesu.engine.errors import Invalid, Rejected, sentence

DEPTH = 50
MOST = 1_000_000  # bytes of a request without files: what a process keeps in its variables
LARGEST = 10**30
NO_OBJECT = sentence("Expected a JSON object in the body of the request, with Content-Type application/json.")


class TooLarge(Rejected):
    """The body is larger than is allowed here."""

    status = 413


def read(*, most: int = MOST) -> dict[str, Any]:
    """Return the JSON object of the request, an empty one where there is no body. Raises `Invalid`, or `TooLarge` above so many bytes."""
    content = b"" if (request.content_length or 0) > most else request.get_data()
    if (request.content_length or 0) > most or len(content) > most:
        raise TooLarge(sentence("Expected at most {most} bytes of JSON here. Send less; files go with a complaint, not into variables."), most=most)
    if not content:
        return {}
    if not request.is_json:
        raise Invalid(NO_OBJECT)
    try:
        given = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Invalid(NO_OBJECT) from error
    if not isinstance(given, dict):
        raise Invalid(NO_OBJECT)
    _check(given, DEPTH)
    return given


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _check(value: Any, depth: int) -> None:
    if depth == 0:
        raise Invalid(sentence("Expected JSON at most {depth} deep."), depth=DEPTH)
    if isinstance(value, dict):
        for name, entry in value.items():
            _check(name, depth)
            _check(entry, depth - 1)
    elif isinstance(value, list):
        for entry in value:
            _check(entry, depth - 1)
    elif isinstance(value, str):
        if not _is_text(value):
            raise Invalid(sentence("A text holds a character (NUL) that no text can have. Remove it and send it again."))
    elif isinstance(value, int | float) and (not math.isfinite(value) or abs(value) > LARGEST):
        raise Invalid(sentence("Expected numbers up to 10 to the power of 30."))


def _is_text(value: str) -> bool:
    """Whether a text has no NUL and no half of a character: neither can be stored."""
    return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
