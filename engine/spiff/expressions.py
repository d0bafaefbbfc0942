"""FEEL, for everything a diagram computes. The few spellings of Camunda 7 that mean the same are turned into FEEL."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from kesu import rules
from kesu.engine.errors import Rejected, sentence
from kesu.rules.errors import RuleError

_JUEL: Final = re.compile(r"^\s*[$#]\{(.*)\}\s*$", re.S)
_JUEL_TOKENS: Final = re.compile(
    r"""\s*(?:(?P<text>"[^"\\]*"|'[^'\\"]*')|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"""
    r"""|(?P<op>==|!=|<=|>=|&&|\|\||<|>|\(|\)|!|\+|-|\*|/))""",
    re.X,
)
_WORDS: Final = {
    "==": "=",
    "&&": " and ",
    "||": " or ",
    "eq": "=",
    "ne": "!=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "and": " and ",
    "or": " or ",
    "nrOfInstances": "numberOfInstances",
    "nrOfActiveInstances": "numberOfActiveInstances",
    "nrOfCompletedInstances": "numberOfCompletedInstances",
}


def evaluate(expression: str, variables: Mapping[str, Any], where: str, now: datetime | None = None) -> Any:
    """Evaluate FEEL over the variables; `now` is what now() and today() say; what has no zone is meant in its zone.

    Raises `Rejected`, naming the element `where` the expression stands, if it cannot be evaluated.
    """
    try:
        return rules.evaluate(expression, variables, now=now, zone=None if now is None else now.tzinfo)
    except RuleError as wrong:
        raise Rejected(
            sentence("{element}: the expression {expression} cannot be evaluated: {reason}"),
            element=where,
            expression=expression[:200],
            reason=str(wrong),
        ) from wrong


def feel(source: str | None) -> str | None:
    """Return the FEEL of an expression as a diagram spells it: without a leading `=`, `${...}` of Camunda 7 translated.

    Raises `ValueError` with a sentence where a `${...}` does more than compare plain variables.
    """
    if source is None or not source.strip():
        return None
    juel = _JUEL.match(source)
    if juel:
        return _translate(juel.group(1))
    stripped = source.strip()
    return stripped[1:].strip() if stripped.startswith("=") and not stripped.startswith("==") else stripped


def names_in(expression: str) -> frozenset[str]:
    """Return the variables that an expression reads; none where it cannot be read itself."""
    try:
        return rules.names(expression)
    except RuleError:
        return frozenset()


def calls_nothing(expression: str) -> frozenset[str]:
    """Return the functions that an expression calls although there are none of these names."""
    try:
        return rules.unknown_functions(expression)
    except RuleError:
        return frozenset()


def fault(expression: str) -> str | None:
    """Say what is wrong with the syntax of an expression, None if nothing is."""
    try:
        rules.names(expression)
    except RuleError as wrong:
        return str(wrong)
    return None


def _translate(inner: str) -> str:
    parts, position = [], 0
    while inner[position:].strip():
        found = _JUEL_TOKENS.match(inner, position)
        if found is None or (found.group("name") and inner[found.end() :].lstrip().startswith("(")):
            raise ValueError(f"${{{inner}}} uses more of Camunda's language than comparisons of variables; write it in FEEL")
        parts.append(_word(found))
        position = found.end()
    return _negations(parts)


def _word(found: re.Match[str]) -> str:
    if found.group("text"):
        return '"' + found.group("text")[1:-1] + '"'
    word = found.group(0).strip()
    return _WORDS.get(word, word)


def _negations(parts: list[str]) -> str:
    out, i = [], 0
    while i < len(parts):
        if parts[i] not in ("!", "not"):
            out.append(parts[i])
            i += 1
            continue
        end = _operand(parts, i + 1)
        out.append(f"not({_negations(parts[i + 1 : end])})")
        i = end
    return " ".join(part.strip() for part in out)


def _operand(parts: list[str], start: int) -> int:
    if start < len(parts) and parts[start] in ("!", "not"):
        return _operand(parts, start + 1)
    depth, end = 0, start
    while end < len(parts):
        depth += (parts[end] == "(") - (parts[end] == ")")
        end += 1
        if depth == 0:
            return end
    raise ValueError("a bracket is not closed")
