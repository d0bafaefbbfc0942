"""Forms: which fields a user task asks for, and whether an answer holds. A subset of the form-js schema, checked here for page and API alike.

A field is kept with the case unless its properties say `keep: process`; only the latter become process variables.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from kesu import rules
from kesu.engine import written_numbers
from kesu.engine.errors import Invalid, sentence
from kesu.engine.written_numbers import Unclear

KINDS = ("textfield", "textarea", "number", "select", "radio", "checkbox", "checklist", "datetime", "text", "file")
MISSING = sentence("This field is required.")


@dataclass(frozen=True)
class Fault:
    """Why an answer does not hold: a sentence (a template for translation) and its values."""

    template: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """One component of a form."""

    key: str
    type: str
    label: str
    label_en: str
    options: tuple[dict[str, Any], ...] = ()
    validate: Mapping[str, Any] = field(default_factory=dict)
    hide: str | None = None
    keep: str = "case"
    properties: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    decimals: int | None = None  # how many places a number may have behind its point


@dataclass(frozen=True)
class Form:
    """A published form: what is asked, in order."""

    key: str
    title: str
    title_en: str
    fields: tuple[Field, ...]
    decides: bool = False  # it is for approving and rejecting, also where the step names no outcome variable

    def visible(self, values: Mapping[str, Any], now: datetime) -> list[Field]:
        """Return the fields to show, given what is known so far; a date without a zone is meant in that of `now`."""
        return [each for each in self.fields if not _hidden(each, values, now)]

    def validate(
        self, values: Mapping[str, Any], known: Mapping[str, Any], now: datetime
    ) -> tuple[dict[str, Any], dict[str, Fault]]:
        """Check an answer; return the clean values, and what is wrong with every other field.

        A field that is left out keeps the value it has; one that must be filled has to be given with each answer.
        """
        clean: dict[str, Any] = {}
        wrong: dict[str, Fault] = {}
        for each in self.visible({**known, **values}, now):
            if each.type == "text" or _stays(each, values, known):
                continue
            try:
                clean[each.key] = _clean(each, values.get(each.key))
            except Unclear as error:
                wrong[each.key] = Fault(error.template, error.values)
            except ValueError as error:
                wrong[each.key] = Fault(str(error))
        return clean, wrong

    def process_values(self, clean: Mapping[str, Any]) -> dict[str, Any]:
        """Return those of the clean values that the process needs as variables."""
        return {each.key: clean[each.key] for each in self.fields if each.keep == "process" and each.key in clean}


@lru_cache(maxsize=500)
def read(content: bytes) -> Form:
    """Read a form from its JSON.

    Raises `Invalid` naming the component that does not hold.
    """
    try:
        schema = json.loads(content)
        properties = schema.get("properties", {})
        fields = tuple(_field(component) for component in schema["components"])
        return Form(schema["id"], properties.get("title", schema["id"]), properties.get("title_en", schema["id"]), fields,
                    properties.get("decides") in (True, "true"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, rules.RuleError) as error:
        raise Invalid(sentence("Expected a form in the form-js schema with an id and components; {reason}."), reason=_reason(error)) from error


def _field(component: Mapping[str, Any]) -> Field:
    kind, properties = component["type"], component.get("properties", {})
    if kind not in KINDS:
        raise ValueError(f"component {component.get('key')} has the type {kind}, which is not one of {', '.join(KINDS)}")
    key = component.get("key") or component.get("id") or ""
    if not key and kind != "text":
        raise ValueError(f"a component of type {kind} has no key")
    hide = component.get("conditional", {}).get("hide")
    if hide is not None:
        rules.names(hide)  # raises where it is not FEEL
    label = component.get("label") or component.get("dateLabel") or component.get("timeLabel") or key  # form-js has three names for it
    return Field(key, kind, label, properties.get("label_en", label), tuple(component.get("values", ())),
                 component.get("validate", {}), hide, properties.get("keep", "case"), properties,
                 component.get("text", ""), component.get("decimalDigits"))


def _hidden(each: Field, values: Mapping[str, Any], now: datetime) -> bool:
    return each.hide is not None and rules.evaluate(each.hide, values, now=now, zone=now.tzinfo) is True


def _stays(each: Field, values: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    """Say whether an answer is silent about a field that has a value already."""
    return each.key not in values and known.get(each.key) is not None and not each.validate.get("required")


def _clean(each: Field, value: Any) -> Any:
    if value in (None, "", []) or (each.type == "checkbox" and not value):
        if each.validate.get("required"):
            raise ValueError(MISSING)
        return False if each.type == "checkbox" else None
    cleaner: Callable[[Field, Any], Any] = _CLEANERS.get(each.type, _text)
    return cleaner(each, value)


def _text(each: Field, value: Any) -> str:
    text = str(value).strip()
    longest = each.validate.get("maxLength", 10_000)
    if len(text) > longest:
        raise ValueError(sentence("This answer is too long."))
    if each.validate.get("required") and not text:
        raise ValueError(MISSING)
    return text


def _number(each: Field, value: Any) -> Decimal:
    number = written_numbers.read(value)
    if each.decimals is not None and number != round(number, each.decimals):
        raise ValueError(sentence("This number has more places behind its point than are allowed here."))
    low, high = each.validate.get("min"), each.validate.get("max")
    if (low is not None and number < Decimal(str(low))) or (high is not None and number > Decimal(str(high))):
        raise ValueError(sentence("This number is outside what is allowed here."))
    return number


def _choice(each: Field, value: Any) -> Any:
    if str(value) not in {str(option["value"]) for option in each.options} and each.options:
        raise ValueError(sentence("Expected one of the listed answers."))
    return value


def _choices(each: Field, value: Any) -> list[Any]:
    return [_choice(each, entry) for entry in (value if isinstance(value, list) else [value])]


def _moment(each: Field, value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    text = str(value).strip()
    try:
        _ = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(sentence("Expected a date, such as 2026-03-02.")) from None
    return text


def _flag(each: Field, value: Any) -> bool:
    return value in (True, "true", "on", "1", 1)


_CLEANERS: dict[str, Callable[[Field, Any], Any]] = {
    "number": _number, "select": _choice, "radio": _choice, "checklist": _choices, "datetime": _moment, "checkbox": _flag,
}


def _reason(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
