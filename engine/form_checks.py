"""Before a form is published: everything in it that does not hold, each with the number of its field and a sentence."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from kesu import rules
from kesu.engine.errors import sentence
from kesu.engine.forms import KINDS
from kesu.engine.spiff import Problem

NAME = re.compile(r"[^\W\d]\w{0,79}")
CHOICES = ("select", "radio", "checklist")
NO_KEY = sentence("Field {number} has no key: the process and the history know its answer by it.")
ODD_KEY = sentence("Field {number}: the key {key} is no name. Use letters, digits and underscores, such as promised_by.")
TWICE = sentence("Field {number}: the key {key} stands twice in this form; the second answer would replace the first.")
NO_LABEL = sentence("Field {number} has no label, so nobody knows what to answer.")
NO_OPTIONS = sentence("Field {number} offers nothing to choose from.")
SAME_OPTION = sentence("Field {number} offers {value} twice.")
NOT_FEEL = sentence("Field {number}: when it is hidden is no FEEL expression: {reason}")
NO_NUMBER = sentence("Field {number}: expected a number for {setting}, but got {value}.")
WRONG_WAY = sentence("Field {number}: nothing lies between {low} and {high}.")
NO_ENGLISH = sentence("Field {number} has no English label; English readers see the Chinese one.")


def problems(content: bytes) -> list[Problem]:
    """Return what speaks against publishing a form, errors and warnings, in the order of its fields; what is no form at all `forms.read` says."""
    components = _components(content)
    keys = Counter(str(component["key"]) for component in components if component.get("key"))
    return [problem for number, component in enumerate(components, 1) for problem in _of_field(number, component, keys)]


def _components(content: bytes) -> list[dict[str, Any]]:
    try:
        found = json.loads(content)["components"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return [each if isinstance(each, dict) else {} for each in found] if isinstance(found, list) else []


def _of_field(number: int, component: Mapping[str, Any], keys: Counter[str]) -> Iterable[Problem]:
    if component.get("type") not in KINDS:
        return
    if component["type"] == "text":
        yield from _named(number, {}) if not component.get("text") else ()
        return
    yield from _keyed(number, str(component.get("key") or ""), keys)
    yield from _named(number, component)
    if component["type"] in CHOICES:
        yield from _offered(number, component.get("values") or [])
    yield from _bounded(number, component.get("validate") or {})
    yield from _conditional(number, (component.get("conditional") or {}).get("hide"))


def _keyed(number: int, key: str, keys: Counter[str]) -> Iterable[Problem]:
    if not key:
        yield Problem(str(number), "no_key", NO_KEY, {"number": number})
    elif not NAME.fullmatch(key):
        yield Problem(str(number), "odd_key", ODD_KEY, {"number": number, "key": key})
    elif keys[key] > 1:
        yield Problem(str(number), "same_key", TWICE, {"number": number, "key": key})


def _named(number: int, component: Mapping[str, Any]) -> Iterable[Problem]:
    if not str(component.get("label") or component.get("dateLabel") or component.get("timeLabel") or "").strip():
        yield Problem(str(number), "no_label", NO_LABEL, {"number": number})
    elif not (component.get("properties") or {}).get("label_en"):
        yield Problem(str(number), "no_english", NO_ENGLISH, {"number": number}, "warning")


def _offered(number: int, options: list[Mapping[str, Any]]) -> Iterable[Problem]:
    if not options:
        yield Problem(str(number), "no_options", NO_OPTIONS, {"number": number})
    for value, count in Counter(str(option.get("value")) for option in options).items():
        if count > 1:
            yield Problem(str(number), "same_option", SAME_OPTION, {"number": number, "value": value})


def _bounded(number: int, validate: Mapping[str, Any]) -> Iterable[Problem]:
    odd = [(name, value) for name in ("min", "max", "maxLength") if not isinstance(value := validate.get(name, 0), int | float)]
    for setting, value in odd:
        yield Problem(str(number), "no_number", NO_NUMBER, {"number": number, "setting": setting, "value": value})
    low, high = validate.get("min"), validate.get("max")
    if not odd and low is not None and high is not None and low > high:
        yield Problem(str(number), "wrong_way", WRONG_WAY, {"number": number, "low": low, "high": high})


def _conditional(number: int, hide: Any) -> Iterable[Problem]:
    try:
        rules.names(str(hide or "false"))
    except rules.RuleError as error:
        yield Problem(str(number), "not_feel", NOT_FEEL, {"number": number, "reason": str(error)})
