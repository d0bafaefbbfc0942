"""A form while it is edited: its schema as a page shows it, field by field, and what was sent put back into it.

What the page does not know of a field stays as it was. Nothing is refused here: the checks say what does not hold.
"""

import json
from collections.abc import Mapping
from typing import Any

from kesu.engine.forms import KINDS

CHOICES = ("select", "radio", "checklist")
NUMBERS = ("min", "max", "maxLength")
OPEN = "process"  # what `keep` says of an answer that becomes a process variable


def blank(key: str, title: str) -> bytes:
    """Return a form that asks for nothing yet."""
    return _bytes({"id": key, "type": "default", "properties": {"title": title}, "components": []})


def titles(content: bytes) -> tuple[str, str]:
    """Return the title of a form and its English one."""
    schema = json.loads(content)
    properties = schema.get("properties") or {}
    title = str(properties.get("title") or schema.get("id") or "")
    return title, str(properties.get("title_en") or "")


def shown(content: bytes) -> list[dict[str, Any]]:
    """Return the fields of a form as the editor shows them: every entry a text or a flag."""
    return [_shown(component) for component in json.loads(content).get("components", [])]


def changed(content: bytes, sent: Mapping[str, str]) -> bytes:
    """Return the form with what the editor sent: titles, every entry of every field, and the one act that was pressed.

    Acts are `add.TYPE`, and `up`, `down` and `remove` with the number of a field, counted from 0.
    """
    schema = json.loads(content)
    properties = schema.setdefault("properties", {})
    _put(properties, "title", sent.get("title", "").strip())
    _put(properties, "title_en", sent.get("title_en", "").strip())
    fields = [_edited(component, sent, f"field.{number}.") for number, component in enumerate(schema.get("components", []))]
    schema["components"] = _acted(fields, sent.get("act", ""))
    return _bytes(schema)


def _shown(component: Mapping[str, Any]) -> dict[str, Any]:
    properties, validate = component.get("properties") or {}, component.get("validate") or {}
    return {
        "type": component.get("type", ""), "key": component.get("key", ""), "label": component.get("label", ""), "text": component.get("text", ""),
        "label_en": properties.get("label_en", ""), "text_en": properties.get("text_en", ""), "help": properties.get("help", ""),
        "help_en": properties.get("help_en", ""), "required": bool(validate.get("required")), "keep": properties.get("keep") == OPEN,
        "hide": (component.get("conditional") or {}).get("hide", ""), "options": "\n".join(map(_line, component.get("values") or [])),
        "chooses": component.get("type") in CHOICES, **{name: validate.get(name, "") for name in NUMBERS},
    }


def _edited(component: dict[str, Any], sent: Mapping[str, str], prefix: str) -> dict[str, Any]:
    if prefix + "type" not in sent:
        return component  # the page did not show it
    given = {name.removeprefix(prefix): value.strip() for name, value in sent.items() if name.startswith(prefix)}
    properties, validate = dict(component.get("properties") or {}), dict(component.get("validate") or {})
    kind = given["type"] if given["type"] in KINDS else component.get("type", "")
    edited = {**component, "type": kind}
    for name in ("key", "label", "text"):
        _put(edited, name, given.get(name, ""))
    for name in ("label_en", "text_en", "help", "help_en"):
        _put(properties, name, given.get(name, ""))
    _put(properties, "keep", OPEN if "keep" in given else "")
    _put(validate, "required", "required" in given)
    for name in NUMBERS:
        _put(validate, name, _number(given.get(name, "")))
    _put(edited, "conditional", {"hide": given["hide"]} if given.get("hide") else "")
    _put(edited, "values", _options(given.get("options", ""), component.get("values") or []) if kind in CHOICES else "")
    _put(edited, "properties", properties)
    _put(edited, "validate", validate)
    return edited


def _acted(fields: list[dict[str, Any]], act: str) -> list[dict[str, Any]]:
    name, _, what = act.partition(".")
    if name == "add":
        return [*fields, {"type": what}] if what in KINDS else fields
    place = int(what) if what.isdecimal() else -1
    if not 0 <= place < len(fields):
        return fields
    if name == "remove":
        return fields[:place] + fields[place + 1:]
    other = place + {"up": -1, "down": 1}.get(name, 0)
    if 0 <= other < len(fields):
        fields[place], fields[other] = fields[other], fields[place]
    return fields


def _line(option: Mapping[str, Any]) -> str:
    """Return one answer to choose as a line: value = 中文 | English."""
    english = (option.get("properties") or {}).get("label_en", "")
    return f"{option.get('value', '')} = {option.get('label', '')}" + (f" | {english}" if english else "")


def _options(text: str, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = {str(option.get("value")): option for option in before}
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        value, _, label = line.partition("=")
        label, _, english = (label.strip() or value.strip()).partition("|")
        option = {**known.get(value.strip(), {}), "value": value.strip(), "label": label.strip()}
        properties = dict(option.get("properties") or {})
        _put(properties, "label_en", english.strip())
        _put(option, "properties", properties)
        found.append(option)
    return found


def _number(text: str) -> int | float | str:
    """Return a number; a text that is none stays, so that the checks can name it."""
    try:
        return int(text) if text.lstrip("-").isdecimal() else float(text) if text else ""
    except ValueError:
        return text


def _put(place: dict[str, Any], name: str, value: Any) -> None:
    if value in ("", False, {}, []):
        place.pop(name, None)
    else:
        place[name] = value


def _bytes(schema: Mapping[str, Any]) -> bytes:
    return (json.dumps(schema, ensure_ascii=False, indent=2) + "\n").encode()
