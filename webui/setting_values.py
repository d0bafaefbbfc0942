"""Values of a diagram's settings in the reader's words: groups by name, durations spelled out. What is FEEL stays FEEL."""

import re

from flask import Flask, g
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from kesu.engine.identity import groups
from kesu.webui import catalogues
from kesu.webui.context import database
from kesu.webui.languages import language
from kesu.webui.task_cards import people_names

DURATION = re.compile(r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?)?")
GROUPS = ("assignment/@candidateGroups", "ballot/@groups", "assignment/@headOf", "assignment/@leastLoaded")
PEOPLE = ("assignment/@assignee", "assignment/@candidateUsers", "ballot/@voters")
KNOWN = {"moves/@allow": catalogues.MOVES, "deadline/@kind": catalogues.DEADLINES}


def init(app: Flask) -> None:
    """Give templates the way to say a value."""
    app.jinja_env.globals.update(said_value=said_value)


def said_value(path: str, value: str) -> str:
    """Say the value of a setting; as it stands where nothing better is known."""
    if value.startswith("="):
        return value
    if path in GROUPS:
        return _listed(value, _group_names())
    if path in PEOPLE:
        return _listed(value, _people_names(value))
    if path in KNOWN:
        return _listed(value, {key: name if language() == "zh" else name_en for key, name, name_en in KNOWN[path]})
    return duration(value) or value


def duration(text: str) -> str | None:
    """Spell out a plain ISO 8601 duration, such as PT24H; None where it is none."""
    found = DURATION.fullmatch(text) if len(text) > 2 else None
    if found is None:
        return None
    number = {unit: int(count) for unit, count in found.groupdict().items() if count}
    said = {
        "weeks": ngettext("%(num)s week", "%(num)s weeks", number.get("weeks", 0)),
        "days": ngettext("%(num)s day", "%(num)s days", number.get("days", 0)),
        "hours": ngettext("%(num)s hour", "%(num)s hours", number.get("hours", 0)),
        "minutes": ngettext("%(num)s minute", "%(num)s minutes", number.get("minutes", 0)),
    }
    return " ".join(said[unit] for unit in number) or None


def _listed(value: str, names: dict[str, str]) -> str:
    return _(", ").join(names.get(key.strip(), key.strip()) for key in value.split(","))


def _people_names(value: str) -> dict[str, str]:
    with database().read() as connection:
        return people_names(connection, [login.strip() for login in value.split(",")])


def _group_names() -> dict[str, str]:
    if "group_names" not in g:
        with database().read() as connection:
            rows = connection.execute(select(groups.c.key, groups.c.name, groups.c.name_en)).all()
        g.group_names = {row.key: row.name if language() == "zh" or not row.name_en else row.name_en for row in rows}
    return dict(g.group_names)
