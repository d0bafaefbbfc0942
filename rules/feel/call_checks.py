"""Calls of built-in functions that can never succeed: too many arguments, unknown names, wrong types, bad constants."""

from collections.abc import Callable, Iterator
from typing import Any

from kesu.rules.errors import LimitExceeded
from kesu.rules.feel import temporal, tree
from kesu.rules.feel.builtins import BUILTINS
from kesu.rules.feel.builtins.signatures import BuiltinParameter, Signature
from kesu.rules.feel.patterns import compile_pattern
from kesu.rules.feel.tree import TypeNode

Finding = tuple[str, str, int]
_PARSERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "date": (temporal.parse_date, "a date such as 2026-03-02"),
    "time": (temporal.parse_time, "a time such as 09:00:00"),
    "date and time": (temporal.parse_datetime, "a date and time such as 2026-03-02T09:00:00"),
    "duration": (temporal.parse_duration, "a duration such as P2DT4H or P1Y6M"),
}
_PATTERNS = {"matches": (1, 2), "replace": (1, 3), "split": (1, None), "extract": (1, None)}
_ACCEPTED = {
    "day": ("date", "date and time"),
    "date and time": ("date", "date and time"),
    "duration": ("days and time duration", "years and months duration"),
}


def check_call(node: tree.Call, name: str, kinds: list[TypeNode | None]) -> Iterator[Finding]:
    """Yield what is wrong with a call of a built-in, given what is known of the types of its arguments."""
    signatures = BUILTINS[name].signatures
    taking = [one for one in signatures if _takes(one, node)]
    if not taking:
        written = " or ".join(_written(name, one) for one in signatures)
        yield f"{name}() is not called like that; it is {written}", "arguments", node.at
    elif not any(_fits(one, node, kinds) for one in taking):
        given = ", ".join(kind.name if kind is not None else "?" for kind in kinds)
        yield f"{name}() does not take ({given}), so it is always null", "type", node.at
    yield from _constants(node, name)


def _takes(signature: Signature, node: tree.Call) -> bool:
    parameters = signature.parameters
    if node.names is not None:
        places = signature.places(node.names)
        return places is not None and not signature.lacks(places)
    least = sum(not one.optional for one in parameters)
    most = None if parameters and parameters[-1].repeated else len(parameters)
    return least <= len(node.arguments) and (most is None or len(node.arguments) <= most)


def _fits(signature: Signature, node: tree.Call, kinds: list[TypeNode | None]) -> bool:
    return all(_accepts(_parameter(signature, node, place), kind) for place, kind in enumerate(kinds))


def _parameter(signature: Signature, node: tree.Call, place: int) -> BuiltinParameter:
    places = None if node.names is None else signature.places(node.names)
    return signature.parameter(place if places is None else places[place])


def _accepts(parameter: BuiltinParameter, kind: TypeNode | None) -> bool:
    if kind is None or kind.name in ("Any", "list") or parameter.kind in ("any", "list"):
        return True
    if kind.name == "Null":
        return parameter.nullable
    if parameter.kind == "point":
        return kind.name != "range"
    return kind.name in _ACCEPTED.get(parameter.kind, (parameter.kind,))


def _written(name: str, signature: Signature) -> str:
    return f"{name}({', '.join(map(_spelled, signature.parameters))})"


def _spelled(parameter: BuiltinParameter) -> str:
    if parameter.numbered:
        return f"{parameter.name}1, {parameter.name}2, ..."
    return f"[{parameter.name}]" if parameter.optional else parameter.name + "..." * parameter.repeated


def _constants(node: tree.Call, name: str) -> Iterator[Finding]:
    texts = [one.value if isinstance(one, tree.Literal) and isinstance(one.value, str) else None for one in node.arguments]
    if name in _PARSERS and len(texts) == 1 and texts[0] is not None:
        parse, example = _PARSERS[name]
        if parse(texts[0]) is None:
            yield f"{texts[0]!r} is not {example}, so {name}() is always null", "literal", node.arguments[0].at
    if name in _PATTERNS and node.names is None:
        yield from _pattern(node, texts, *_PATTERNS[name])


def _pattern(node: tree.Call, texts: list[str | None], place: int, flags_place: int | None) -> Iterator[Finding]:
    if len(texts) <= place or (pattern := texts[place]) is None:
        return
    flags = texts[flags_place] if flags_place is not None and flags_place < len(texts) else ""
    try:
        wrong = flags is not None and compile_pattern(pattern, flags) is None
    except LimitExceeded as error:
        yield str(error), "limit", node.arguments[place].at
        return
    if wrong:
        yield f"{pattern!r} is not a regular expression of XPath (or its flags are not)", "pattern", node.arguments[place].at
