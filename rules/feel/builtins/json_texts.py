"""Built-in functions between values and their text in JSON or Base64 (extensions Camunda knows)."""

import base64
import json
from decimal import Decimal
from typing import Any

from kesu.rules.errors import LimitExceeded
from kesu.rules.feel.builtins.registry import builtin
from kesu.rules.feel.text import Pieces, number_text, to_text
from kesu.rules.feel.values import to_feel
from kesu.rules.limits import VALUE_DEPTH, charge


@builtin("to json(value: any)", "string")
def to_json(value: Any) -> str:
    """The value in JSON: numbers in full, dates and durations as their text."""
    pieces = Pieces()
    _write(value, pieces, 0)
    return pieces.text()


@builtin("from json(value: string)")
def from_json(value: str) -> Any:
    """The value that a text in JSON says; null where it is none."""
    charge(len(value))
    try:
        said = json.loads(value, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse)
        return to_feel(said) if _is_text(said) else None
    except (ValueError, ArithmeticError):
        return None
    except RecursionError:
        raise LimitExceeded(f"a text in JSON is nested more than {VALUE_DEPTH} deep") from None


@builtin("to base64(value: string)", "string")
def to_base64(value: str) -> str:
    """The text as Base64 of its UTF-8."""
    return base64.b64encode(value.encode("utf-8", "replace")).decode("ascii")


def _write(value: Any, pieces: Pieces, depth: int) -> None:
    if depth > VALUE_DEPTH:
        raise LimitExceeded(f"values nested more than {VALUE_DEPTH} deep cannot be written")
    if isinstance(value, dict):
        charge(2 * len(value))
        for place, (key, entry) in enumerate(value.items()):
            pieces.add(("," if place else "{") + _quoted(key) + ":")
            _write(entry, pieces, depth + 1)
        pieces.add("}" if value else "{}")
    elif isinstance(value, list):
        charge(2 * len(value))
        for place, element in enumerate(value):
            pieces.add("," if place else "[")
            _write(element, pieces, depth + 1)
        pieces.add("]" if value else "[]")
    else:
        pieces.add(_scalar(value))


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return number_text(value) if isinstance(value, Decimal) else _quoted(to_text(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _is_text(value: Any) -> bool:
    """Say whether no text in a value has half of a surrogate pair in it, which no database takes."""
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
